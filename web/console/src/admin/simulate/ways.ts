/** What came out, as rows of one table and of one chart: of everything or of one queue. */
import { is_share, writing, type Writing } from './figures';
import { METRICS, type Figure, type Metric, type SimulationResult } from './records';

export interface Way {
  /** Empty for today. */
  name: string;
  figures: Partial<Record<Metric, Figure | null>>;
  /** From today; nothing for today itself. */
  difference: Partial<Record<Metric, Figure | null>> | null;
}

export function ways(result: SimulationResult, queue: string): Way[] {
  const { before, variants } = result;
  return [
    { name: '', figures: (queue ? before.queues[queue] : before.total) ?? {}, difference: null },
    ...variants.map((one) => ({
      name: one.name,
      figures: (queue ? one.queues[queue] : one.total) ?? {},
      difference: (queue ? one.queue_differences[queue] : one.difference) ?? {},
    })),
  ];
}

/** Those for which anything was measured: of one queue there is no occupancy. */
export function measured(all: Way[]): Metric[] {
  return METRICS.filter((metric) => all.some((way) => way.figures[metric]));
}

/** How a metric is written, the same for all ways. */
export function written(all: Way[], metric: Metric, locale: string, points: (n: string) => string): Writing {
  return writing(metric, Math.max(0, ...all.map((way) => way.figures[metric]?.mean ?? 0)), locale, points);
}

export interface Scale {
  low: number;
  high: number;
}

/** From where to where a chart goes: all intervals with some air, shares never beyond 0 and 1, nothing below 0. */
export function scale(figures: Figure[], metric: Metric): Scale {
  const low = Math.min(...figures.map(({ mean, half }) => mean - half));
  const high = Math.max(...figures.map(({ mean, half }) => mean + half));
  const least = Math.max(is_share(metric) ? 0.02 : 2, Math.abs(high) * 0.1); // what is all but the same looks so
  const air = Math.max((high - low) * 0.08, (least - (high - low)) / 2);
  return { low: Math.max(0, low - air), high: is_share(metric) ? Math.min(1, high + air) : high + air };
}

/** Where a value stands on the scale, 0 to 1. */
export const at = (value: number, { low, high }: Scale): number => Math.min(1, Math.max(0, (value - low) / (high - low)));
