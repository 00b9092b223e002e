/** Two requests that are one swap: what one gives to the other, and the other to the one. */
import type { Swap } from './records';

const LIVE: readonly Swap['state'][] = ['asked', 'accepted'];

/** Requests in their order; the two halves of a swap in these states together, where the first of them was. */
export function paired(swaps: readonly Swap[], states = LIVE): Swap[][] {
  const taken = new Set<string>();
  const found: Swap[][] = [];
  const is_free = ({ id, state }: Swap) => !taken.has(id) && states.includes(state);
  for (const swap of swaps) {
    if (taken.has(swap.id)) continue;
    const other = is_free(swap) && swaps.find((each) => is_free(each) && each.by.id === swap.to?.id && each.to?.id === swap.by.id);
    const halves = other ? [swap, other] : [swap];
    for (const { id } of halves) taken.add(id);
    found.push(halves);
  }
  return found;
}
