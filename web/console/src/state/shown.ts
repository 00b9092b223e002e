import type { Status } from '../wire';

/** How somebody is shown: what they chose, unless they are not here or do not answer. */
export type Shown = Status | 'not_responding' | 'offline';

export interface Seen {
  status: Status;
  online: boolean;
  /** They missed too many offers, and get none until they act again. */
  unresponsive_since?: string | null;
}

export function shown({ online, status, unresponsive_since }: Seen): Shown {
  if (!online) return 'offline';
  return unresponsive_since ? 'not_responding' : status;
}
