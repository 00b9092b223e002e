/** How a conversation may have ended; words for them stand in the catalogues. */
export const OUTCOMES = ['resolved', 'answered', 'follow_up', 'no_reply', 'spam'] as const;
export type Outcome = (typeof OUTCOMES)[number];
