/** What a variant is called when nobody gave it a name, by what it changes: "Lin +1 place", "All queues: Longest free". */
import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type { Key } from '../../i18n';
import type { AgentsAdded, AgentTried, QueueTried, Variant } from './records';
import { alike, capital, different, levels } from './sentence';
import { name_of, type World } from './world';

type Words = I18n<Key>;

const PARTS_MAX = 2;
const LENGTH_MAX = 80;

/** Empty where nothing is different yet. */
export function short_name(variant: Variant, world: World, words: Words): string {
  const parts = [
    ...variant.agents.flatMap((one) => of_agent(one, world, words)),
    ...variant.added.map((one) => of_added(one, world, words)),
    ...alike(variant.queues).flatMap((those) => of_queues(those, world, words)),
  ];
  const said = parts.slice(0, PARTS_MAX).join(words.t('comma'));
  const name = capital(parts.length > PARTS_MAX ? words.t('try.short.rest', { said }) : said, words.locale);
  return name.length > LENGTH_MAX ? `${name.slice(0, LENGTH_MAX - 1)}…` : name;
}

/** A variant as it was put together: without the name that it was called by what it changes. */
export function unnamed(variant: Variant, world: World, words: Words): Variant {
  const own = short_name(variant, world, words);
  const is_own = own !== '' && (variant.name === own || variant.name.startsWith(`${own} (`));
  return is_own ? { ...variant, name: '' } : variant;
}

/** The names of all, each another one: what is called alike gets its number. */
export function told_apart(names: readonly string[]): string[] {
  return names.map((name, i) => (names.indexOf(name) === i ? name : `${name} (${names.slice(0, i + 1).filter((one) => one === name).length})`));
}

function of_agent(one: AgentTried, world: World, words: Words): string[] {
  const name = name_of(world, one.agent);
  if (one.absent) return [words.t('try.short.absent', { name })];
  const now = world.agents.find((agent) => agent.id === one.agent)?.capacity;
  return [
    ...(one.capacity === undefined ? [] : [of_capacity(name, one.capacity, now, words)]),
    ...(one.skills ? [words.t('try.short.of', { name, what: different(one.agent, one.skills, world, words) })] : []),
  ];
}

function of_capacity(name: string, capacity: number, now: number | undefined, words: Words): string {
  const more = capacity - (now ?? capacity);
  if (more === 0) return words.t('try.says.capacity', { name, capacity }); // applied since, or they are gone
  const signed = new Intl.NumberFormat(words.locale, { signDisplay: 'always' }).format(more).replace('-', '−');
  return words.t('try.short.places', { name, signed, n: Math.abs(more) });
}

function of_added({ count, skills }: AgentsAdded, world: World, words: Words): string {
  const all = Object.entries(skills);
  return all.length ? words.t('try.short.more.with', { count, skills: levels(all, world, words) }) : words.t('try.short.more', { count });
}

function of_queues(those: QueueTried[], world: World, words: Words): string[] {
  const [first] = those;
  if (!first) return [];
  const ids = new Set(those.map((one) => one.queue));
  const is_every = ids.size > 1 && world.queues.every((queue) => ids.has(queue.id));
  const name = is_every ? words.t('try.queue.all') : ids.size > 1 ? words.t('try.short.queues', { n: ids.size }) : name_of(world, first.queue);
  const whats = [
    first.policy && words.t(`policy.${first.policy}`),
    first.target_s !== undefined && words.t('try.short.target', { seconds: first.target_s }),
    first.priority !== undefined && words.t('try.short.priority', { priority: first.priority }),
    first.weight !== undefined && words.t('try.short.weight', { weight: first.weight }),
  ].filter((what) => typeof what === 'string');
  return whats.map((what) => words.t('try.short.of', { name, what }));
}
