/** One conversation as a page follows it: what is stored, what is on its way, who types, who has read. */
import type { Outbox, Pending } from './outbox.svelte.ts';
import type { HeadChanged, Message, MessagePage, Read, TypingChanged } from './protocol.gen.ts';
import { Stream } from './stream.svelte.ts';

const TYPING_MS = 5_000;

/** What a thread needs from its page: a way to read, and the outbox. */
export interface Line {
  since(conversation: string, after: number, isPrivate: boolean): Promise<MessagePage>;
  outbox: Outbox;
}

export class Thread {
  readonly id: string;
  readonly public: Stream;
  readonly notes: Stream;
  /** Who of the other side is typing; it clears by itself. */
  typing = $state.raw<TypingChanged | null>(null);
  /** Stored messages in order; a note stands behind the public message it was written after. */
  readonly messages: readonly Message[] = $derived.by(() => weave(this.public.messages, this.notes.messages));
  readonly pending: readonly Pending[] = $derived.by(() => this.#waiting());
  readonly behind: boolean = $derived.by(() => this.public.behind || this.notes.behind);

  readonly #outbox: Outbox;
  #typing_timer: ReturnType<typeof setTimeout> | undefined;

  constructor(id: string, line: Line) {
    this.id = id;
    this.#outbox = line.outbox;
    this.public = new Stream((after) => line.since(id, after, false));
    this.notes = new Stream((after) => line.since(id, after, true));
  }

  /** Shows the text at once; the stored copy replaces it when it arrives. Returns its `client_id`. */
  say(text: string, isPrivate = false): string {
    return this.#outbox.add(text, { conversation: this.id, ...(isPrivate && { private: true }) });
  }

  /** Takes a message that was broadcast, acknowledged or read. */
  receive(message: Message): void {
    (message.private ? this.notes : this.public).receive(message);
    const { client_id } = message; // ours, whether or not its acknowledgement comes here
    if (this.#outbox.pending.some((pending) => pending.client_id === client_id)) this.#outbox.drop(client_id);
    if (this.typing && message.sender.kind === this.typing.kind) this.typing = null;
  }

  headIs({ head, note_head }: Pick<HeadChanged, 'head' | 'note_head'>): void {
    this.public.headIs(head);
    if (typeof note_head === 'number') this.notes.headIs(note_head);
  }

  typingIs(change: TypingChanged): void {
    clearTimeout(this.#typing_timer);
    this.typing = change.on ? change : null;
    if (change.on) this.#typing_timer = setTimeout(() => { this.typing = null; }, TYPING_MS);
  }

  /** Stops what still runs; the thread may be forgotten then. */
  close(): void {
    clearTimeout(this.#typing_timer);
    this.public.close();
    this.notes.close();
  }

  #waiting(): Pending[] {
    const stored = new Set(this.messages.map((message) => message.client_id));
    return this.#outbox.of(this.id).filter((pending) => !stored.has(pending.client_id));
  }
}

/** Puts each note behind the public message it was written after. */
export function weave(spoken: readonly Message[], notes: readonly Message[]): readonly Message[] {
  if (!notes.length) return spoken;
  const woven: Message[] = [];
  let next = 0;
  const upTo = (seq: number): void => {
    for (; next < notes.length && ((notes[next] as Message).after ?? 0) <= seq; next += 1) woven.push(notes[next] as Message);
  };
  upTo((spoken[0]?.seq ?? 1) - 1);
  for (const message of spoken) {
    woven.push(message);
    upTo(message.seq);
  }
  return [...woven, ...notes.slice(next)];
}

interface View {
  id: string;
  epoch: number;
  head: number;
  read?: Read;
}

/** Of two views of one conversation the newer: larger epoch wins, what only grows never shrinks. */
export function newer<V extends View>(known: V | undefined | null, heard: V): V {
  if (!known || known.id !== heard.id) return heard;
  const winner = heard.epoch >= known.epoch ? heard : known;
  const head = Math.max(known.head, heard.head);
  return { ...winner, head, read: further(known.read, heard.read) };
}

/** Reading never goes back. */
export function further(one: Read = {}, other: Read = {}): Read {
  const most = (side: keyof Read): number => Math.max(one[side] ?? 0, other[side] ?? 0);
  return { customer: most('customer'), agent: most('agent'), delivered: most('delivered') };
}
