import type { AgentSession } from '../wire';
import type { Health } from './health.svelte';

const BACKOFF_MS = 500;
const BACKOFF_MAX_MS = 10_000;

export interface SyncPorts {
  health: Health;
  /** Puts what the session says in place. */
  begin: (session: AgentSession) => void;
  /** Fetches what every open thread missed. False when any of it failed. */
  catch_up: () => Promise<boolean>;
  done: () => void;
  wait: (ms: number) => Promise<void>;
}

/** After every connect: everything is caught up before anything is sent, again until that works. */
export class Sync {
  #round = 0;

  constructor(private readonly ports: SyncPorts) {}

  async started(session: AgentSession): Promise<void> {
    const round = ++this.#round;
    const { health } = this.ports;
    this.ports.begin(session);
    for (let tries = 0; round === this.#round && health.line === 'live'; tries++) {
      const done = await this.ports.catch_up();
      if (round !== this.#round) return;
      health.caught_up(done);
      if (done) return this.ports.done();
      await this.ports.wait(Math.min(BACKOFF_MS * 2 ** tries, BACKOFF_MAX_MS));
    }
  }

  /** The connection went away: whatever is under way counts no more. */
  stop(): void {
    this.#round++;
  }
}
