/** Two requests that are one swap: what one gives to the other, and the other to the one. */
import type { Swap } from './records';

const is_live = ({ state }: Swap) => state === 'asked' || state === 'accepted';

/** Requests in their order; the two halves of a swap together, where the first of them was. */
export function paired(swaps: readonly Swap[]): Swap[][] {
  const taken = new Set<string>();
  const found: Swap[][] = [];
  for (const swap of swaps) {
    if (taken.has(swap.id)) continue;
    const other = is_live(swap) && swaps.find((each) => !taken.has(each.id) && is_live(each) && each.by.id === swap.to?.id && each.to?.id === swap.by.id);
    const halves = other ? [swap, other] : [swap];
    for (const { id } of halves) taken.add(id);
    found.push(halves);
  }
  return found;
}
