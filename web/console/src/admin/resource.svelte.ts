import type { Api, Page } from '../state/api';

/** A list of the REST API that can be read, added to and changed. */
export class Resource<T extends { id: string }> {
  items = $state.raw<T[]>([]);
  state = $state<'loading' | 'ready' | 'failed'>('loading');

  constructor(
    private readonly api: Api,
    private readonly path: string,
    /** What the list is asked for, such as `?archived=true`. */
    private readonly query = '',
  ) {}

  async load(): Promise<void> {
    try {
      this.items = (await this.api.get<Page<T>>(this.path + this.query)).items;
      this.state = 'ready';
    } catch {
      this.state = 'failed';
    }
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
