/** Where a page keeps what must survive a reload. Browsers may refuse; then memory has to do. */

export interface Keep {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(prefix: string): string[];
}

/** Keeps in `storage`, below `prefix`, and in memory when the browser refuses. */
export function kept(prefix: string, storage: () => Storage = () => localStorage): Keep {
  try {
    const store = storage();
    store.setItem(`${prefix}?`, '1');
    store.removeItem(`${prefix}?`);
    return new StorageKeep(prefix, store);
  } catch {
    return new MemoryKeep();
  }
}

class StorageKeep implements Keep {
  readonly #prefix: string;
  readonly #store: Storage;

  constructor(prefix: string, store: Storage) {
    this.#prefix = prefix;
    this.#store = store;
  }

  get(key: string): string | null {
    return this.#store.getItem(this.#prefix + key);
  }

  set(key: string, value: string): void {
    try {
      this.#store.setItem(this.#prefix + key, value);
    } catch {
      // Full: what is shown stays in memory, it only does not survive a reload.
    }
  }

  remove(key: string): void {
    this.#store.removeItem(this.#prefix + key);
  }

  keys(prefix: string): string[] {
    const all = Array.from({ length: this.#store.length }, (_, i) => this.#store.key(i) ?? '');
    const start = this.#prefix + prefix;
    return all.filter((key) => key.startsWith(start)).map((key) => key.slice(this.#prefix.length));
  }
}

/** Keeps until the page goes; `told` hears of every change, to keep it somewhere else. */
export class MemoryKeep implements Keep {
  readonly #values: Map<string, string>;
  readonly #told: (key: string, value: string | null) => void;

  constructor(values: Record<string, string> = {}, told: (key: string, value: string | null) => void = () => {}) {
    this.#values = new Map(Object.entries(values));
    this.#told = told;
  }

  get(key: string): string | null {
    return this.#values.get(key) ?? null;
  }

  set(key: string, value: string): void {
    this.#values.set(key, value);
    this.#told(key, value);
  }

  remove(key: string): void {
    if (this.#values.delete(key)) this.#told(key, null);
  }

  keys(prefix: string): string[] {
    return [...this.#values.keys()].filter((key) => key.startsWith(prefix));
  }
}
