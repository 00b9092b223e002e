/** Minutes of a day, the grid of quarters, and what becomes of breaks when a shift is moved. */
import type { Draft, Span } from './records';

export const QUARTER = 15;
export const DAY = 1_440;
export const LONGEST = 960;
const USUAL: Span = [540, 1_020];

/** 9:05 for 545; 1:00 for 1500, the day after. */
export function clock(minutes: number): string {
  const of_day = ((minutes % DAY) + DAY) % DAY;
  return `${Math.floor(of_day / 60)}:${String(of_day % 60).padStart(2, '0')}`;
}

/** 9:00–17:00 */
export function span_text(start: number, end: number): string {
  return `${clock(start)}–${clock(end)}`;
}

/** 9–17, 9:30–17 */
export function short_span(start: number, end: number): string {
  return span_text(start, end).replaceAll(':00', '');
}

/** What a time field takes, 09:05; and back. */
export function field(minutes: number): string {
  return clock(minutes).padStart(5, '0');
}

export function minutes_of(text: string): number | null {
  const [hours, minutes] = text.split(':').map(Number);
  return hours === undefined || minutes === undefined || Number.isNaN(hours + minutes) ? null : hours * 60 + minutes;
}

export function snapped(minutes: number): number {
  return Math.round(minutes / QUARTER) * QUARTER;
}

/** The same shift, so many minutes later; it still begins on its day. */
export function moved(draft: Draft, by: number): Draft {
  const delta = Math.min(Math.max(by, -draft.start), DAY - QUARTER - draft.start);
  return {
    ...draft,
    start: draft.start + delta,
    end: draft.end + delta,
    breaks: draft.breaks.map(([start, end]): Span => [start + delta, end + delta]),
  };
}

/** With another beginning or end; breaks that are no longer inside are cut, or go. */
export function resized(draft: Draft, edge: 'start' | 'end', to: number): Draft {
  const start = edge === 'start' ? Math.min(Math.max(to, 0, draft.end - LONGEST), draft.end - QUARTER, DAY - QUARTER) : draft.start;
  const end = edge === 'end' ? Math.min(Math.max(to, draft.start + QUARTER), draft.start + LONGEST) : draft.end;
  const breaks = draft.breaks
    .map(([from, until]): Span => [Math.max(from, start), Math.min(until, end)])
    .filter(([from, until]) => from < until);
  return { ...draft, start, end, breaks };
}

/** A usual shift on a day with such opening hours: eight hours, half an hour of break in the middle. */
export function usual(open: Span[]): { start: number; end: number; breaks: Span[] } {
  const [first, last] = [open[0]?.[0] ?? USUAL[0], open.at(-1)?.[1] ?? USUAL[1]];
  const is_long = last - first > 540;
  const start = Math.min(Math.ceil((is_long ? Math.max(first, Math.min(USUAL[0], last - 480)) : first) / QUARTER) * QUARTER, DAY - QUARTER);
  const end = Math.min(start + 480, Math.max(start + QUARTER, Math.floor(last / QUARTER) * QUARTER));
  return { start, end, breaks: end - start >= 360 ? [middle(start, end)] : [] };
}

function middle(start: number, end: number): Span {
  const at = Math.floor((start + end) / 2 / QUARTER) * QUARTER - QUARTER;
  return [at, at + 30];
}

export function is_same(one: Draft, other: Draft): boolean {
  return JSON.stringify(plain(one)) === JSON.stringify(plain(other));
}

/** Only what the API takes. */
export function plain({ agent, day, start, end, breaks }: Draft): Draft {
  return { agent, day, start, end, breaks };
}

/** The hours that a week is shown from and to, in minutes: all that is open, planned or needed. */
export function window_of(spans: Span[]): Span {
  const from = Math.min(...spans.map(([start]) => start), USUAL[0]);
  const to = Math.max(...spans.map(([, end]) => end), USUAL[1]);
  return [Math.floor(from / 60) * 60, Math.ceil(to / 60) * 60];
}

/** Things by a key, in the order in which they come. */
export function grouped<T>(all: T[], key: (one: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const one of all) found.set(key(one), [...(found.get(key(one)) ?? []), one]);
  return found;
}
