import { later, today, type Days } from '../admin/simulate/period';
import type { Kept } from '../state/kept';
import { BYS, LEVELS, type By, type Level } from './records';

export const PERIODS = ['today', 'yesterday', 'days_7', 'days_28', 'custom'] as const;
export type Period = (typeof PERIODS)[number];
export const DAYS_MAX = 366;
const KEY = 'asking';
const AGO: Record<Exclude<Period, 'custom'>, [first: number, last: number]> = { today: [0, 0], yesterday: [1, 1], days_7: [7, 1], days_28: [28, 1] };

/** What a supervisor wants to see; the browser keeps it. */
export class Asking {
  period = $state<Period>('days_7');
  custom = $state<Days>({ first: '', last: '' });
  by = $state<By>('queue');
  hours = $state<'clock' | 'open'>('clock');
  level = $state<Level>('offered');
  within_s = $state(60);
  compare = $state(false);

  constructor(private readonly kept: Kept) {
    const was = kept.get<Partial<Asking>>(KEY) ?? {};
    this.period = one_of(PERIODS, was.period, this.period);
    this.by = one_of(BYS, was.by, this.by);
    this.hours = one_of(['clock', 'open'] as const, was.hours, this.hours);
    this.level = one_of(LEVELS, was.level, this.level);
    if (typeof was.custom?.first === 'string' && typeof was.custom.last === 'string') this.custom = { first: was.custom.first, last: was.custom.last };
    if (is_limit(was.within_s)) this.within_s = was.within_s;
    this.compare = was.compare === true;
  }

  keep(): void {
    const { period, custom, by, hours, level, within_s, compare } = this;
    this.kept.set(KEY, { period, custom: { ...custom }, by, hours, level, within_s, compare });
  }

  /** First and last day, both included, by the shop's clock. */
  days(now_ms: number, zone: string): Days {
    if (this.period === 'custom') return this.custom;
    const [first, last] = AGO[this.period].map((ago) => later(today(now_ms, zone), -ago)) as [string, string];
    return { first, last };
  }

  /** The question as the API takes it. */
  query(days: Days): Record<string, string> {
    const { by, hours, level, within_s, compare } = this;
    return { ...days, by, hours, level, within_s: String(within_s), compare: String(compare) };
  }
}

/** What was kept if it is a choice still, else what stands there. */
function one_of<T>(choices: readonly T[], was: T | undefined, otherwise: T): T {
  return was !== undefined && choices.includes(was) ? was : otherwise;
}

/** Seconds that a service level can be measured by. */
export function is_limit(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 86_400;
}
