/** The host page's storage, only ever written after the customer has opened the chat. */

export type Shelf = 'localStorage' | 'sessionStorage';

/** Reads, or with a value writes, or with null forgets. A browser that refuses is one that forgets. */
export function recall(shelf: Shelf, key: string, value?: string | null): string | null | undefined {
  try {
    if (value === undefined) return window[shelf].getItem(key);
    if (value === null) window[shelf].removeItem(key);
    else window[shelf].setItem(key, value);
  } catch {
    // Blocked or full.
  }
  return null;
}

/** What stands below `prefix`, by the rest of its key. */
export function below(prefix: string): Record<string, string> {
  const found: Record<string, string> = {};
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(prefix)) found[key.slice(prefix.length)] = localStorage[key] as string;
    }
  } catch {
    // Blocked.
  }
  return found;
}
