import type { Api, Page } from '../state/api';
import type { Line } from './records';

export const WHICH = ['published', 'disputed', 'draft'] as const;
export type Which = (typeof WHICH)[number];

const QUERY: Record<Which, Record<string, string>> = {
  published: { state: 'published' },
  disputed: { state: 'published', disputed: 'true' },
  draft: { state: 'draft' },
};

/** A list of reviews, a page after the other. */
export class Reviews {
  items = $state.raw<Line[]>([]);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  next = $state<string | null>(null);
  #asked = 0;

  constructor(private readonly api: Api) {}

  async load(which: Which, agent = '', goes_on = false): Promise<void> {
    const mine = ++this.#asked; // only the last question counts
    if (!goes_on) this.state = 'loading';
    try {
      const page = await this.api.get<Page<Line>>('/reviews', { ...QUERY[which], agent, before: goes_on ? this.next : null });
      if (mine !== this.#asked) return;
      this.items = goes_on ? [...this.items, ...page.items] : page.items;
      [this.next, this.state] = [page.next ?? null, 'ready'];
    } catch {
      if (mine === this.#asked) this.state = 'failed';
    }
  }
}
