/**
 * Another conversation came to the front: what was begun for this one must not happen to that one.
 * A teardown still sees the state of before; only afterwards is it known which layer is open.
 */
export function only_for(id: () => string, hide: () => void): void {
  $effect(() => {
    void id();
    return () => queueMicrotask(hide);
  });
}
