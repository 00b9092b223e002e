import type { Keep } from '@kefu/shared/keep.ts';

/** Small things kept in the browser, as values instead of text. What cannot be read counts as absent. */
export class Kept {
  constructor(readonly keep: Keep) {}

  get<T>(key: string): T | null {
    try {
      const text = this.keep.get(key);
      return text === null ? null : (JSON.parse(text) as T);
    } catch {
      return null;
    }
  }

  set(key: string, value: unknown): void {
    this.keep.set(key, JSON.stringify(value));
  }

  drop(key: string): void {
    this.keep.remove(key);
  }
}
