import type { Api, Page } from '../state/api';

/** A list of the REST API that can be read, added to and changed. */
export class Resource<T extends { id: string }> {
  items = $state.raw<T[]>([]);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  /** Where the list goes on, when it is longer than what was read. */
  next = $state<string | null>(null);

  constructor(
    private readonly api: Api,
    private readonly path: string,
    /** What the list is asked for, such as `?archived=true`. */
    private readonly query = '',
  ) {}

  async load(): Promise<void> {
    try {
      const page = await this.api.get<Page<T>>(this.path + this.query);
      [this.items, this.next, this.state] = [page.items, page.next ?? null, 'ready'];
    } catch {
      this.state = 'failed';
    }
  }

  /** Reads on; `by` is what the list calls the place at which it goes on. Throws a `Problem`. */
  async more(by: 'after' | 'before'): Promise<void> {
    if (!this.next) return;
    const page = await this.api.get<Page<T>>(`${this.path}${this.query}${this.query ? '&' : '?'}${by}=${encodeURIComponent(this.next)}`);
    const known = new Set(this.items.map(({ id }) => id));
    [this.items, this.next] = [[...this.items, ...page.items.filter(({ id }) => !known.has(id))], page.next ?? null];
  }

  /** Reads one that a link leads to and the list does not hold yet; none that there is not. */
  async reach(id: string | null): Promise<void> {
    if (id === null || this.get(id)) return;
    const one = await this.api.get<T>(`${this.path}/${encodeURIComponent(id)}`).catch(() => null);
    if (one && !this.get(id)) this.items = [...this.items, one];
  }

  get(id: string | null): T | undefined {
    return this.items.find((one) => one.id === id);
  }

  /** Creates without an id, changes with one. Throws a `Problem`. */
  async save(id: string | null, body: object): Promise<T> {
    const path = id ? `${this.path}/${encodeURIComponent(id)}` : this.path;
    const saved = id ? await this.api.patch<T>(path, body) : await this.api.post<T>(path, body);
    this.items = this.get(saved.id)
      ? this.items.map((one) => (one.id === saved.id ? saved : one))
      : [...this.items, saved];
    return saved;
  }

  async remove(id: string): Promise<void> {
    await this.api.delete(`${this.path}/${encodeURIComponent(id)}`);
    this.items = this.items.filter((one) => one.id !== id);
  }
}
