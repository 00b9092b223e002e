import type { Shown } from '../state/shown';
import type { LiveAgent, LiveQueue, LiveTalk } from './feed.svelte';

/** What an agent's mark says: whether they are there at all comes first. */
export function shown_of(agent: LiveAgent): Shown {
  if (!agent.here) return 'offline';
  if (agent.status !== 'available') return agent.status;
  if (!agent.responding) return 'not_responding';
  return agent.idle ? 'idle' : 'available';
}

const RANK: Record<Shown, number> = { available: 0, not_responding: 1, idle: 2, busy: 3, away: 4, offline: 5 };

/** Since when a conversation waits for us: for an agent, or for an answer. Null where nobody waits. */
export function waits_since(talk: LiveTalk): string | null {
  if (talk.state === 'queued' || talk.state === 'offered') return talk.queued_at ?? null;
  return talk.state === 'active' ? (talk.unanswered_since ?? null) : null;
}

/** Of those who came today and are no longer waiting, the share who were answered in time; null before anybody was. */
export function in_time(queue: Pick<LiveQueue, 'answered' | 'abandoned' | 'in_time'>): number | null {
  const over = (queue.answered ?? 0) + (queue.abandoned ?? 0);
  return over === 0 ? null : (queue.in_time ?? 0) / over;
}

/** Of the same the share who left before anybody took them. */
export function gave_up(queue: Pick<LiveQueue, 'answered' | 'abandoned'>): number | null {
  const over = (queue.answered ?? 0) + (queue.abandoned ?? 0);
  return over === 0 ? null : (queue.abandoned ?? 0) / over;
}

/** All queues as one. */
export function total(queues: LiveQueue[]): Required<Pick<LiveQueue, 'waiting' | 'in_hand' | 'answered' | 'in_time' | 'abandoned'>> & { oldest: string | null } {
  const sum = { waiting: 0, in_hand: 0, answered: 0, in_time: 0, abandoned: 0, oldest: null as string | null };
  for (const queue of queues) {
    for (const key of ['waiting', 'in_hand', 'answered', 'in_time', 'abandoned'] as const) sum[key] += queue[key] ?? 0;
    if (queue.oldest && (!sum.oldest || Date.parse(queue.oldest) < Date.parse(sum.oldest))) sum.oldest = queue.oldest;
  }
  return sum;
}

export type Order = 'wait' | 'name' | 'load' | 'state';

/** Queues with the longest wait first; those where nobody waits by name. */
export function sort_queues(queues: LiveQueue[], locale: string): LiveQueue[] {
  return [...queues].sort((a, b) => age(a.oldest) - age(b.oldest) || a.name.localeCompare(b.name, locale));
}

export function sort_agents(agents: LiveAgent[], by: Order, locale: string): LiveAgent[] {
  const name = (a: LiveAgent, b: LiveAgent) => a.name.localeCompare(b.name, locale);
  const load = (a: LiveAgent, b: LiveAgent) => b.taken / b.capacity - a.taken / a.capacity;
  const rank = (a: LiveAgent, b: LiveAgent) => RANK[shown_of(a)] - RANK[shown_of(b)];
  return [...agents].sort((a, b) => (by === 'load' ? load(a, b) : by === 'state' ? rank(a, b) : 0) || name(a, b));
}

/** Emergencies first, then whoever has waited longest for us, then the rest by age. */
export function sort_talks(talks: LiveTalk[]): LiveTalk[] {
  const keyed = talks.map((talk) => ({ talk, since: age(waits_since(talk)), came: age(talk.queued_at) }));
  keyed.sort((a, b) => Number(b.talk.emergency ?? false) - Number(a.talk.emergency ?? false) || a.since - b.since || a.came - b.came);
  return keyed.map(({ talk }) => talk);
}

function age(at: string | null | undefined): number {
  return at ? Date.parse(at) : Number.MAX_SAFE_INTEGER;
}
