import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import { clock, date, stopwatch } from '@kefu/shared/time.ts';
import type { Key } from '../i18n';
import type { Alert } from '../wire';
import { in_language } from './about';

export type Metric = Alert['metric'];
export type Unit = 'customers' | 'seconds' | 'percent' | 'offers' | 'is';

/** What rules can be about: whom, and what is counted. As server/services/alerts/metrics.py has it. */
export const METRICS: Record<Metric, { subject: 'queue' | 'agent'; unit: Unit; usual: number }> = {
  waiting: { subject: 'queue', unit: 'customers', usual: 10 },
  longest_wait: { subject: 'queue', unit: 'seconds', usual: 120 },
  service_level: { subject: 'queue', unit: 'percent', usual: 80 },
  abandonment: { subject: 'queue', unit: 'percent', usual: 10 },
  uncovered: { subject: 'queue', unit: 'customers', usual: 1 },
  not_responding: { subject: 'agent', unit: 'is', usual: 1 },
  missed: { subject: 'agent', unit: 'offers', usual: 5 },
  unanswered: { subject: 'agent', unit: 'seconds', usual: 300 },
  gone: { subject: 'agent', unit: 'customers', usual: 1 },
};

/** A number of people, a time or a share, as people write it. */
export function amount(words: I18n<Key>, metric: Metric, value: number): string {
  const { unit } = METRICS[metric];
  if (unit === 'seconds') return stopwatch(value * 1000);
  if (unit === 'percent') return new Intl.NumberFormat(words.locale, { style: 'percent' }).format(value / 100);
  return unit === 'is' ? '' : new Intl.NumberFormat(words.locale).format(value);
}

/** What is wrong, in one sentence. */
export function said(words: I18n<Key>, { metric, subject, threshold }: Pick<Alert, 'metric' | 'subject' | 'threshold'>): string {
  return words.t(`alerts.said.${metric}`, { name: in_language(subject.name, words.locale), count: threshold, amount: amount(words, metric, threshold) });
}

/** Since when, by the clock: beside the time in the rule a second one would be read as part of it. */
export function began(words: I18n<Key>, at: string, now: number): string {
  const day = date(at, words.locale, now);
  return words.t('alerts.since', { time: day === date(now, words.locale, now) ? clock(at, words.locale) : day });
}
