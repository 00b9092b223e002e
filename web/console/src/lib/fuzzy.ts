/** How well `sought` fits `text`: every word must stand in it, at the start of a word is better. 0 is no. */
export function fit(text: string, sought: string): number {
  const where = text.toLowerCase();
  let sum = 1;
  for (const word of sought.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = where.indexOf(word);
    if (at < 0) return 0;
    sum += at === 0 ? 3 : /\s|[·/(]/.test(where[at - 1] ?? '') ? 2 : 1;
  }
  return sum;
}

/** Those that fit, best first, otherwise as they came. */
export function best<T>(all: T[], sought: string, text: (one: T) => string): T[] {
  if (!sought.trim()) return all;
  return all
    .map((one, i) => ({ one, i, score: fit(text(one), sought) }))
    .filter((found) => found.score > 0)
    .sort((a, b) => b.score - a.score || a.i - b.i)
    .map((found) => found.one);
}
