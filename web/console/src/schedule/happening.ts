/** What time does to a plan: what of it is over, what runs, and what goes on from the day before. */
import { wall } from '../admin/zone';
import type { Plan } from './plan.svelte';
import type { Draft, Shift } from './records';
import { DAY, minutes_of } from './times';

/** How much of a shift can still be changed: all, its end and breaks to come, or nothing. */
export type Standing = 'coming' | 'runs' | 'over';

/** Now, by the shop's clock. */
export interface WallNow {
  day: string;
  minute: number;
}

export function wall_now(now_ms: number, zone: string): WallNow {
  const { date, time } = wall(now_ms, zone);
  return { day: date, minute: minutes_of(time) ?? 0 };
}

/** What was noted only after it had begun can be corrected: nobody had planned it. */
export function standing({ starts_at, ends_at, noted_late }: Shift, now_ms: number): Standing {
  if (!starts_at || !ends_at || noted_late || Date.parse(starts_at) > now_ms) return 'coming';
  return Date.parse(ends_at) <= now_ms ? 'over' : 'runs';
}

/** The same of a shift in a plan, as the server has it, whatever is shown. */
export function standing_in(plan: Plan, shift: string, now_ms: number): Standing {
  const found = plan.stored.get(plan.id(shift)) ?? plan.week?.carried?.find((one) => one.id === shift);
  return found ? standing(found, now_ms) : 'coming';
}

/** Whether a change leaves alone what has happened, as far as the page can tell. */
export function is_open(state: Standing, was: Draft, draft: Draft): boolean {
  if (state === 'runs') return was.agent === draft.agent && was.day === draft.day && was.start === draft.start;
  return state === 'coming';
}

/** What of shifts that began the day before goes on into a day, in minutes of that day. */
export function carried(before: readonly Shift[]): { shift: Shift; end: number }[] {
  return before.filter(({ end }) => end > DAY).map((shift) => ({ shift, end: shift.end - DAY }));
}
