import type { AgentOrder, Part, QueueOrder, TalkOrder } from './order';
import { Sorting } from './sorting.svelte';

export const TALKS_BY = ['none', 'queue', 'agent', 'state'] as const;
export const AGENTS_BY = ['none', 'state'] as const;

type Order = [by: string, is_reversed: boolean];

/** How one looks at the live view, as server/protocol/live_looks.py keeps it; what is usual is left out. */
export interface SavedLook {
  queue?: string | null;
  part?: Part;
  sought?: string;
  queues?: Order;
  talks?: Order;
  agents?: Order;
  talks_by?: (typeof TALKS_BY)[number];
  agents_by?: (typeof AGENTS_BY)[number];
}

export interface LookRecord {
  id: string;
  name: string;
  look: SavedLook;
}

const QUEUES: readonly QueueOrder[] = ['name', 'waiting', 'oldest', 'eta', 'able', 'in_hand', 'answered', 'in_time', 'gave_up'];
const TALKS: readonly TalkOrder[] = ['name', 'queue', 'state', 'agent', 'wait'];
const AGENTS: readonly AgentOrder[] = ['name', 'state', 'since', 'load', 'replied', 'handle', 'missed'];

/** What is chosen, sorted and grouped by. */
export class Look {
  queue = $state<string | null>(null);
  part = $state<Part>('all');
  sought = $state('');
  talks_by = $state<(typeof TALKS_BY)[number]>('none');
  agents_by = $state<(typeof AGENTS_BY)[number]>('none');
  readonly queues = new Sorting<QueueOrder>('oldest', QUEUES);
  readonly talks = new Sorting<TalkOrder>('wait', TALKS);
  readonly agents = new Sorting<AgentOrder>('state', AGENTS);

  /** The queue that is chosen; null where all are, or where it is there no longer. */
  chosen(queues: readonly { id: string }[]): string | null {
    return queues.some(({ id }) => id === this.queue) ? this.queue : null;
  }

  /** As it is saved. */
  saved(): SavedLook {
    const { queue, part, sought, talks_by, agents_by } = this;
    return { queue, part, sought, talks_by, agents_by, queues: this.queues.saved(), talks: this.talks.saved(), agents: this.agents.saved() };
  }

  /** Looks as it was saved. */
  take(look: SavedLook): void {
    this.queue = look.queue ?? null;
    this.part = look.part ?? 'all';
    this.sought = look.sought ?? '';
    this.talks_by = look.talks_by ?? 'none';
    this.agents_by = look.agents_by ?? 'none';
    this.queues.take(look.queues);
    this.talks.take(look.talks);
    this.agents.take(look.agents);
  }
}
