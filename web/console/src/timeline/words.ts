/** What happened, in words. Pure, so that it can be tested without a page. */
import { in_language } from '../lib/about';
import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import { stopwatch } from '@kefu/shared/time.ts';
import type { Key } from '../i18n';
import type { Decision } from '../why/shapes';
import type { Person } from '../wire';
import type { Entry, StepIn, Timeline } from './shapes';

type Words = I18n<Key>;
export type Part = 'all' | 'words' | 'acts';
const WORDS = new Set<Entry['kind']>(['said', 'told', 'noted', 'whispered', 'silence']);

/** What was said, or what was done; a silence belongs to what was said. */
export function part_of(entry: Entry): Exclude<Part, 'all'> {
  return WORDS.has(entry.kind) ? 'words' : 'acts';
}

/** How long an entry took, or has taken by `now`. */
export function lasted(entry: { at: string; until?: string }, now: string): string {
  return stopwatch(Math.max(0, Date.parse(entry.until ?? now) - Date.parse(entry.at)));
}

/** Who did it, as the page calls them: the customer by the name they have here. */
export function who(words: Words, entry: Entry, customer: string): string {
  if (entry.by?.kind === 'customer') return entry.by.name ?? customer;
  if (entry.by?.kind === 'system') return words.t('timeline.system');
  return entry.by?.name || words.t('trace.somebody');
}

/** A change of state, or what somebody did, as a sentence. What this version does not know keeps its name. */
export function change_words(words: Words, entry: Entry, customer: string): string {
  const variant = VARIANTS[entry.event ?? '']?.(entry);
  const named = (person?: Person) => person?.name || words.t('trace.somebody');
  const key = `timeline.event.${entry.event}${variant ? `.${variant}` : ''}`;
  const values = {
    by: who(words, entry, customer),
    to: named(entry.to),
    from: named(entry.taken_from),
    queue: in_language(entry.queue ?? '', words.locale),
    priority: figure(entry, 'priority'),
    score: figure(entry, 'score'),
  };
  return words.has(key) ? words.t(key as Key, values) : `${values.by}: ${entry.event ?? ''}`;
}

function figure({ details }: Entry, name: string): number {
  return Number(details?.[name] ?? 0);
}

/** What an event may mean more exactly. */
const VARIANTS: Partial<Record<string, (entry: Entry) => string | null>> = {
  prioritized: ({ details }) => (details?.['emergency'] ? 'emergency' : null),
  requeued: ({ queue, taken_from }) => (queue ? (taken_from ? 'from_to' : 'to') : taken_from ? null : 'itself'),
  transferred: ({ queue }) => (queue ? 'queue' : null),
  assigned: ({ to, by, taken_from }) => [to?.id === by?.id ? 'self' : '', taken_from && taken_from.id !== by?.id ? 'from' : ''].filter(Boolean).join('_') || null,
  task_created: ({ to, by }) => (to && to.id !== by?.id ? 'to' : null),
  closed: ({ by, taken_from }) => (by?.kind === 'system' ? 'itself' : taken_from ? 'from' : null),
};

/** The decision that an offer came of: the last that chose this agent before it was made. */
export function decision_of(entry: Entry, decisions: readonly Decision[]): Decision | undefined {
  const made = Date.parse(entry.at) + 1000; // it was decided just before it was made
  return decisions.filter((each) => Date.parse(each.at) <= made && each.chosen.some((one) => one.id === entry.to?.id)).at(-1);
}

/** How often and how long somebody watched, and how often they whispered; empty when nobody did. */
export function sum_words({ t }: Words, { watches = 0, watched_s = 0, whispers = 0 }: Timeline): string {
  const parts = [
    watches ? t('timeline.watches', { count: watches, time: stopwatch(watched_s * 1000) }) : '',
    whispers ? t('timeline.whispers', { count: whispers }) : '',
  ];
  return parts.filter(Boolean).join(t('dot'));
}

/** What somebody did over others' heads. */
export function step_words(words: Words, step: StepIn): string {
  const key = step_key(words, step);
  const values = {
    to: step.to?.name || words.t('trace.somebody'),
    agent: step.agent?.name || words.t('trace.somebody'),
    priority: Number(step.details?.['priority'] ?? 0),
    status: words.has(`status.${String(step.details?.['status'])}`) ? words.t(`status.${String(step.details?.['status'])}` as Key) : '',
  };
  return words.has(key) ? words.t(key as Key, values) : step.kind;
}

function step_key(words: Words, step: StepIn): string {
  if (step.kind === 'assigned') return `stepped.assigned${assigned(step)}`;
  const nobody = `stepped.${step.kind}.nobody`;
  return !step.agent && words.has(nobody) ? nobody : `stepped.${step.kind}`;
}

function assigned({ to, by, agent }: StepIn): string {
  const variant = [to?.id === by.id ? 'self' : '', agent && agent.id !== by.id ? 'from' : ''].filter(Boolean).join('_');
  return variant && `.${variant}`;
}
