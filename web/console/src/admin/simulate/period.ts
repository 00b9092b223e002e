/** Whole days on the shop's clock, and the instants at which they begin and end. */
import { wall } from '../zone';

export const PRESETS = ['yesterday', 'days_7', 'days_14', 'days_28'] as const;
export type Preset = (typeof PRESETS)[number];
const LENGTHS: Record<Preset, number> = { yesterday: 1, days_7: 7, days_14: 14, days_28: 28 };
export const DAYS_MAX = 31;
const DAY_MS = 86_400_000;

/** First and last day, both included, as 2026-11-25. */
export interface Days {
  first: string;
  last: string;
}

/** The day and minute that a clock in `zone` shows, read as if it were UTC; in ms. */
function shown(at_ms: number, zone: string): number {
  const { date, time } = wall(at_ms, zone);
  return Date.parse(`${date}T${time}Z`);
}

/** When the day begins there, in ms. */
export function midnight(day: string, zone: string): number {
  const wanted = Date.parse(`${day}T00:00:00Z`);
  const near = wanted - (shown(wanted, zone) - wanted);
  return near - (shown(near, zone) - wanted); // once more, for clocks that were changed in between
}

export function today(now_ms: number, zone: string): string {
  return wall(now_ms, zone).date;
}

export function later(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** How many days these are; NaN when one of them is no day. */
export function length(days: Days): number {
  return Math.round((Date.parse(days.last) - Date.parse(days.first)) / DAY_MS) + 1;
}

/** The last so many whole days. */
export function preset(name: Preset, now_ms: number, zone: string): Days {
  const now = today(now_ms, zone);
  return { first: later(now, -LENGTHS[name]), last: later(now, -1) };
}

/** From the first midnight to the midnight after the last day, though not beyond now. */
export function span(days: Days, now_ms: number, zone: string): { since: string; until: string } {
  const end = Math.min(midnight(later(days.last, 1), zone), now_ms);
  return { since: new Date(midnight(days.first, zone)).toISOString(), until: new Date(end).toISOString() };
}

/** November 18 – 24, or Wed, November 18, in the words of the reader and by the shop's clock. */
export function in_words(since: string, until: string, zone: string, locale: string): string {
  const [first, last] = [Date.parse(since), Math.max(Date.parse(since), Date.parse(until) - 1)];
  const options = { timeZone: zone, month: 'long', day: 'numeric' } as const;
  if (today(first, zone) === today(last, zone)) return new Intl.DateTimeFormat(locale, { ...options, weekday: 'short' }).format(first);
  const format = new Intl.DateTimeFormat(locale, options);
  // Intl's ranges are 11/19 – 11/25 in Chinese, whatever one asks for.
  return locale.startsWith('zh') ? `${format.format(first)}至${format.format(last)}` : format.formatRange(first, last);
}
