import { Problem, type Api } from '../state/api';
import type { Act, Decision, Decisions, Waiting } from './shapes';

/** How one conversation was routed, and why it still waits where it does. */
export class Trace {
  decisions = $state.raw<Decision[]>([]);
  acts = $state.raw<Act[]>([]);
  waiting = $state.raw<Waiting | null>(null);
  state = $state<'loading' | 'ready' | 'failed'>('loading');

  constructor(
    private readonly api: Api,
    private readonly id: string,
  ) {}

  /** Reads both; what was read before stays in view until then. */
  async load(waits: boolean): Promise<void> {
    try {
      const [{ items, acts = [] }] = await Promise.all([this.api.get<Decisions>(`${this.#path}/decisions`), waits ? this.look() : this.#over()]);
      this.decisions = items;
      this.acts = acts;
      this.state = 'ready';
    } catch {
      if (this.state === 'loading') this.state = 'failed';
    }
  }

  /** Reads only why it waits, which changes by itself. */
  async look(): Promise<void> {
    try {
      this.waiting = await this.api.get<Waiting>(`${this.#path}/waiting`);
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.status === 409) this.waiting = null;
    }
  }

  async #over(): Promise<void> {
    this.waiting = null;
  }

  get #path(): string {
    return `/conversations/${encodeURIComponent(this.id)}`;
  }
}
