/** How figures and the lines they stand in are written. */
import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import { stopwatch } from '@kefu/shared/time.ts';
import { day_of } from '../admin/zone';
import type { Key } from '../i18n';
import { in_language } from '../lib/about';
import { word } from '../state/words';
import type { AgentTime, By, Column, Figure, Figures, Line, Report, TimeColumn, Unit } from './records';

export const NOTHING = '–';

/** A value in its unit: 12,345, 1:20, 84.5 %, 4.25. */
export function written(unit: Unit, value: number | null | undefined, locale: string): string {
  if (value === null || value === undefined) return NOTHING;
  const number = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options).format(value);
  switch (unit) {
    case 'seconds':
      return stopwatch(Math.round(value) * 1_000);
    case 'share':
      return number({ style: 'percent', maximumFractionDigits: 1 });
    case 'score':
      return number({ minimumFractionDigits: 2, maximumFractionDigits: 2 });
    case 'ratio':
      return number({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
    default:
      return number({ maximumFractionDigits: 0 });
  }
}

/** How an agent spent some days, as one of its columns says it. */
export function time_written(time: AgentTime, column: TimeColumn, locale: string): string {
  if (column === 'occupancy') return written('share', time.occupancy, locale);
  if (column === 'at_once') return written('ratio', time.at_once, locale);
  return written('seconds', time[`${column}_s`], locale);
}

/** The same with the interval of a mean score; what is rough says so. */
export function with_interval({ unit }: Column, figure: Figure | undefined, locale: string): string {
  const value = roughly(figure, written(unit, figure?.value, locale));
  return figure?.half ? `${value} ± ${written('score', figure.half, locale)}` : value;
}

function roughly(figure: Figure | undefined, value: string): string {
  return figure?.rough ? `≈ ${value}` : value;
}

/** What it was on the days before, in words; nothing where there was none, then and now. */
export function before(words: I18n<Key>, { name, unit }: Column, now: Figures, then: Figures | null | undefined): string {
  const was = then?.[name];
  if (was?.value === null || was?.value === undefined || (was.rows === 0 && !now[name]?.rows)) return '';
  return words.t('report.was', { value: roughly(was, written(unit, was.value, words.locale)) });
}

/** Why the days before say nothing, or not all: records begin later. Empty where they are whole. */
export function gap_before(words: I18n<Key>, { before, records_since }: Pick<Report, 'before' | 'records_since'>): string {
  if (!before || !records_since || records_since <= before.first) return '';
  const day = new Intl.DateTimeFormat(words.locale, { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' }).format(Date.parse(records_since));
  return words.t(records_since > before.last ? 'report.before.none' : 'report.before.part', { day });
}

/** What tells a line from all others: one without a key from one whose key is empty, too. */
export function line_id({ key, others }: Line): string {
  if (others) return 'others';
  return typeof key === 'string' ? `key ${key}` : 'none';
}

/** What a line is about, in the reader's words. */
export function line_name(words: I18n<Key>, by: By, { key, name, others }: Line): string {
  if (others) return words.t('report.others');
  if (key === null || key === undefined) return words.t(`report.none.${by === 'queue' || by === 'agent' || by === 'language' ? by : 'other'}`);
  if (name) return by === 'queue' ? in_language(name, words.locale) : name;
  return KEYS[by]?.(key, words) || key;
}

/** The same where there is little room, below a curve. */
export function tick_name(words: I18n<Key>, by: By, line: Line): string {
  if (by === 'weekday') return weekday(Number(line.key), words.locale, 'short');
  if (by === 'day') return new Intl.DateTimeFormat(words.locale, { timeZone: 'UTC', day: 'numeric', month: 'short' }).format(Date.parse(line.key ?? ''));
  return line_name(words, by, line);
}

const KEYS: Partial<Record<By, (key: string, words: I18n<Key>) => string>> = {
  topic: (key, words) => word(words, `topic.${key}`),
  language: (key, words) => word(words, `language.${key}`),
  channel: (key, words) => word(words, `report.channel.${key}`),
  day: (key, { locale }) => day_of(key, locale),
  weekday: (key, { locale }) => weekday(Number(key), locale),
  hour: (key) => `${key}:00 – ${key}:59`,
  weekhour: (key, { locale }) => `${weekday(Number(key[0]), locale)}, ${key.slice(2)}:00`,
};

/** What a day of the week is called, 1 is Monday. */
export function weekday(number: number, locale: string, length: 'long' | 'short' = 'long'): string {
  // 1 January 2024 was a Monday
  return new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: length }).format(Date.UTC(2024, 0, number));
}

/** A minute of the day as people write it. */
export function time_of_day(minute: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeZone: 'UTC', hour: 'numeric', minute: '2-digit' }).format(Date.UTC(2024, 0, 1, 0, minute));
}
