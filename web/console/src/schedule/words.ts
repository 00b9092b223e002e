/** Shifts, gaps and days in the reader's words. */
import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type { Key } from '../i18n';
import { in_language } from '../lib/about';
import type { Gap, Shift } from './records';
import { clock, span_text } from './times';

export type Words = I18n<Key>;

/** Mon 2 */
export function short_day(day: string, locale: string): string {
  return format(day, locale, { weekday: 'short', day: 'numeric' });
}

/** Monday, 2 March */
export function long_day(day: string, locale: string): string {
  return format(day, locale, { weekday: 'long', day: 'numeric', month: 'long' });
}

function format(day: string, locale: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options }).format(Date.parse(day));
}

/** 7 h 30 min */
export function duration({ t }: Words, minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (!rest) return t('schedule.hours', { hours });
  return hours ? t('schedule.hours_minutes', { hours, minutes: rest }) : t('schedule.minutes', { minutes: rest });
}

/** Monday, 2 March, 9:00–17:00, break 12:45–13:15 */
export function shift_text(words: Words, shift: Pick<Shift, 'day' | 'start' | 'end' | 'breaks'>): string {
  const breaks = shift.breaks.map(([start, end]) => words.t('schedule.break_at', { times: span_text(start, end) }));
  return [long_day(shift.day, words.locale), span_text(shift.start, shift.end), ...breaks].join(words.t('schedule.comma'));
}

/** What is missing: "German + Returns" where skills say it better than the queue's name. */
export function gap_of(words: Words, { queue, skills }: Gap): string {
  if (!queue) return words.t('schedule.gap.together');
  const asked = (skills ?? []).map((skill) => in_language(skill, words.locale));
  const name = in_language(queue.name, words.locale);
  return asked.length > 1 ? `${name} (${asked.join(' + ')})` : name;
}

/** "nobody from 14:00", "2 short 10:00–12:30" */
export function gap_text({ t }: Words, gap: Gap): string {
  const times = span_text(gap.start, gap.end);
  if (gap.kind === 'short') return t('schedule.gap.short', { n: gap.short, times });
  return gap.to_the_end ? t('schedule.gap.nobody_from', { time: clock(gap.start) }) : t('schedule.gap.nobody', { times });
}

/** Monday, 2 March to Friday, 6 March */
export function days_text(words: Words, { first, last }: { first: string; last: string }): string {
  const [one, other] = [long_day(first, words.locale), long_day(last, words.locale)];
  return first === last ? one : words.t('schedule.days', { first: one, last: other });
}
