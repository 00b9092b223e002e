import type { HoursPlan, OpeningHours, QueueRecord, Span, SpecialDay, Weekly } from './records';

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

/** A special day as its row shows it. `id` is the row's own. */
export interface SpecialRow {
  id: number;
  date: string;
  name: string;
  yearly: boolean;
  is_open: boolean;
  spans: Span[];
}

/** Opening hours while they are being edited. */
export interface Draft {
  always: boolean;
  days: Span[][];
  special: SpecialRow[];
}

const WORKING: Span = ['09:00', '18:00'];

/** What is kept, as rows: special days that come next first, those that are over last. */
export function to_draft(hours: OpeningHours | null | undefined, today: string): Draft {
  const weekly = hours?.weekly;
  const special = [...(hours?.special ?? [])].sort((a, b) => rank(a, today).localeCompare(rank(b, today)));
  return {
    always: !weekly,
    days: weekly ? to_days(weekly) : DAYS.map((_, i) => (i < 5 ? [[...WORKING]] : [])),
    special: special.map((day, id) => ({
      id,
      date: day.date,
      name: day.name ?? '',
      yearly: day.yearly ?? false,
      is_open: day.open.length > 0,
      spans: day.open.length ? day.open.map(([start, end]) => [to_field(start), to_field(end)]) : [[...WORKING]],
    })),
  };
}

/** What is to be kept; null: always open, without exception. */
export function to_hours({ always, days, special }: Draft): OpeningHours | null {
  if (always && special.length === 0) return null;
  const kept = special.map(({ date, name, yearly, is_open, spans }) => ({
    date,
    open: is_open ? spans.map(([start, end]) => from_fields(start, end)) : [],
    ...(name.trim() && { name: name.trim() }),
    ...(yearly && { yearly }),
  }));
  return { weekly: always ? null : to_weekly(days), ...(kept.length && { special: kept }) };
}

/** Hours that some queues keep, while they are being edited; `queues` are keys, `id` is the row's own. */
export interface PlanDraft {
  id: number;
  name: string;
  queues: string[];
  hours: Draft;
}

export function to_plans(plans: readonly HoursPlan[], today: string): PlanDraft[] {
  return plans.map(({ name, queues, ...hours }, id) => ({ id, name, queues: [...queues], hours: to_draft(hours, today) }));
}

export function from_plans(plans: readonly PlanDraft[]): HoursPlan[] {
  return plans.map(({ name, queues, hours }) => ({ name: name.trim(), queues, ...(to_hours(hours) ?? { weekly: null }) }));
}

/** One more plan, for nobody yet, on ordinary days. */
export function next_plan(plans: readonly PlanDraft[]): PlanDraft {
  return { id: Math.max(-1, ...plans.map(({ id }) => id)) + 1, name: '', queues: [], hours: { ...to_draft(null, ''), always: false } };
}

/** Whether a queue that is in use keeps it: with the last of them a plan closes. */
export function is_in_use(plan: Pick<PlanDraft, 'queues'>, queues: readonly Pick<QueueRecord, 'key' | 'archived'>[]): boolean {
  return queues.some(({ key, archived }) => !archived && plan.queues.includes(key));
}

/** Every day and time is filled in, so that it can be tried out. */
export function is_whole({ always, days, special }: Draft): boolean {
  const spans = [...(always ? [] : days.flat()), ...special.flatMap((day) => (day.is_open ? day.spans : []))];
  return spans.flat().every(Boolean) && special.every(({ date }) => date !== '');
}

/** The hours after the last span of a day, or an ordinary day's. */
export function next_span(spans: Span[]): Span {
  const last = spans.at(-1);
  if (!last) return [...WORKING];
  return last[1] < '22:00' && last[1] > last[0] ? [last[1], '22:00'] : ['00:00', last[0]];
}

/** Where a special day stands in the list: by when it comes next. */
function rank({ date, yearly }: SpecialDay, today: string): string {
  if (date >= today) return `0${date}`;
  if (!yearly) return `1${date}`;
  const this_year = today.slice(0, 4) + date.slice(4);
  return `0${this_year >= today ? this_year : `${Number(today.slice(0, 4)) + 1}${date.slice(4)}`}`;
}

/** The weekday's name; 2024-01-01 was a Monday. */
export function day_name(index: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2024, 0, 1 + index));
}
