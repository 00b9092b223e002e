import { in_language } from '../lib/about';
import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type { Key } from '../i18n';
import type { Why } from '../wire';
import { word } from './words';

type Facts = Record<string, string | number | boolean>;
type Words = I18n<Key>;

/** Why this agent, in the reader's language where the deciding fact is known, else as the server says it. */
export function why_words(words: Words, why: Why): string {
  const facts: Facts = why.facts ?? {};
  const key = `why.${String(facts['decided_by'])}`;
  if (!words.has(key)) return why.sentence;
  return words.t(key, {
    in_hand: Number(facts['in_hand'] ?? 0),
    capacity: Number(facts['capacity'] ?? 0),
    language: language_word(words, facts),
    level: Number(facts['language_level'] ?? 0),
    by: String(facts['by'] ?? ''),
  });
}

/** `zh-CN` is Chinese, as far as skills are concerned. */
function language_word(words: Words, facts: Facts): string {
  return word(words, `language.${String(facts['language'] ?? '').slice(0, 2)}`);
}

/** The server says `orders 4, lang:zh 5`, or for a language only `zh 5`. */
function skills_by_name(said: string, names: ReadonlyMap<string, string>, locale: string): string {
  return said.replace(/(^|, )(.+?)(?= \d+(?:,|$))/g, (_, gap: string, key: string) => gap + in_language(names.get(key) ?? names.get(`lang:${key}`) ?? key, locale));
}

/** The facts that an agent can check, as they were when it was offered; how long it waited is told beside them. */
export function why_facts(words: Words, why: Why, skills: ReadonlyMap<string, string>): [string, string][] {
  const facts: Facts = why.facts ?? {};
  const { t } = words;
  const found: [string, string][] = [];
  if (facts['language']) {
    const language = language_word(words, facts);
    found.push([t('fact.language'), t('fact.level', { name: language, level: Number(facts['language_level'] ?? 0) })]);
  }
  if (facts['skills']) found.push([t('fact.skills'), skills_by_name(String(facts['skills']), skills, words.locale)]);
  if (facts['last_agent']) found.push([t('fact.last_agent'), t('yes')]);
  if (facts['capacity']) {
    const values = { in_hand: Number(facts['in_hand'] ?? 0), capacity: Number(facts['capacity']) };
    found.push([t('fact.load'), t('fact.load_of', values)]);
    if (facts['quiet']) found.push([t('fact.quiet'), t('fact.quiet_of', { count: Number(facts['quiet']) })]);
  }
  if (facts['compared']) found.push([t('fact.compared'), t('fact.people', { count: Number(facts['compared']) })]);
  return found;
}
