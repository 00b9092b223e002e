import type { Shown } from '../state/shown';
import type { LiveAgent, LiveQueue, LiveTalk } from './feed.svelte';

/** What an agent's mark says: whether they are there at all comes first. */
export function shown_of(agent: LiveAgent): Shown {
  if (!agent.here) return 'offline';
  if (agent.status !== 'available') return agent.status;
  if (!agent.responding) return 'not_responding';
  return agent.idle ? 'idle' : 'available';
}

const RANK: Record<Shown, number> = { not_responding: 1, idle: 3, available: 4, busy: 5, away: 6, offline: 7 };

/** Whose customers have nobody at all: they are not here, and have some in hand. */
export function is_gone(agent: LiveAgent): boolean {
  return !agent.here && agent.taken > 0;
}

/** How much a state asks for attention, the most first: what is wrong comes before what was chosen. */
export function attention(agent: LiveAgent): number {
  if (is_gone(agent)) return 0;
  return agent.reconnecting ? 2 : RANK[shown_of(agent)];
}

/** Since when a conversation waits for us: for an agent, or for an answer. Null where nobody waits. */
export function waits_since(talk: LiveTalk): string | null {
  if (part_of(talk) === 'waiting') return talk.queued_at ?? null;
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

/** All queues as one; `oldest_in` is the one in which somebody has waited longest: that wait is judged by its limits. */
export function total(queues: LiveQueue[]): Required<Pick<LiveQueue, 'waiting' | 'in_hand' | 'answered' | 'in_time' | 'abandoned'>> & { oldest: string | null; oldest_in: LiveQueue | undefined } {
  const sum = { waiting: 0, in_hand: 0, answered: 0, in_time: 0, abandoned: 0, oldest: null as string | null, oldest_in: undefined as LiveQueue | undefined };
  for (const queue of queues) {
    for (const key of ['waiting', 'in_hand', 'answered', 'in_time', 'abandoned'] as const) sum[key] += queue[key] ?? 0;
    if (queue.oldest && (!sum.oldest || Date.parse(queue.oldest) < Date.parse(sum.oldest))) [sum.oldest, sum.oldest_in] = [queue.oldest, queue];
  }
  return sum;
}

export type QueueOrder = 'name' | 'waiting' | 'oldest' | 'eta' | 'able' | 'in_hand' | 'answered' | 'in_time' | 'gave_up';
export type AgentOrder = 'name' | 'state' | 'since' | 'load' | 'replied' | 'handle' | 'missed';
export type TalkOrder = 'name' | 'queue' | 'state' | 'agent' | 'wait';

/** Rows by what is said of each of them, the smallest first; of equals the first stays the first. */
function sorted<T>(rows: T[], keys_of: (row: T) => (string | number)[], compare: Compare, is_reversed: boolean): T[] {
  const keyed = rows.map((row) => ({ row, keys: keys_of(row) }));
  keyed.sort((a, b) => {
    for (const [i, one] of a.keys.entries()) {
      const other = b.keys[i] as typeof one;
      const found = typeof one === 'string' ? compare(one, String(other)) : one - Number(other);
      if (found) return i === 0 && is_reversed ? -found : found;
    }
    return 0;
  });
  return keyed.map(({ row }) => row);
}

export type Compare = (a: string, b: string) => number;

/** How names are ordered in a language; made once, because it is dear to make. */
export function by_name(locale: string): Compare {
  return new Intl.Collator(locale, { numeric: true }).compare;
}

/** Queues by a column: what asks for attention first comes first. */
export function sort_queues(queues: LiveQueue[], by: QueueOrder, compare: Compare, is_reversed = false): LiveQueue[] {
  const keys: Record<QueueOrder, (queue: LiveQueue) => string | number> = {
    name: (queue) => queue.name,
    waiting: (queue) => -(queue.waiting ?? 0),
    oldest: (queue) => age(queue.oldest),
    eta: (queue) => -(queue.eta_s?.[1] ?? -1),
    able: (queue) => queue.ready ?? 0,
    in_hand: (queue) => -(queue.in_hand ?? 0),
    answered: (queue) => -(queue.answered ?? 0),
    in_time: (queue) => in_time(queue) ?? 2,
    gave_up: (queue) => -(gave_up(queue) ?? -1),
  };
  return sorted(queues, (queue) => [keys[by](queue), queue.name], compare, is_reversed);
}

/** Agents by a column: whose state asks for attention first, who is longest as they are, who has least room. */
export function sort_agents(agents: LiveAgent[], by: AgentOrder, compare: Compare, is_reversed = false): LiveAgent[] {
  const keys: Record<AgentOrder, (agent: LiveAgent) => string | number> = {
    name: (agent) => agent.name,
    state: (agent) => attention(agent),
    since: (agent) => age(agent.since),
    load: (agent) => -agent.taken / agent.capacity,
    replied: (agent) => age(agent.replied_at),
    handle: (agent) => -(agent.handle_s ?? -1),
    missed: (agent) => -(agent.missed ?? 0),
  };
  return sorted(agents, (agent) => [keys[by](agent), agent.name], compare, is_reversed);
}

/** What rows of conversations are called where they are shown. */
export interface TalkNames {
  name: (talk: LiveTalk) => string;
  queue: (talk: LiveTalk) => string;
  state: (talk: LiveTalk) => string;
  agent: (talk: LiveTalk) => string;
}

/** Conversations by a column. By their wait: emergencies first, then whoever has waited longest for us, then the rest by age. */
export function sort_talks(talks: LiveTalk[], by: TalkOrder, names: TalkNames, compare: Compare, is_reversed = false): LiveTalk[] {
  const waits = (talk: LiveTalk) => [talk.emergency ? 0 : 1, age(waits_since(talk)), age(talk.queued_at)];
  if (by === 'wait') {
    const rows = sorted(talks, waits, compare, false);
    return is_reversed ? rows.reverse() : rows;
  }
  return sorted(talks, (talk) => [names[by](talk), ...waits(talk)], compare, is_reversed);
}

function age(at: string | null | undefined): number {
  return at ? Date.parse(at) : Number.MAX_SAFE_INTEGER;
}

/** The first of a group of rows: what they have in common, and how many they are. */
export interface Group {
  id: string;
  group: string;
  count: number;
}

/** Rows with a heading above each group of them; groups by rank, then by name, rows of a group as they were. */
export function grouped<T extends { id: string }>(rows: T[], name: (row: T) => string, compare: Compare, rank: (row: T) => number = () => 0): (T | Group)[] {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = name(row);
    const known = groups.get(key);
    if (known) known.push(row);
    else groups.set(key, [row]);
  }
  return [...groups]
    .map(([group, those]) => ({ group, those, first: Math.min(...those.map(rank)) }))
    .sort((one, other) => one.first - other.first || compare(one.group, other.group))
    .flatMap(({ group, those }) => [{ id: `group:${group}`, group, count: those.length }, ...those]);
}

/** When a wait in a queue is shown as long, and as too long: before it breaks what the queue promises. */
export function limits_of(queue: LiveQueue | undefined): { wait_notice_s: number; wait_urgent_s: number } | undefined {
  if (!queue?.promises || !queue.target_s) return undefined;
  return { wait_notice_s: queue.target_s * 0.75, wait_urgent_s: queue.target_s };
}

/** A predicted wait in whole minutes, from and to; from 0 where both are the same. */
export function minutes([low_s, high_s]: readonly [number, number]): { from: number; until: number } {
  const until = Math.max(1, Math.ceil(high_s / 60));
  const from = Math.floor(low_s / 60);
  return { from: from < until ? from : 0, until };
}

/** Which conversations are looked at. */
export type Part = 'all' | 'waiting' | 'in_hand';

/** Whether a conversation waits for an agent or is in somebody's hands. */
export function part_of(talk: LiveTalk): Exclude<Part, 'all'> {
  return talk.state === 'queued' || talk.state === 'offered' ? 'waiting' : 'in_hand';
}
