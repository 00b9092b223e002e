/** What the browser keeps for the shop. Nothing is written until the customer does something. */
export interface Identity {
  id: string;
  name: string;
  email: string;
}

export interface SignedIn {
  identity: Identity;
  hash: string;
}

export interface PlacedOrder {
  number: string;
  placed: string;
  items: [slug: string, quantity: number][];
}

function read<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(`willow-${key}`);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback; // closed or damaged storage is an empty one
  }
}

function write(key: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(`willow-${key}`);
    else localStorage.setItem(`willow-${key}`, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing still lets one look around.
  }
}

export const basket = {
  read: (): Record<string, number> => read('basket', {}),
  set(slug: string, quantity: number): void {
    const others = Object.entries(basket.read()).filter(([other]) => other !== slug || quantity > 0);
    const now = Object.fromEntries(others);
    if (quantity > 0) now[slug] = Math.min(quantity, 99);
    write('basket', Object.keys(now).length ? now : null);
  },
  empty: (): void => write('basket', null),
  count: (): number => Object.values(basket.read()).reduce((sum, quantity) => sum + quantity, 0),
};

export const who = {
  read: (): SignedIn | null => read<SignedIn | null>('who', null),
  set: (value: SignedIn | null): void => write('who', value),
};

export const orders = {
  of: (id: string): PlacedOrder[] => read<Record<string, PlacedOrder[]>>('orders', {})[id] ?? [],
  add(id: string, order: PlacedOrder): void {
    const all = read<Record<string, PlacedOrder[]>>('orders', {});
    write('orders', { ...all, [id]: [order, ...(all[id] ?? [])] });
  },
};

/** The theme script reads this one before anything else, so it is plain text. */
export function keepTheme(theme: 'light' | 'dark'): void {
  try {
    localStorage.setItem('willow-theme', theme);
  } catch {
    // Not kept; the page shows it all the same.
  }
}
