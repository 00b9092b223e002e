import type { LineState } from './line';

const PATIENCE_MS = 2000;
const STALE_MS = 15_000;

export type Banner = null | 'reconnecting' | 'stale' | 'ended';

/** Whether what is on the screen can be trusted. Well means: connected AND everything caught up (D6). */
export class Health {
  line = $state<LineState>('connecting');
  synced = $state(false);
  /** When the screen was last known to be complete. */
  synced_at = $state<number | null>(null);
  #waiting: (() => void)[] = [];
  #since = $state<number | null>(Date.now());

  readonly well = $derived(this.line === 'live' && this.synced);

  changed(line: LineState, now = Date.now()): void {
    if (this.well && line !== 'live') this.synced_at = now;
    this.line = line;
    if (line !== 'live') this.synced = false;
    this.#note(now);
  }

  caught_up(done: boolean, now = Date.now()): void {
    this.synced = done;
    if (done) this.synced_at = now;
    this.#note(now);
  }

  /** What to tell: nothing while well and for the first two seconds. */
  banner(now: number): Banner {
    if (this.line === 'ended') return 'ended';
    if (this.well || this.#since === null) return null;
    const ill_ms = now - this.#since;
    if (ill_ms < PATIENCE_MS) return null;
    return ill_ms < STALE_MS ? 'reconnecting' : 'stale';
  }

  /** Resolves when the screen can be trusted. */
  until_well(): Promise<void> {
    if (this.well) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #note(now: number): void {
    if (!this.well) {
      this.#since ??= now;
      return;
    }
    this.#since = null;
    for (const go of this.#waiting.splice(0)) go();
  }
}
