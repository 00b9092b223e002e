import { SvelteMap } from 'svelte/reactivity';
import type { Kept } from './kept';

/** Something begun and not yet sent. A reply and a note of one conversation are kept apart. */
export interface Draft {
  reply: string;
  note: string;
  private: boolean;
}

const EMPTY: Draft = { reply: '', note: '', private: false };

/** What was typed in each conversation; kept through reloads. */
export class Drafts {
  #drafts = new SvelteMap<string, Draft>();

  constructor(private readonly kept: Kept) {}

  of(conversation: string): Draft {
    return this.#drafts.get(conversation) ?? this.kept.get<Draft>(`draft:${conversation}`) ?? EMPTY;
  }

  /** The text of whichever of the two is being written. */
  text(conversation: string): string {
    const draft = this.of(conversation);
    return draft.private ? draft.note : draft.reply;
  }

  write(conversation: string, text: string): void {
    const draft = this.of(conversation);
    this.#put(conversation, draft.private ? { ...draft, note: text } : { ...draft, reply: text });
  }

  turn(conversation: string, to_private: boolean): void {
    this.#put(conversation, { ...this.of(conversation), private: to_private });
  }

  #put(conversation: string, draft: Draft): void {
    this.#drafts.set(conversation, draft);
    if (draft.reply || draft.note) this.kept.set(`draft:${conversation}`, draft);
    else this.kept.drop(`draft:${conversation}`);
  }
}
