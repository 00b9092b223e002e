/** What a variant changes, as one sentence: "Two more who speak German at 3; Returns goes by “Longest free”." */
import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type { Key } from '../../i18n';
import type { AgentsAdded, AgentTried, QueueTried, Variant } from './records';
import { name_of, type World } from './world';

type Words = I18n<Key>;

export function sentence(variant: Variant, world: World, words: Words): string {
  const said = [
    ...variant.added.map((one) => of_added(one, world, words)),
    ...variant.agents.flatMap((one) => of_agent(one, world, words)),
    ...alike(variant.queues).flatMap((those) => of_queues(those, world, words)),
  ];
  if (said.length === 0) return words.t('try.says.nothing');
  return words.t('try.says.all', { said: said.map((one, i) => (i ? one : capital(one, words.locale))).join(words.t('try.says.and')) });
}

export const capital = (text: string, locale: string) => text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);

export const levels = (skills: [string, number][], world: World, words: Words) =>
  skills.map(([skill, level]) => words.t('try.says.skill', { name: name_of(world, skill), level })).join(words.t('comma'));

function of_added(one: AgentsAdded, world: World, words: Words): string {
  const { count, capacity } = one;
  const all = Object.entries(one.skills);
  const speaks = all.every(([id]) => world.skills.some((skill) => skill.id === id && skill.kind === 'language'));
  const skills = levels(all, world, words);
  if (all.length === 0) return words.t('try.says.more', { count, capacity });
  return words.t(speaks ? 'try.says.more.speak' : 'try.says.more.know', { count, capacity, skills });
}

function of_agent(one: AgentTried, world: World, words: Words): string[] {
  const name = name_of(world, one.agent);
  if (one.absent) return [words.t('try.says.absent', { name })];
  const { capacity } = one;
  const skills = one.skills && different(one.agent, one.skills, world, words);
  if (capacity !== undefined && skills) return [words.t('try.says.both', { name, capacity, skills })];
  if (capacity !== undefined) return [words.t('try.says.capacity', { name, capacity })];
  return skills ? [words.t('try.says.skills', { name, skills })] : [];
}

/** Only what is not as it is now; all of it where nothing is (any more). */
export function different(agent: string, skills: Record<string, number>, world: World, words: Words): string {
  const now = new Map(world.agents.find((one) => one.id === agent)?.skills.map(({ skill, level }) => [skill, level]));
  const changed = Object.entries(skills).filter(([skill, level]) => now.get(skill) !== level);
  const gone = [...now.keys()].filter((skill) => !(skill in skills));
  if (changed.length + gone.length === 0) return levels(Object.entries(skills), world, words) || words.t('try.says.no_skills');
  const without = gone.map((skill) => words.t('try.says.without', { name: name_of(world, skill) }));
  return [...(changed.length ? [levels(changed, world, words)] : []), ...without].join(words.t('comma'));
}

/** Queues of which the same is different, together. */
export function alike(queues: QueueTried[]): QueueTried[][] {
  const found = new Map<string, QueueTried[]>();
  for (const one of queues) {
    const key = JSON.stringify([one.policy, one.target_s, one.priority, one.weight]);
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return [...found.values()];
}

function of_queues(those: QueueTried[], world: World, words: Words): string[] {
  const [first] = those;
  if (!first) return [];
  const ids = new Set(those.map((one) => one.queue));
  const is_every = ids.size > 1 && world.queues.every((queue) => ids.has(queue.id));
  const names = those.map((one) => name_of(world, one.queue));
  const queue = is_every ? words.t('try.says.every') : new Intl.ListFormat(words.locale).format(names);
  const n = is_every ? 1 : names.length;
  const said: string[] = [];
  if (first.policy) said.push(words.t('try.says.policy', { queue, n, policy: words.t(`policy.${first.policy}`) }));
  if (first.target_s !== undefined) said.push(words.t('try.says.target', { queue, n, seconds: first.target_s }));
  if (first.priority !== undefined) said.push(words.t('try.says.priority', { queue, n, priority: first.priority }));
  if (first.weight !== undefined) said.push(words.t('try.says.weight', { queue, n, weight: first.weight }));
  return said;
}
