import { SvelteMap } from 'svelte/reactivity';
import type { Kept } from './kept';

/** What is being written: to the customer, among colleagues, or to the agent alone. */
export type Kind = 'reply' | 'note' | 'whisper';

/** Something begun and not yet sent; the texts of each kind are kept apart. */
export interface Draft extends Record<Kind, string> {
  kind: Kind;
}

/** As versions before whispers kept it. */
type Old = Partial<Draft> & { private?: boolean };

const EMPTY: Draft = { reply: '', note: '', whisper: '', kind: 'reply' };

/** What was typed in each conversation; kept through reloads. */
export class Drafts {
  #drafts = new SvelteMap<string, Draft>();

  constructor(private readonly kept: Kept) {}

  of(conversation: string): Draft {
    return this.#drafts.get(conversation) ?? whole(this.kept.get<Old>(`draft:${conversation}`));
  }

  /** The text of whichever kind is being written. */
  text(conversation: string): string {
    const draft = this.of(conversation);
    return draft[draft.kind];
  }

  write(conversation: string, text: string): void {
    const draft = this.of(conversation);
    this.#put(conversation, { ...draft, [draft.kind]: text });
  }

  turn(conversation: string, kind: Kind): void {
    this.#put(conversation, { ...this.of(conversation), kind });
  }

  /** It was sent, whatever is being written by now. */
  clear(conversation: string, kind: Kind): void {
    this.#put(conversation, { ...this.of(conversation), [kind]: '' });
  }

  #put(conversation: string, draft: Draft): void {
    this.#drafts.set(conversation, draft);
    if (draft.reply || draft.note || draft.whisper) this.kept.set(`draft:${conversation}`, draft);
    else this.kept.drop(`draft:${conversation}`);
  }
}

function whole(kept: Old | null | undefined): Draft {
  if (!kept) return EMPTY;
  const { private: is_note, ...draft } = kept;
  return { ...EMPTY, ...(is_note && { kind: 'note' as const }), ...draft };
}
