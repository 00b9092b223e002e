/** What of a form was changed since `before`, so that saving it takes back nothing that others changed meanwhile. */
export function edits<T extends object>(before: T, after: T): Partial<T> {
  const names = Object.keys(after) as (keyof T)[];
  const differing = names.filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]));
  return Object.fromEntries(differing.map((name) => [name, after[name]])) as Partial<T>;
}

export function has_edits<T extends object>(before: T, after: T): boolean {
  return Object.keys(edits(before, after)).length > 0;
}
