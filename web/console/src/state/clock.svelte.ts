/** What time it is at the server: ticks while a page looks at it. */
export class Clock {
  /** Milliseconds since 1970, corrected by what the server told us. */
  now = $state(Date.now());
  #offset_ms = 0;

  /** Starts ticking; returns what stops it. */
  start(): () => void {
    const timer = setInterval(() => this.tick(), 250);
    return () => clearInterval(timer);
  }

  tick(): void {
    this.now = Date.now() + this.#offset_ms;
  }

  /** Learns from a time the server wrote just now. Differences below 1.5 s are the network's. */
  learn(server: string | number | Date): void {
    const offset_ms = new Date(server).getTime() - Date.now();
    this.#offset_ms = Math.abs(offset_ms) < 1500 ? 0 : offset_ms;
    this.tick();
  }

  /** Whole seconds from `at` until now, never below zero. */
  since_s(at: string): number {
    return Math.max(0, Math.floor((this.now - Date.parse(at)) / 1000));
  }

  /** Whole seconds from now until `at`, never below zero. */
  until_s(at: string): number {
    return Math.max(0, Math.ceil((Date.parse(at) - this.now) / 1000));
  }
}
