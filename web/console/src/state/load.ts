import type { Book } from './book.svelte';
import type { Offers } from './offers.svelte';

export interface Load {
  /** Places that are taken, as the server counts them: by what is in hand and by what is offered. */
  taken: number;
  /** Those of them that offers hold until they are answered. */
  asked: number;
}

/** How full our hands are; what has just become ours counts once. */
export function load_of({ book, offers }: { book: Book; offers: Offers }): Load {
  const ours = new Set(book.mine.map(({ id }) => id));
  const open = offers.live.filter(({ conversation }) => !ours.has(conversation.id));
  const asked = open.reduce((sum, { conversation }) => sum + (conversation.units ?? 1), 0);
  return { taken: book.in_hand + asked, asked };
}
