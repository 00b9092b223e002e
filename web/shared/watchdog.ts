/** Finds out that the other side has fallen silent: the server says something at least every 4 s. */

export const SILENCE_MS = 5_000;
const LOOK_MS = 1_000;

export class Watchdog {
  #timer: ReturnType<typeof setInterval> | undefined;
  #heard_at = 0;
  #looked_at = 0;
  readonly #onSilence: () => void;

  constructor(onSilence: () => void) {
    this.#onSilence = onSilence;
  }

  /** Something came in; silence is counted from now. */
  heard(): void {
    this.#heard_at = performance.now();
  }

  start(): void {
    this.stop();
    this.heard();
    this.#looked_at = performance.now();
    this.#timer = setInterval(this.#look, LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  readonly #look = (): void => {
    const now = performance.now();
    // A page that slept could not hear: give it one more period before judging the line.
    if (now - this.#looked_at > LOOK_MS * 3) this.#heard_at = Math.max(this.#heard_at, now - SILENCE_MS / 2);
    this.#looked_at = now;
    if (now - this.#heard_at < SILENCE_MS) return;
    this.stop();
    this.#onSilence();
  };
}
