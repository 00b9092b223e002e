import type { AgentConversation, Message } from '../wire';

type Timing = NonNullable<AgentConversation['timing']>;

/** The timing after an agent's words, reckoned as the server does: a reply is what follows unanswered words of the customer. */
export function timed({ timing, unanswered_since }: AgentConversation, { at, latency_ms }: Message): Timing {
  const before = timing ?? {};
  if (!unanswered_since) return before;
  const took_s = (latency_ms ?? Date.parse(at) - Date.parse(unanswered_since)) / 1000;
  const replies = before.replies ?? 0;
  return {
    ...before,
    first_response_s: before.first_response_s ?? took_s,
    replies: replies + 1,
    mean_reply_s: ((before.mean_reply_s ?? 0) * replies + took_s) / (replies + 1),
    max_reply_s: Math.max(before.max_reply_s ?? 0, took_s),
  };
}

/** The part that grows with every reply. */
export function of_replies(timing: Timing | null | undefined): Timing {
  if (!timing?.replies) return {};
  const { first_response_s = null, replies, mean_reply_s = null, max_reply_s = null } = timing;
  return { first_response_s, replies, mean_reply_s, max_reply_s };
}
