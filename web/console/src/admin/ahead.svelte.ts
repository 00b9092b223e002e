import type { Api } from '../state/api';
import type { HoursAhead, OpeningHours } from './records';

const REST_MS = 250;

/** What opening hours would mean: asked of the server a moment after the last change, the latest answer wins. */
export class Ahead {
  shown = $state.raw<HoursAhead | null>(null);
  /** What is shown is about hours that have been changed since, or cannot be meant. */
  is_stale = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(private readonly api: Pick<Api, 'post'>) {}

  /** Tries `hours` out; null as a whole means that they cannot be tried yet. */
  try_out(query: { hours: OpeningHours | null; time_zone: string } | null): void {
    clearTimeout(this.#timer);
    this.is_stale = true;
    const turn = ++this.#asked;
    if (query) this.#timer = setTimeout(() => void this.#ask(query, turn), this.shown ? REST_MS : 0);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
  }

  async #ask(query: object, turn: number): Promise<void> {
    const answer = await this.api.post<HoursAhead>('/shop/hours/preview', query).catch(() => null);
    if (turn !== this.#asked || !answer) return;
    this.shown = answer;
    this.is_stale = false;
  }
}
