import { Thread } from '@kefu/shared/conversation.svelte.ts';
import type { Outbox } from '@kefu/shared/outbox.svelte.ts';
import { Refusal } from '@kefu/shared/refusal.ts';
import { SvelteMap } from 'svelte/reactivity';
import type { Opened, Whisper } from '../wire';
import type { Line } from './line';

const KEPT = 30;

/** A thread and whether it is here yet. */
export class Talk {
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  /** What was whispered and is for us, in order. No stream: what is missed is read when it is opened again. */
  whispers = $state.raw<readonly Whisper[]>([]);

  /** Personal data is unreadable here: one watches, and the shop says so. */
  blurred = $state(false);

  constructor(readonly thread: Thread) {}

  begin({ messages, notes, whispers = [], blurred = false }: Opened): void {
    this.blurred = blurred;
    this.thread.public.seed(messages);
    this.thread.notes.seed(notes);
    this.whispers = whispers;
    this.state = 'ready';
  }

  /** Hearing it twice, as an answer and as an event, shows it once. */
  whispered(whisper: Whisper): void {
    if (this.whispers.some(({ seq }) => seq === whisper.seq)) return;
    this.whispers = [...this.whispers, whisper].sort((one, other) => one.seq - other.seq);
  }

  /** Reads everything that was missed, of both streams. False when something is missing still. */
  async catch_up(): Promise<boolean> {
    await Promise.all([this.thread.public.fill(), this.thread.notes.fill()]);
    return !this.thread.behind;
  }
}

/** The threads that were looked at, the latest thirty; each stays complete while it is kept. */
export class Threads {
  #talks = new SvelteMap<string, Talk>();

  constructor(
    private readonly line: Line,
    private readonly outbox: Outbox,
  ) {}

  get(id: string): Talk | undefined {
    return this.#talks.get(id);
  }

  /** The thread, made when it is not there yet. */
  need(id: string): Talk {
    const talk = this.#talks.get(id) ?? new Talk(this.#thread(id));
    this.#talks.delete(id);
    this.#talks.set(id, talk);
    for (const old of [...this.#talks.keys()].slice(0, -KEPT)) this.#forget(old);
    return talk;
  }

  /** After a reconnect only what is still wanted is kept; the rest is read anew when it is opened. */
  keep(wanted: (id: string) => boolean): void {
    for (const id of [...this.#talks.keys()]) if (!wanted(id)) this.#forget(id);
  }

  all(): Talk[] {
    return [...this.#talks.values()];
  }

  #forget(id: string): void {
    this.#talks.get(id)?.thread.close();
    this.#talks.delete(id);
  }

  #thread(id: string): Thread {
    const since = async (conversation: string, after: number, is_private: boolean) => {
      const answer = await this.line.ask('message:since', { conversation, after, private: is_private });
      if (answer.ok) return answer.data;
      throw new Refusal(answer.error);
    };
    return new Thread(id, { since, outbox: this.outbox });
  }
}
