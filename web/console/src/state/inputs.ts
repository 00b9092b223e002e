import type { Answer, Line } from './line';

/** So often the server is told at most. Nobody is idle any sooner than after a minute. */
export const EVERY_MS = 45_000;
/** So soon it is tried again when it did not arrive. */
export const RETRY_MS = 3_000;

// No `scroll`: lists scroll by themselves when something new comes. Whoever scrolls turns a wheel or moves something.
const EVENTS = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchstart', 'touchmove'] as const;
const PASSIVELY = { passive: true, capture: true } as const;

/** The desk, as far as it matters here. */
export interface Rests {
  readonly line: Line;
  idle: boolean;
}

/** The other tabs of this browser: what one has said the others need not say. */
export interface Neighbours {
  said(): void;
  hear(said: () => void): () => void;
}

/**
 * Tells the server that somebody is here: as soon as anything is touched, and then only now and then, while it goes on.
 * Of a time in which nothing was touched nothing is said; an event costs a comparison.
 */
export class Inputs {
  /** When it was said last, here or in another tab. */
  #said_at = Number.NEGATIVE_INFINITY;
  /** Something was touched, and that is still to be said. */
  #owes = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #is_asking = false;
  #failed_at = Number.NEGATIVE_INFINITY;
  /** A server of an older version does not want to know. */
  #is_unwanted = false;
  #at = '';

  constructor(
    private readonly desk: Rests,
    private readonly neighbours: Neighbours,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Listens to everything below `target`; returns what ends it. */
  listen(target: Pick<Window, 'addEventListener' | 'removeEventListener'>): () => void {
    const heard = (event: Event): void => this.noticed(event as PointerEvent);
    for (const event of EVENTS) target.addEventListener(event, heard, PASSIVELY);
    const hush = this.neighbours.hear(() => this.#settled());
    const forget = this.desk.line.on('session:started', () => {
      this.#is_unwanted = false;
      void this.#say(this.#owes);
    });
    return () => {
      for (const event of EVENTS) target.removeEventListener(event, heard, PASSIVELY);
      hush();
      forget();
      clearTimeout(this.#timer);
    };
  }

  /** Somebody touched something. Browsers also tell of a pointer that rests while the page moves below it. */
  noticed(event: Pick<PointerEvent, 'type' | 'screenX' | 'screenY'>): void {
    if (event.type === 'pointermove') {
      const at = `${event.screenX},${event.screenY}`;
      if (at === this.#at) return;
      const is_first = this.#at === '';
      this.#at = at;
      if (is_first) return;
    }
    if (this.#owes && !this.desk.idle) return; // there is a timer, or a line to wait for
    this.#owes = true;
    const left_ms = this.desk.idle ? 0 : this.#said_at + EVERY_MS - this.now();
    if (left_ms <= 0) void this.#say(true);
    else this.#later(left_ms);
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#say(this.#owes), ms);
  }

  /** `seen` false only says that this console would tell. */
  async #say(seen: boolean): Promise<void> {
    if (this.desk.line.state !== 'live' || this.#is_asking || this.#is_unwanted) return;
    const rests_ms = seen ? this.#failed_at + RETRY_MS - this.now() : 0;
    if (rests_ms > 0) return this.#later(rests_ms);
    this.#is_asking = true;
    const answer: Answer<unknown> = await this.desk.line.ask('input:tell', { seen });
    this.#is_asking = false;
    if (answer.ok) {
      if (!seen) {
        if (this.#owes) void this.#say(true); // touched while it was said that it would be told
        return;
      }
      this.#settled();
      this.desk.idle = false;
      this.neighbours.said();
    } else if (answer.error.retryable) {
      this.#failed_at = this.now();
      this.#later(RETRY_MS);
    } else {
      this.#is_unwanted = true;
    }
  }

  #settled(): void {
    this.#said_at = this.now();
    this.#owes = false;
    clearTimeout(this.#timer);
  }
}

/** Tabs of the same browser hear each other through `name`; where there is no such thing each is alone. */
export function neighbours(name: string): Neighbours {
  if (typeof BroadcastChannel === 'undefined') return { said: () => undefined, hear: () => () => undefined };
  let channel: BroadcastChannel | undefined;
  return {
    said: () => channel?.postMessage('said'),
    hear(said) {
      const own = (channel = new BroadcastChannel(name));
      own.onmessage = said;
      return () => own.close();
    },
  };
}
