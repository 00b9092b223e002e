import type { Api } from '../state/api';
import type { Decision, Decisions } from '../why/shapes';
import type { Timeline } from './shapes';

/** What happened in one conversation, and the decisions behind its offers. */
export class Story {
  timeline = $state.raw<Timeline | null>(null);
  decisions = $state.raw<Decision[]>([]);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  #round = 0;

  constructor(
    private readonly api: Api,
    private readonly id: string,
  ) {}

  /** Reads both; what was read before stays in view until then. */
  async load(): Promise<void> {
    const round = ++this.#round;
    const path = `/conversations/${encodeURIComponent(this.id)}`;
    try {
      const [timeline, decided] = await Promise.all([this.api.get<Timeline>(`${path}/timeline`), this.api.get<Decisions>(`${path}/decisions`)]);
      if (round !== this.#round) return;
      this.timeline = timeline;
      this.decisions = decided.items;
      this.state = 'ready';
    } catch {
      if (round === this.#round && this.state === 'loading') this.state = 'failed';
    }
  }
}
