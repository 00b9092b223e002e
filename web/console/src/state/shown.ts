import type { Status } from '../wire';

/** How somebody is shown: what they chose, unless they are not here, do not answer or touch nothing. */
export type Shown = Status | 'not_responding' | 'idle' | 'offline';

export interface Seen {
  status: Status;
  online: boolean;
  /** They missed too many offers, and get none until they act again. */
  unresponsive_since?: string | null;
  /** They have touched nothing since, and get none until they do. */
  idle_since?: string | null;
}

export function shown({ online, status, unresponsive_since, idle_since }: Seen): Shown {
  if (!online) return 'offline';
  if (unresponsive_since) return 'not_responding';
  return idle_since && status === 'available' ? 'idle' : status;
}
