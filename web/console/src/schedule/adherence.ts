/** A day as it was planned beside how it was: what the REST API tells, and how it is drawn and said. */
import { wall } from '../admin/zone';
import { duration, type Words } from './words';

export type ExceptionKind = 'absent' | 'late' | 'left_early' | 'long_break' | 'unplanned_break';
export type ActualState = 'available' | 'busy' | 'away' | 'unresponsive';

interface Stretch {
  since: string;
  until: string;
}
export interface PlannedSpan extends Stretch {
  planned: 'work' | 'break';
}
export interface ActualSpan extends Stretch {
  state: ActualState;
}
export interface Exception extends Stretch {
  kind: ExceptionKind;
  missed_s: number;
  goes_on?: boolean;
}

export interface Figures {
  scheduled_s: number;
  to_work_s: number;
  adhered_s: number;
  worked_s: number;
  unknown_s: number;
  adherence?: number | null;
  conformance?: number | null;
}

export interface AdherenceLine {
  agent: { id: string; name: string };
  planned: PlannedSpan[];
  actual: ActualSpan[];
  exceptions: Exception[];
  figures: Figures;
  changed_at?: string | null;
}

export interface AdherenceDay {
  day: string;
  today: string;
  time_zone: string;
  at: string;
  begins_at: string;
  ends_at: string;
  lines: AdherenceLine[];
  total: Figures;
  since?: string | null;
}

export interface OnShift {
  agent: { id: string; name: string };
  planned: 'work' | 'break';
  until: string;
  state?: ActualState | null;
  exception?: Exception | null;
}

export interface ScheduleNow {
  at: string;
  time_zone: string;
  agents: OnShift[];
}

const HOUR_MS = 3_600_000;

/** 9:05 by a shop's clock. */
export function shop_clock(at: string | number, zone: string): string {
  return wall(typeof at === 'number' ? at : Date.parse(at), zone).time.replace(/^0/, '');
}

/** 9:05–9:20 */
export function shop_span({ since, until }: Stretch, zone: string): string {
  return `${shop_clock(since, zone)}–${shop_clock(until, zone)}`;
}

/** From when to when a day is drawn, in ms: whole hours around all that was planned or done in it. */
export function drawn({ begins_at, ends_at, lines }: AdherenceDay): [from: number, to: number] {
  const spans = lines.flatMap(({ planned, actual }) => [...planned, ...actual]);
  if (spans.length === 0) return [Date.parse(begins_at), Date.parse(ends_at)];
  const from = Math.min(...spans.map(({ since }) => Date.parse(since)));
  const to = Math.max(...spans.map(({ until }) => Date.parse(until)));
  const start = Date.parse(begins_at);
  const hours = (ms: number) => (ms - start) / HOUR_MS;
  return [start + Math.floor(hours(from)) * HOUR_MS, start + Math.ceil(hours(to)) * HOUR_MS];
}

/** Moments at which the clock is written below, some hours apart. */
export function ticks([from, to]: [number, number], begins_at: string): number[] {
  const hours = (to - from) / HOUR_MS;
  const step = (hours > 16 ? 3 : hours > 9 ? 2 : 1) * HOUR_MS;
  const start = Date.parse(begins_at);
  const first = start + Math.ceil((from - start) / step) * step;
  return Array.from({ length: Math.max(0, Math.ceil((to - first) / step)) }, (_, n) => first + n * step);
}

/** Late 9:00–9:15 (15 min) */
export function exception_text(words: Words, one: Exception, zone: string): string {
  const missed = duration(words, Math.max(1, Math.floor(one.missed_s / 60)));
  const times = one.goes_on ? words.t('adherence.since', { time: shop_clock(one.since, zone) }) : shop_span(one, zone);
  return words.t('adherence.exception', { kind: words.t(`adherence.kind.${one.kind}`), times, missed });
}

/** 9:00–17:00, of each shift that is planned. */
export function shifts_text(words: Words, { planned }: AdherenceLine, zone: string): string {
  const shifts: Stretch[] = [];
  for (const { since, until } of planned) {
    const last = shifts.at(-1);
    if (last?.until === since) last.until = until;
    else shifts.push({ since, until });
  }
  return shifts.map((one) => shop_span(one, zone)).join(words.t('schedule.comma'));
}

/** What is drawn of a line, for those who hear it. */
export function spans_text(words: Words, { planned, actual }: AdherenceLine, zone: string): string {
  const all = [
    [words.t('adherence.planned'), planned.map((one) => `${words.t(`adherence.planned.${one.planned}`)} ${shop_span(one, zone)}`)],
    [words.t('adherence.actual'), actual.map((one) => `${words.t(`adherence.state.${one.state}`)} ${shop_span(one, zone)}`)],
  ] as const;
  const none = words.t('adherence.nothing');
  return all.map(([name, spans]) => `${name}${words.t('schedule.colon')}${spans.join(words.t('schedule.comma')) || none}`).join(words.t('adherence.stop'));
}
