import { Problem, type Api } from '../../state/api';
import type { QueuePreview } from '../records';
import type { Draft } from './draft';

const PAUSE_MS = 350;
const AGAIN_MS = 10_000;

/** What the server says a draft would do now. Asked a moment after the last change, and now and then. */
export class Preview {
  shown = $state.raw<QueuePreview | null>(null);
  state = $state<'asking' | 'ready' | 'wrong' | 'failed'>('asking');
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(private readonly api: Api) {}

  /** Asks about a draft once nothing has changed for a moment. */
  change(draft: Draft, id: string | null, language: string): void {
    this.#later(PAUSE_MS, { ...draft, ...(id ? { id } : {}), ...(language ? { language } : {}) });
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asked++;
  }

  #later(ms: number, body: object): void {
    this.stop();
    const mine = this.#asked;
    this.#timer = setTimeout(() => void this.#ask(body, mine), ms);
  }

  async #ask(body: object, mine: number): Promise<void> {
    let state: typeof this.state = 'ready';
    let answer = this.shown;
    if (!document.hidden) {
      try {
        answer = await this.api.post<QueuePreview>('/queues/preview', body);
      } catch (thrown) {
        const is_wrong = thrown instanceof Problem && (thrown.status === 422 || thrown.status === 404);
        state = is_wrong ? 'wrong' : 'failed';
      }
    }
    if (mine !== this.#asked) return; // something has changed meanwhile
    this.shown = answer;
    this.state = state;
    if (state !== 'wrong') this.#later(AGAIN_MS, body);
  }
}
