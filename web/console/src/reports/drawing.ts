/** What lines of a report look like: a curve over time, or a week by its hours. */
import type { Line } from './records';

export interface Point {
  line: Line;
  /** 0 to 100, from the left. */
  x: number;
  /** 0 is nothing, 100 the largest; null where there is no figure. */
  y: number | null;
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
