/** What applying a variant changes, line by line from → to, and what stays a thought. */
import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type { Key } from '../../i18n';
import type { Policy } from '../records';
import type { AgentTried, Before, OvertakenItem, QueueTried, Variant } from './records';
import { sentence } from './sentence';
import { name_of, type World } from './world';

type Words = I18n<Key>;

export interface Line {
  who: string;
  what: string;
  from: string;
  to: string;
  /** What was changed here since it was asked; applying overwrites that. */
  was?: string;
}

/** What there is to be changed: now, or when something was applied. */
export interface Ground {
  agents: { id: string; capacity: number; skills: { skill: string; level: number }[] }[];
  queues: { id: string; policy: Policy; priority: number; weight: number; target_s?: number | null }[];
  names: World['names'];
}

/** What there was before a variant was applied. */
export const ground_of = ({ agents = [], queues = [] }: Before, { names }: World): Ground => ({
  names,
  agents: agents.map(({ agent, capacity, skills }) => ({ id: agent, capacity, skills: Object.entries(skills).map(([skill, level]) => ({ skill, level })) })),
  queues: queues.map(({ queue, ...rest }) => ({ id: queue, ...rest })),
});

/** Only what would be other than now; `overtaken` is what the server said was changed since it was asked. */
export function lines(variant: Variant, world: Ground, words: Words, overtaken: readonly OvertakenItem[] = []): Line[] {
  const all = [
    ...variant.agents.flatMap((one) => (one.absent ? [] : of_agent(one, world, words, overtaken.filter(({ agent }) => agent === one.agent)))),
    ...variant.queues.flatMap((one) => of_queue(one, world, words, overtaken.filter(({ queue }) => queue === one.queue))),
  ];
  return all.filter(({ from, to }) => from !== to);
}

/** Imagined people and absences, each as a sentence. */
export function not_made(variant: Variant, world: World, words: Words): string[] {
  const empty = { name: '', agents: [], added: [], queues: [] };
  return [
    ...variant.added.map((one) => sentence({ ...empty, added: [one] }, world, words)),
    ...variant.agents.filter((one) => one.absent).map((one) => sentence({ ...empty, agents: [one] }, world, words)),
  ];
}

function of_agent(tried: AgentTried, world: Ground, words: Words, overtaken: readonly OvertakenItem[]): Line[] {
  const now = world.agents.find((one) => one.id === tried.agent);
  const who = name_of(world, tried.agent);
  const number = new Intl.NumberFormat(words.locale);
  const found: Line[] = [];
  if (tried.capacity !== undefined) {
    const meanwhile = was(overtaken.find(({ field }) => field === 'capacity'), (of) => number.format(Number(of)));
    found.push({ who, what: words.t('field.capacity'), from: now ? number.format(now.capacity) : '', to: number.format(tried.capacity), ...meanwhile });
  }
  if (!tried.skills) return found;
  const before = new Map(now?.skills.map(({ skill, level }) => [skill, level]));
  const level = (of: number | undefined) => (of === undefined ? words.t('try.none') : words.t('skill.level', { level: of }));
  for (const skill of new Set([...before.keys(), ...Object.keys(tried.skills)])) {
    const meanwhile = was(overtaken.find((item) => item.skill === skill), (of) => level(Number(of) || undefined));
    found.push({ who, what: name_of(world, skill), from: level(before.get(skill)), to: level(tried.skills[skill]), ...meanwhile });
  }
  return found;
}

function of_queue(tried: QueueTried, world: Ground, words: Words, overtaken: readonly OvertakenItem[]): Line[] {
  const now = world.queues.find((one) => one.id === tried.queue);
  const who = name_of(world, tried.queue);
  const number = new Intl.NumberFormat(words.locale);
  const seconds = new Intl.NumberFormat(words.locale, { style: 'unit', unit: 'second', unitDisplay: 'short' });
  const line = <T>(what: Key, name: keyof QueueTried, from: T | null | undefined, to: T | undefined, write: (of: T) => string): Line[] => {
    const shown = (of: T | null | undefined) => (of === null || of === undefined ? words.t('try.none') : write(of));
    const meanwhile = was(overtaken.find(({ field }) => field === name), (of) => shown(of as T | null));
    return to === undefined ? [] : [{ who, what: words.t(what), from: shown(from), to: write(to), ...meanwhile }];
  };
  return [
    ...line('try.policy', 'policy', now?.policy, tried.policy, (of) => words.t(`policy.${of}`)),
    ...line('try.target_s', 'target_s', now?.target_s, tried.target_s, (of) => seconds.format(of)),
    ...line('field.priority', 'priority', now?.priority, tried.priority, (of) => number.format(of)),
    ...line('field.weight', 'weight', now?.weight, tried.weight, (of) => number.format(of)),
  ];
}

function was(item: OvertakenItem | undefined, write: (of: OvertakenItem['was']) => string): Pick<Line, 'was'> {
  return item ? { was: write(item.was) } : {};
}
