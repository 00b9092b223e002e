/** How figures are read: which way is better, whether a difference is more than chance, how they are written. */
import type { Figure, Metric } from './records';

const SHARES = new Set<Metric>(['service_level', 'abandonment', 'occupancy', 'occupancy_spread']);
export const is_share = (metric: Metric): boolean => SHARES.has(metric);

export type Verdict = 'better' | 'worse' | 'alike' | 'busier' | 'idler' | 'more_even' | 'less_even';

/** What nobody would feel, however sure it is: seconds, or shares. */
const FELT: Record<Metric, number> = { mean_wait_s: 1, p95_s: 2, service_level: 0.005, abandonment: 0.005, occupancy: 0.005, occupancy_spread: 0.01 };

/** What a difference from today means, in one word; `alike` while its interval contains 0, or when it is too small to be felt or written. */
export function verdict(metric: Metric, difference: Figure, smallest = 0): Verdict {
  const { mean, half } = difference;
  if (Math.abs(mean) <= half || Math.abs(mean) < Math.max(smallest, FELT[metric])) return 'alike';
  if (metric === 'occupancy') return mean > 0 ? 'busier' : 'idler';
  if (metric === 'occupancy_spread') return mean > 0 ? 'less_even' : 'more_even';
  return mean > 0 === (metric === 'service_level') ? 'better' : 'worse';
}

export type Tone = 'good' | 'bad' | 'plain';
const TONES: Partial<Record<Verdict, Tone>> = { better: 'good', more_even: 'good', worse: 'bad', less_even: 'bad' };
export const tone = (word: Verdict): Tone => TONES[word] ?? 'plain';

/** How all values of one metric are written, so that they can be compared: in one unit, with the same places. */
export interface Writing {
  value: (n: number) => string;
  /** Without the unit, for what stands behind ±. */
  half: (n: number) => string;
  /** With a sign; shares as points. */
  difference: (n: number) => string;
  /** What is nearer to 0 than this is written as 0. */
  smallest: number;
}

const MINUTES_FROM_S = 600;
const HOURS_FROM_S = 3 * 3600;

/** `points` writes a signed number of percentage points, as the language says it. */
export function writing(metric: Metric, largest: number, locale: string, points: (n: string) => string): Writing {
  if (is_share(metric)) {
    const percent = new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
    const plain = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    const signed = signs(locale, 1);
    return { value: (n) => percent.format(n), half: (n) => plain.format(n * 100), difference: (n) => points(minus(signed.format(n * 100))), smallest: 0.0005 };
  }
  const [name, by] = largest >= HOURS_FROM_S ? (['hour', 3600] as const) : largest >= MINUTES_FROM_S ? (['minute', 60] as const) : (['second', 1] as const);
  const places = by > 1 || largest < 100 ? 1 : 0;
  const unit = { style: 'unit', unit: name, unitDisplay: by > 1 ? 'short' : 'narrow' } as const;
  const digits = { minimumFractionDigits: places, maximumFractionDigits: places };
  const [value, half, signed] = [
    new Intl.NumberFormat(locale, { ...unit, ...digits }),
    new Intl.NumberFormat(locale, digits),
    signs(locale, places, unit),
  ];
  return { value: (n) => value.format(n / by), half: (n) => half.format(n / by), difference: (n) => minus(signed.format(n / by)), smallest: (by * 0.5) / 10 ** places };
}

/** A hyphen is no minus. */
const minus = (text: string) => text.replace('-', '−');

function signs(locale: string, places: number, unit: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, {
    ...unit,
    minimumFractionDigits: places,
    maximumFractionDigits: places,
    signDisplay: 'exceptZero',
  });
}
