import { type Replies, type Reply, slash_word } from './replies.svelte';

export interface Typed {
  text: string;
  cursor: number;
  locale: string | null | undefined;
  /** Notes have no prepared replies. */
  is_note: boolean;
}

/** The menu behind a slash: what fits what is typed, and which of it is picked. */
export class ReplyPicker {
  #at = $state(0);
  #is_shut = $state(false);

  constructor(
    private readonly replies: Replies,
    private readonly typed: () => Typed,
  ) {}

  readonly slash = $derived.by(() => {
    const { text, cursor, is_note } = this.typed();
    return is_note || this.#is_shut ? null : slash_word(text, cursor);
  });
  readonly found = $derived.by(() => (this.slash ? this.replies.find(this.slash.word, this.typed().locale) : []));
  readonly at = $derived.by(() => Math.min(this.#at, this.found.length - 1));

  /** Something was typed: the menu may show again, the best is picked. */
  typing(): void {
    this.#at = 0;
    this.#is_shut = false;
  }

  /** Takes a key that is meant for the menu; `insert` gets what Enter or Tab picked. */
  key({ key, shiftKey, ctrlKey, metaKey }: KeyboardEvent, insert: (reply: Reply) => void): boolean {
    const reply = this.found[this.at];
    if (!reply) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step) this.#at = (this.at + step + this.found.length) % this.found.length;
    else if (key === 'Escape') this.#is_shut = true;
    else if ((key === 'Tab' || key === 'Enter') && !shiftKey && !ctrlKey && !metaKey) insert(reply);
    else return false;
    return true;
  }
}
