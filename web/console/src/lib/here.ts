import { onDestroy } from 'svelte';

/** Tells whether the component is still shown: what an answer says may come when one looks elsewhere. */
export function here(): () => boolean {
  let is_here = true;
  onDestroy(() => (is_here = false));
  return () => is_here;
}
