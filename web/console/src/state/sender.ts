import { RETRY, wait_ms } from '@kefu/shared/backoff.ts';
import type { Send } from '@kefu/shared/outbox.svelte.ts';
import { offline, Refusal } from '@kefu/shared/refusal.ts';
import type { Message } from '../wire';
import type { Health } from './health.svelte';
import type { Line } from './line';

export interface SenderPorts {
  line: Line;
  health: Health;
  me: () => { id: string; name: string } | null;
  /** The newest public number of a conversation, behind which a note stands. */
  head: (conversation: string) => number;
  stored: (message: Message) => void;
  wait: (ms: number) => Promise<void>;
}

/** Sends one message, and only once everything was caught up: nobody writes blindly (D5). */
export function sender({ line, health, me, head, stored, wait }: SenderPorts): Send {
  return async ({ client_id, conversation, text, private: is_private = false }, trouble, stop) => {
    if (conversation === null) return;
    for (let attempt = 0; ; attempt++) {
      await health.until_well();
      if (stop.aborted) throw offline();
      const answer = await line.ask('message:send', { conversation, client_id, text, private: is_private });
      if (answer.ok) {
        const { id = '', name = '' } = me() ?? {};
        const note = is_private ? { private: true, after: head(conversation) } : {};
        stored({ conversation, client_id, text, sender: { kind: 'agent', id, name }, ...answer.data, ...note });
        return;
      }
      const why = new Refusal(answer.error);
      if (!why.retryable) throw why;
      trouble(why);
      await wait(Math.max(Number(why.details['retry_after_ms'] ?? 0), wait_ms(RETRY, attempt)));
    }
  };
}
