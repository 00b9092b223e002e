import type { Overflow, QueueRecord, QueueSkill, Step } from '../records';

/** What the form edits; key and archiving have ways of their own. */
export type Draft = Omit<QueueRecord, 'id' | 'key' | 'archived' | 'skills' | 'version'> & { skills: NeededSkill[] };
export type NeededSkill = QueueSkill & { steps: Step[] };

/** What the server gives a queue of which nothing else is said. */
export const AT_FIRST: Draft = {
  name: '',
  topics: [],
  priority: 0,
  offer_timeout_s: 30,
  wrap_up_s: 10,
  auto_accept: false,
  match_language: true,
  skills: [],
  policy: 'min_cost',
  target_s: null,
  weight: 1,
  units: 1,
  per_agent_max: null,
  length_max: null,
  wait_max_s: null,
  sticky_s: 20,
  offers_at_once: 1,
  overflow: [],
  takes_transfers_when_empty: true,
  quiet_after_s: null,
};

type Asked = Pick<NeededSkill, 'level' | 'steps'>;

export const STEP_S = 20;
export const HELP_S = 60;

/** The bounds of each number, as the server has them. */
export const BOUNDS = {
  priority: [0, 10],
  target_s: [1, 86_400],
  weight: [0.1, 100],
  units: [1, 100],
  per_agent_max: [1, 100],
  length_max: [1, 1_000_000],
  wait_max_s: [10, 604_800],
  quiet_after_s: [60, 86_400],
  sticky_s: [0, 600],
  offers_at_once: [1, 10],
  offer_timeout_s: [5, 600],
  wrap_up_s: [0, 3600],
} as const;
export type Amount = keyof typeof BOUNDS;

/** A queue to be edited, complete and apart from what was read. */
export function draft_of(queue: QueueRecord | null): Draft {
  const whole = { ...AT_FIRST, ...queue };
  const names = Object.keys(AT_FIRST) as (keyof Draft)[];
  const draft = Object.fromEntries(names.map((name) => [name, whole[name] ?? AT_FIRST[name]])) as unknown as Draft;
  const copy = structuredClone(draft);
  return { ...copy, skills: copy.skills.map((one) => ({ ...one, steps: one.steps ?? [] })) };
}

/** Whether a draft says anything of these that a new queue would not. */
export function says(draft: Draft, names: readonly (keyof Draft)[]): boolean {
  return names.some((name) => JSON.stringify(draft[name]) !== JSON.stringify(AT_FIRST[name]));
}

/** The level that is asked for before a step. */
export function level_before(need: Asked, step: number): number {
  return need.steps[step - 1]?.[1] ?? need.level;
}

/** One more step that asks for less, or null when there is nothing less. */
export function next_step(need: Asked): Step | null {
  const level = level_before(need, need.steps.length);
  if (level === 0) return null;
  const [after_s] = need.steps.at(-1) ?? [0, 0];
  return [(after_s || 0) + STEP_S, level > 2 ? level - 2 : level - 1];
}

/** The steps that still ask for less, once the level has changed. */
export function fitting(need: Asked): Step[] {
  let before = need.level;
  return need.steps.filter(([, level]) => {
    const fits = level < before;
    if (fits) before = level;
    return fits;
  });
}

/** One more queue whose agents help, a minute after the one before. */
export function next_help(overflow: readonly Overflow[], queue: string): Overflow {
  return { queue, after_s: (overflow.at(-1)?.after_s || 0) + HELP_S, skip_if_empty: true };
}
