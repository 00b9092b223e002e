import type { AgentConversation } from '../wire';

/** How a conversation may have ended; words for them stand in the catalogues. */
export const OUTCOMES = ['resolved', 'answered', 'follow_up', 'no_reply', 'spam'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What is chosen before anybody chooses: nothing where no one of us has said a word yet. */
export function usual_outcome({ timing, preview }: Pick<AgentConversation, 'timing' | 'preview'>): Outcome | undefined {
  return timing?.replies || preview?.sender === 'agent' ? 'resolved' : undefined;
}
