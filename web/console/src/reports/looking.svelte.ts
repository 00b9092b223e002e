import { Problem, type Api } from '../state/api';
import type { ErrorBody } from '../wire';
import type { Report } from './records';

/** The report that is looked at. What was seen stays until the next one is there. */
export class Looking {
  report = $state.raw<Report | null>(null);
  problem = $state.raw<ErrorBody | null>(null);
  is_busy = $state(false);
  /** What the report answers. */
  query = $state.raw<Record<string, string>>({});
  #asked = 0;

  constructor(private readonly api: Api) {}

  async look(query: Record<string, string>): Promise<void> {
    const mine = ++this.#asked; // only the last question counts, however late the answers come
    this.is_busy = true;
    try {
      const report = await this.api.get<Report>('/reports', query);
      if (mine !== this.#asked) return;
      [this.report, this.query, this.problem] = [report, query, null];
    } catch (thrown) {
      if (mine !== this.#asked) return;
      this.problem = body_of(thrown);
    }
    this.is_busy = false;
  }
}

/** What a figure is made of, a page after the other; `cursor` is what the next page is asked for with. */
export class Behind<P extends { items: unknown[]; next?: string | null }> {
  first = $state.raw<P | null>(null);
  items = $state.raw<P['items']>([]);
  next = $state<string | null>(null);
  problem = $state.raw<ErrorBody | null>(null);
  is_busy = $state(false);

  constructor(
    private readonly api: Api,
    private readonly path: string,
    private readonly cursor: 'behind' | 'before',
    private readonly query: Record<string, string>,
  ) {}

  async more(): Promise<void> {
    this.is_busy = true;
    try {
      const page = await this.api.get<P>(this.path, { ...this.query, [this.cursor]: this.next });
      this.first ??= page;
      this.items = [...this.items, ...page.items];
      [this.next, this.problem] = [page.next ?? null, null];
    } catch (thrown) {
      this.problem = body_of(thrown);
    }
    this.is_busy = false;
  }
}

function body_of(thrown: unknown): ErrorBody {
  return thrown instanceof Problem ? thrown.body : { code: 'internal', message: String(thrown), retryable: false };
}
