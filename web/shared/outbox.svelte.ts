/** What was said and is not stored yet. It survives a reload, keeps its order and is sent once. */
import type { Keep } from './keep.ts';
import { asRefusal, type Refusal } from './refusal.ts';

export interface Pending {
  client_id: string;
  /** Null while the conversation has not begun: the first one begins it. */
  conversation: string | null;
  text: string;
  topic?: string;
  private?: boolean;
  /** When it was said, ms since 1970. */
  said_at: number;
  /** waiting: not sent yet · failed: refused, and repeating by itself would not help. */
  state: 'waiting' | 'failed';
  why?: { code: string; message: string };
}

/**
 * Sends one; keeps trying while that may help, and throws a Refusal when it does not.
 * `stop` says that it may not be sent any more: somebody else sits here now.
 */
export type Send = (pending: Pending, trouble: (why: Refusal) => void, stop: AbortSignal) => Promise<void>;


export class Outbox {
  pending = $state.raw<readonly Pending[]>([]);
  readonly #keep: Keep;
  readonly #send: Send;
  #key = '';
  #sending = false;
  #stop = new AbortController();

  constructor(keep: Keep, send: Send, owner = '') {
    this.#keep = keep;
    this.#send = send;
    this.#own(owner);
  }

  /** Somebody else sits here: what they said before is theirs; `bring` takes along what waits. */
  belongsTo(owner: string, bring: boolean): void {
    this.#stop.abort();
    this.#stop = new AbortController();
    const along = bring ? this.pending : [];
    const isSame = this.#key === keyOf(owner); // the same, but anew: what a stranger left behind is gone too
    if (bring || isSame) this.clear();
    this.#own(owner);
    for (const pending of along) this.#write(pending);
    this.pending = [...this.pending, ...along];
  }

  /** Shows it at once and sends it when its turn comes. Returns its `client_id`. */
  add(text: string, where: Pick<Pending, 'conversation' | 'topic' | 'private'>): string {
    const last = this.pending.at(-1)?.said_at ?? 0;
    const said_at = Math.max(Date.now(), last + 1);
    const pending: Pending = { client_id: fresh(), text, said_at, state: 'waiting', ...where };
    this.pending = [...this.pending, pending];
    this.#write(pending);
    void this.flush();
    return pending.client_id;
  }

  of(conversation: string | null): Pending[] {
    return this.pending.filter((pending) => pending.conversation === conversation);
  }

  retry(client_id: string): void {
    this.#change(client_id, { state: 'waiting', why: undefined });
    void this.flush();
  }

  /** It is stored, or is not wanted any more. */
  drop(client_id: string): void {
    this.pending = this.pending.filter((pending) => pending.client_id !== client_id);
    this.#keep.remove(this.#key + client_id);
  }

  /** What was said before the conversation began belongs to it now. */
  adopt(conversation: string): void {
    for (const pending of this.of(null)) this.#change(pending.client_id, { conversation });
  }

  clear(): void {
    for (const pending of this.pending) this.drop(pending.client_id);
  }

  /** Nobody sits here any more: nothing is sent or written; what waits is kept for who comes back. */
  close(): void {
    this.#stop.abort();
    this.pending = [];
  }

  /** Sends what waits, one after the other, so that the order is the one in which it was said. */
  async flush(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    try {
      for (let next; (next = this.pending.find((pending) => pending.state === 'waiting')); ) {
        await this.#deliver(next);
      }
    } finally {
      this.#sending = false;
    }
  }

  async #deliver({ client_id }: Pending): Promise<void> {
    const current = this.pending.find((pending) => pending.client_id === client_id) as Pending;
    const { signal } = this.#stop;
    try {
      await this.#send(current, (why) => this.#change(client_id, { why: reason(why) }), signal);
      this.drop(client_id);
    } catch (thrown) {
      // It waits, in its owner's name, or has come along under the new one.
      if (!signal.aborted) this.#change(client_id, { state: 'failed', why: reason(asRefusal(thrown)) });
    }
  }

  #own(owner: string): void {
    this.#key = keyOf(owner);
    this.pending = this.#keep
      .keys(this.#key)
      .map((key) => read(this.#keep.get(key)))
      .filter((pending) => pending !== null)
      .sort((one, other) => one.said_at - other.said_at);
  }

  #change(client_id: string, change: { [K in keyof Pending]?: Pending[K] | undefined }): void {
    this.pending = this.pending.map((pending) => {
      if (pending.client_id !== client_id) return pending;
      const changed = { ...pending, ...change } as Pending;
      this.#write(changed);
      return changed;
    });
  }

  #write(pending: Pending): void {
    this.#keep.set(this.#key + pending.client_id, JSON.stringify(pending));
  }
}

/** 32 hex digits; `crypto.randomUUID` is only there over https. */
export function fresh(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const keyOf = (owner: string): string => `outbox:${encodeURIComponent(owner)}:`;

function reason(why: Refusal): { code: string; message: string } {
  return { code: why.reason ?? why.code, message: why.message };
}

function read(text: string | null): Pending | null {
  try {
    const value = JSON.parse(text ?? '') as Partial<Pending>;
    const whole = typeof value.client_id === 'string' && typeof value.text === 'string' && typeof value.said_at === 'number';
    return whole ? ({ conversation: null, state: 'waiting', ...value } as Pending) : null;
  } catch {
    return null;
  }
}
