/** Waiting times between attempts: they double, are capped, and vary so that clients do not march in step. */
export interface Backoff {
  first_ms: number;
  max_ms: number;
}

export const RECONNECT: Backoff = { first_ms: 500, max_ms: 8_000 };
export const RETRY: Backoff = { first_ms: 1_000, max_ms: 15_000 };

/** Milliseconds to wait before attempt number `attempt` (0 is the first repetition). */
export function wait_ms({ first_ms, max_ms }: Backoff, attempt: number, random = Math.random()): number {
  const full = Math.min(max_ms, first_ms * 2 ** Math.min(attempt, 16));
  return Math.round(full * (0.5 + random / 2));
}

/** Resolves after `ms`; any of `wakes` may end the wait early. */
export function pause(ms: number, ...wakes: (AbortSignal | undefined)[]): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      for (const wake of wakes) wake?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    for (const wake of wakes) wake?.addEventListener('abort', done);
    if (wakes.some((wake) => wake?.aborted)) done();
  });
}
