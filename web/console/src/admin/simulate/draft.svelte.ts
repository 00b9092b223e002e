import type { Kept } from '../../state/kept';
import type { AgentSkill, Policy } from '../records';
import { PRESETS, type Days, type Preset } from './period';
import type { AgentsAdded, AgentTried, QueueTried, Variant } from './records';

export const VARIANTS_MAX = 4;

/** What is different about a queue, or all with an empty `queue`; what is null or empty stays as it is. */
export interface QueueDraft {
  kind: 'queue';
  queue: string;
  policy: Policy | '';
  target_s: number | null;
  priority: number | null;
  weight: number | null;
}

export interface AgentDraft {
  kind: 'agent';
  agent: string;
  absent: boolean;
  capacity: number | null;
  skills: AgentSkill[] | null;
}

export interface AddedDraft {
  kind: 'added';
  count: number;
  capacity: number;
  skills: AgentSkill[];
}

export type ChangeDraft = QueueDraft | AgentDraft | AddedDraft;

export interface VariantDraft {
  name: string;
  changes: ChangeDraft[];
}

interface Asked {
  preset: Preset | 'custom';
  days: Days;
  variants: VariantDraft[];
}

const by_id = (skills: readonly AgentSkill[]) => Object.fromEntries(skills.map(({ skill, level }) => [skill, level]));

/** What is to be sent. Later changes of the same queue or agent go before earlier ones. */
export function to_variant(draft: VariantDraft, queue_ids: readonly string[], name: string): Variant {
  const queues = new Map<string, QueueTried>();
  const agents = new Map<string, AgentTried>();
  const added: AgentsAdded[] = [];
  for (const change of draft.changes) {
    if (change.kind === 'queue') put_queue(queues, change, change.queue ? [change.queue] : queue_ids);
    else if (change.kind === 'agent') put_agent(agents, change);
    else added.push({ count: change.count, capacity: change.capacity, skills: by_id(change.skills) });
  }
  return { name: draft.name.trim() || name, agents: [...agents.values()], added, queues: [...queues.values()] };
}

function put_queue(into: Map<string, QueueTried>, change: QueueDraft, ids: readonly string[]): void {
  const { policy, target_s, priority, weight } = change;
  const different = {
    ...(policy && { policy }),
    ...(target_s !== null && { target_s }),
    ...(priority !== null && { priority }),
    ...(weight !== null && { weight }),
  };
  if (Object.keys(different).length === 0) return;
  for (const queue of ids) into.set(queue, { ...into.get(queue), queue, ...different });
}

function put_agent(into: Map<string, AgentTried>, change: AgentDraft): void {
  const { agent, absent, capacity, skills } = change;
  if (!agent || (!absent && capacity === null && skills === null)) return;
  const different = absent ? { absent } : { ...(capacity !== null && { capacity }), ...(skills && { skills: by_id(skills) }) };
  into.set(agent, { ...into.get(agent), agent, ...different });
}

/** What was sent, to be changed and asked again. */
export function from_variant(variant: Variant): VariantDraft {
  const list = (skills: Record<string, number>) => Object.entries(skills).map(([skill, level]) => ({ skill, level }));
  return {
    name: variant.name,
    changes: [
      ...variant.added.map(({ count, capacity, skills }) => ({ kind: 'added' as const, count, capacity, skills: list(skills) })),
      ...variant.agents.map(({ agent, absent = false, capacity = null, skills }) => ({
        ...{ kind: 'agent' as const, agent, absent, capacity },
        skills: skills ? list(skills) : null,
      })),
      ...variant.queues.map(({ queue, policy = '' as const, target_s = null, priority = null, weight = null }) => ({
        ...{ kind: 'queue' as const, queue, policy, target_s, priority, weight },
      })),
    ],
  };
}

/** The question that is being put together; kept in the browser, whatever else one looks at. */
export class Draft {
  preset = $state<Preset | 'custom'>('days_7');
  days = $state<Days>({ first: '', last: '' });
  variants = $state<VariantDraft[]>([{ name: '', changes: [] }]);

  constructor(private readonly kept: Kept) {
    const before = kept.get<Asked>('question');
    if (!before) return;
    this.preset = [...PRESETS, 'custom' as const].find((one) => one === before.preset) ?? 'days_7';
    this.days = before.days;
    this.variants = before.variants;
  }

  /** Keeps what stands there now; call it whenever something was changed. */
  keep(): void {
    const { preset, days, variants } = this;
    this.kept.set('question', $state.snapshot({ preset, days, variants }) satisfies Asked);
  }

  add(): void {
    if (this.variants.length < VARIANTS_MAX) this.variants.push({ name: '', changes: [] });
  }

  duplicate(index: number): void {
    const one = this.variants[index];
    if (!one || this.variants.length >= VARIANTS_MAX) return;
    this.variants.splice(index + 1, 0, { ...$state.snapshot(one), name: '' });
  }

  remove(index: number): void {
    this.variants.splice(index, 1);
    if (this.variants.length === 0) this.add();
  }

  /** Begins from what was asked before. */
  take(days: Days, variants: readonly Variant[]): void {
    this.preset = 'custom';
    this.days = days;
    this.variants = variants.map(from_variant);
  }

  /** Who or what is gone since cannot be tried any more. */
  forget(agents: ReadonlySet<string>, queues: ReadonlySet<string>, skills: ReadonlySet<string>): void {
    const known = (all: AgentSkill[]) => all.filter(({ skill }) => skills.has(skill));
    for (const variant of this.variants) {
      variant.changes = variant.changes.filter(
        (one) => one.kind === 'added' || (one.kind === 'agent' ? !one.agent || agents.has(one.agent) : !one.queue || queues.has(one.queue)),
      );
      for (const one of variant.changes) if (one.kind !== 'queue' && one.skills) one.skills = known(one.skills);
    }
  }
}
