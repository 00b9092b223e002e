/** What lines of a report look like: a curve over time, or a week by its hours. */
import type { By, Column, Line } from './records';

export interface Point {
  line: Line;
  /** 0 to 100, from the left. */
  x: number;
  /** 0 is nothing, 100 the largest; null where there is no figure. */
  y: number | null;
}

const HOURS = 24;

/**
 * The lines of a curve, in order. Of a day all hours, of a week all days: where nothing happened a report
 * has no line, and hours would stand beside each other that are far apart.
 */
export function whole(lines: Line[], by: By, { name, unit }: Pick<Column, 'name' | 'unit'>): Line[] {
  const told = lines.filter(({ key }) => typeof key === 'string');
  const keys = by === 'hour' ? Array.from({ length: HOURS }, (_, n) => String(n).padStart(2, '0')) : by === 'weekday' ? ['1', '2', '3', '4', '5', '6', '7'] : null;
  const nothing = unit === 'count' ? { [name]: { rows: 0, value: 0 } } : {};
  return keys?.map((key) => told.find((line) => line.key === key) ?? { key, figures: nothing, before: nothing }) ?? told;
}

export interface Tick {
  /** 0 to 100, from the left. */
  x: number;
  text: string;
  /** Left out where there is little room. */
  is_extra?: boolean;
}

/** What stands below a curve: every third hour where it begins, or the names of some of its lines. */
export function ticks(lines: Line[], by: By, name: (line: Line) => string): Tick[] {
  if (by === 'hour') {
    return Array.from({ length: HOURS / 3 + 1 }, (_, n) => ({ x: (300 * n) / HOURS, text: `${3 * n}:00`, is_extra: n % 2 === 1 }));
  }
  const step = Math.ceil(lines.length / 8);
  return lines.flatMap((line, i) => (i % step ? [] : [{ x: (100 * (i + 0.5)) / lines.length, text: name(line), is_extra: (i / step) % 2 === 1 }]));
}

/** The lines of a figure as points of a curve, up to the largest value of all. */
export function points(lines: Line[], figure: string, largest: number, before = false): Point[] {
  return lines.map((line, i) => {
    const value = (before ? line.before : line.figures)?.[figure]?.value;
    return { line, x: (100 * (i + 0.5)) / lines.length, y: typeof value === 'number' ? (100 * value) / largest : null };
  });
}

/** A path through points; it is broken where there is none. */
export function path(curve: Point[]): string {
  return curve.map(({ x, y }, i) => (y === null ? '' : `${i > 0 && curve[i - 1]?.y !== null ? 'L' : 'M'}${x.toFixed(2)} ${(100 - y).toFixed(2)}`)).join('');
}

/** The largest value of a figure, now or before; 1 where there is none. */
export function largest_of(lines: Line[], figure: string): number {
  const values = lines.flatMap((line) => [line.figures[figure]?.value ?? 0, line.before?.[figure]?.value ?? 0]);
  return Math.max(...values, 0) || 1;
}

/**
 * How strongly a cell is filled, in steps of a tenth. By the square root, so that one hour with very
 * much leaves the others to be told apart; what there is at all is seen.
 */
export function strength(value: number | null | undefined, largest: number): number {
  return value ? Math.max(1, Math.round(10 * Math.sqrt(value / largest))) : 0;
}
