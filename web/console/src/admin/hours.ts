import type { Span, Weekly } from './records';

export const DAYS = ['1', '2', '3', '4', '5', '6', '7'] as const;

/** Minutes since midnight of `09:30`; more than 24 hours for times after midnight. NaN when it is no time. */
export function minutes(time: string): number {
  const [h, m] = time.split(':').map(Number);
  return (h ?? NaN) * 60 + (m ?? NaN);
}

/** `02:00` of the following day is stored as `26:00`; a field of type time can only show 02:00. */
export function to_field(time: string): string {
  const all = minutes(time) % (24 * 60);
  return `${String(Math.floor(all / 60)).padStart(2, '0')}:${String(all % 60).padStart(2, '0')}`;
}

/** A span as it is stored: an end that is not after its beginning is on the following day. */
export function from_fields(start: string, end: string): Span {
  if (minutes(end) > minutes(start)) return [start, end];
  const all = minutes(end) + 24 * 60;
  return [start, `${Math.floor(all / 60)}:${String(all % 60).padStart(2, '0')}`];
}

/** Seven days of spans as fields show them. */
export function to_days(weekly: Weekly): Span[][] {
  return DAYS.map((day) => (weekly[day] ?? []).map(([start, end]) => [to_field(start), to_field(end)]));
}

/** What is stored; days without opening hours are left out. */
export function to_weekly(days: Span[][]): Weekly {
  const open = DAYS.map((day, i) => [day, (days[i] ?? []).map(([start, end]) => from_fields(start, end))] as const);
  return Object.fromEntries(open.filter(([, spans]) => spans.length > 0));
}

/** The weekday's name; 2024-01-01 was a Monday. */
export function day_name(index: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2024, 0, 1 + index));
}
