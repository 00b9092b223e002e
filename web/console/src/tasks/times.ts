/** When something is to be done: choices by the reader's clock, and the groups of a list. */
import type { Task } from '../wire';

export type Group = 'overdue' | 'today' | 'tomorrow' | 'later';
export const GROUPS: Group[] = ['overdue', 'today', 'tomorrow', 'later'];
const NINE = 9;
const HOUR_MS = 3_600_000;

export function in_an_hour(now_ms: number): number {
  return now_ms + HOUR_MS;
}

/** Nine o'clock of the reader's next day, also where the clocks change in between. */
export function tomorrow(now_ms: number): number {
  return at_nine(now_ms, 1);
}

/** Nine o'clock of the Monday to come; on a Monday, of the next. */
export function next_monday(now_ms: number): number {
  return at_nine(now_ms, (8 - new Date(now_ms).getDay()) % 7 || 7);
}

function at_nine(now_ms: number, days: number): number {
  const now = new Date(now_ms);
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, NINE).getTime();
}

/** What a field for date and time takes, 2026-11-27T09:00; and back. */
export function to_field(at_ms: number): string {
  const at = new Date(at_ms);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

export function from_field(text: string): number | null {
  const at_ms = new Date(text).getTime();
  return Number.isNaN(at_ms) ? null : at_ms;
}

export function is_to_do({ state }: Pick<Task, 'state'>): boolean {
  return state === 'open' || state === 'due';
}

export function is_overdue(task: Pick<Task, 'state' | 'due_at'>, now_ms: number): boolean {
  return is_to_do(task) && Date.parse(task.due_at) <= now_ms;
}

export function group_of(due_at: string, now_ms: number): Group {
  const at_ms = Date.parse(due_at);
  if (at_ms <= now_ms) return 'overdue';
  const now = new Date(now_ms);
  const midnight = (days: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days).getTime();
  if (at_ms < midnight(1)) return 'today';
  return at_ms < midnight(2) ? 'tomorrow' : 'later';
}

/** 14:05 today, Tomorrow 09:00, Mon 09:00 within the week, else with the date. */
export function moment(at: string | number, now_ms: number, locale: string): string {
  const at_ms = typeof at === 'number' ? at : Date.parse(at);
  const time = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' }).format(at_ms);
  const midnight = (ms: number) => new Date(ms).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(at_ms) - midnight(now_ms)) / (24 * HOUR_MS));
  if (days === 0) return time;
  return `${day(at_ms, days, locale)} ${time}`;
}

function day(at_ms: number, days: number, locale: string): string {
  if (Math.abs(days) === 1) {
    const word = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day');
    return word.charAt(0).toLocaleUpperCase(locale) + word.slice(1);
  }
  if (days > 0 && days < 7) return new Intl.DateTimeFormat(locale, { weekday: 'short' }).format(at_ms);
  return new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric' }).format(at_ms);
}

/** 2 hr: how long ago it was due, in the largest unit; empty in its first minute. */
export function late(due_at: string, now_ms: number, locale: string): string {
  const minutes = Math.max(0, Math.floor((now_ms - Date.parse(due_at)) / 60_000));
  if (minutes === 0) return '';
  const [amount, unit] = minutes < 60 ? [minutes, 'minute'] : minutes < 2880 ? [Math.floor(minutes / 60), 'hour'] : [Math.floor(minutes / 1440), 'day'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit: unit as string, unitDisplay: 'short' }).format(amount as number);
}
