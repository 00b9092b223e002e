/** Ranks, margins and changes in words. Pure, so that it can be tested without a page. */
import { in_language } from '../lib/about';
import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import { stopwatch } from '@kefu/shared/time.ts';
import type { Key } from '../i18n';
import { word } from '../state/words';
import type { Candidate, Change, Decision, Waiting } from './shapes';

type Words = I18n<Key>;
type Names = ReadonlyMap<string, string>;

/** Terms that are true or not, and the value that stands for yes. */
const YES: Record<string, number> = { refused: 1, wanted: 0, last_agent: 0, foreign: 0, busy: 1 };
const TIMES = new Set(['idle_since', 'idle']);
const SHARES = new Set(['load']);
const SECOND_MS = 1000;
const NEGATIVE = new Set(['language', 'speed']);

export function term_name(words: Words, term: string): string {
  return word(words, `trace.term.${term}`);
}

/** One figure of a rank as people say it. `at` is when it was decided. */
export function term_value(words: Words, term: string, value: number, at: string): string {
  if (term in YES) return words.t(value === YES[term] ? 'yes' : 'trace.no');
  if (TIMES.has(term)) return value > 0 ? time_before(words, Date.parse(at) - value * 1000) : words.t('trace.never');
  if (term === 'ring') return String(value + 1);
  if (term === 'language' && value === 0) return words.t('trace.none');
  return figure(words, term, NEGATIVE.has(term) ? -value : value);
}

function time_before(words: Words, past_ms: number): string {
  return past_ms < SECOND_MS ? words.t('trace.just_before') : words.t('trace.ago', { time: stopwatch(past_ms) });
}

/** How long somebody had waited when it was decided. */
export function waited_words(words: Words, waited_s: number): string {
  return waited_s < 1 ? words.t('trace.at_once') : words.t('trace.after', { time: stopwatch(waited_s * 1000) });
}

function figure(words: Words, term: string, value: number): string {
  const style = SHARES.has(term) ? ({ style: 'percent' } as const) : {};
  const number = new Intl.NumberFormat(words.locale, { maximumFractionDigits: style.style ? 0 : 3, ...style }).format(value);
  return term === 'speed' ? `×${number}` : number;
}

/** The terms in which somebody differs, or which the decision went by: those worth a column. Of one alone, the figures. */
export function telling_terms({ candidates = [], decided_by }: Decision): string[] {
  const [first] = candidates;
  if (candidates.length === 1) return (first?.terms ?? []).map(({ term }) => term).filter((term) => !(term in YES) && term !== 'ring');
  const differs = (at: number) => candidates.some(({ terms }) => terms[at]?.value !== first?.terms[at]?.value);
  return (first?.terms ?? []).map(({ term }) => term).filter((term, at) => differs(at) || term === decided_by);
}

/** What was equal for all, as one line of words; about a language only where one was spoken of. */
export function equal_terms(words: Words, decision: Decision, telling: readonly string[]): string {
  const terms = decision.candidates?.[0]?.terms ?? [];
  return terms
    .filter(({ term }) => !telling.includes(term))
    .map(({ term, value }) => `${term_name(words, term)} ${term_value(words, term, value, decision.at)}`)
    .join(' · ');
}

export function value_of(candidate: Candidate, term: string): number {
  return candidate.terms.find((one) => one.term === term)?.value ?? 0;
}

/** Who came second, and by how much. */
export function runner_up(words: Words, { runner_up: second, decided_by = '', margin }: Decision): string {
  if (!second) return words.t('trace.alone');
  const { name } = second;
  if (decided_by === 'id') return words.t('trace.runner_up.equal', { name });
  const term = term_name(words, decided_by);
  const is_tiny = TIMES.has(decided_by) && (margin ?? 0) < 1; // 0:00 is no distance to speak of
  if (decided_by in YES || margin === undefined || is_tiny) return words.t('trace.runner_up.behind', { name, term });
  const by = TIMES.has(decided_by) ? stopwatch(margin * 1000) : figure(words, decided_by, margin);
  return words.t('trace.runner_up.by', { name, term, margin: by });
}

/** Why it still waits, in one sentence; times count down. */
export function outlook(words: Words, waiting: Waiting, now: number): string {
  const names = (waiting.agents ?? []).map(({ name }) => name).join(words.t('comma')) || words.t('trace.somebody');
  const time = stopwatch(waiting.until ? Math.max(0, Date.parse(waiting.until) - now) : 0);
  return words.t(`trace.outlook.${waiting.outlook}`, { names, time });
}

/** How often it was offered in vain: declined is not the same as left unanswered. */
export function in_vain(words: Words, decisions: readonly Decision[]): string {
  const results = decisions.flatMap(({ outcomes = [] }) => outcomes.map(({ result }) => result));
  const times = (result: 'declined' | 'timed_out') => results.filter((one) => one === result).length;
  return (['declined', 'timed_out'] as const)
    .filter((result) => times(result))
    .map((result) => words.t(`trace.boost.${result}`, { count: times(result) }))
    .join(words.t('comma'));
}

/** What time alone will change; `waited_ms` is how long it will have waited by then. */
export function change_words(words: Words, change: Change, skills: Names, waited_ms = 0): string {
  const values = { name: change.agent?.name ?? '', number: (change.ring ?? 0) + 1, time: stopwatch(waited_ms) };
  const said = words.t(`trace.change.${change.kind}`, values);
  const name_of = (skill: string) => in_language(skills.get(skill) ?? skill, words.locale);
  const steps = ring_words(words, change.skills ?? [], name_of);
  return steps.length ? `${said}${words.t('trace.colon')}${steps.join(words.t('comma'))}` : said;
}

/** What a ring asks for, beside the one before. */
function ring_words(words: Words, changed: NonNullable<Change['skills']>, name_of: (skill: string) => string): string[] {
  // No step asks for more: then it is agents of another queue who help, beside those of this one.
  if (changed.some(({ before }) => before === 0)) {
    const asked = changed.filter(({ after }) => after > 0).map(({ skill, after }) => words.t('trace.step.level', { name: name_of(skill), after }));
    return [words.t('trace.step.helpers', { skills: asked.join(words.t('comma')) })];
  }
  return changed.map(({ skill, before, after }) => {
    const name = name_of(skill);
    return after === 0 ? words.t('trace.step.dropped', { name }) : words.t('trace.step.lowered', { name, before, after });
  });
}
