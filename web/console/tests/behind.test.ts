import { expect, test } from 'vitest';
import { console_words } from '../src/i18n/index.ts';
import { rows_query } from '../src/reports/behind';
import type { Line, Report } from '../src/reports/records';
import { before } from '../src/reports/written';

const line = (key: string | null = null): Line => ({ key, figures: {} });
const total = line();
const report: Report = {
  period: { first: '2026-03-28', last: '2026-03-30' },
  before: { first: '2026-03-25', last: '2026-03-27' },
  time_zone: 'Europe/Berlin',
  columns: [],
  lines: [line('2026-03-29'), line()],
  total,
  complete: true,
};
const asked = { first: '', last: '', by: 'day', hours: 'clock', level: 'offered', within_s: '60', compare: 'true' };

test('a figure opens the rows of its line and its days', () => {
  expect(rows_query(asked, report, report.lines[0] ?? null, 'now')).toEqual({ first: '2026-03-28', last: '2026-03-30', by: 'day', hours: 'clock', within_s: '60', key: '2026-03-29' });
  expect(rows_query(asked, report, report.lines[1] ?? null, 'now')['none']).toBe('true');
  expect(rows_query(asked, report, total, 'now')).not.toHaveProperty('key');
});

test('what it was before opens the rows of the day that it is compared with', () => {
  const rows = rows_query(asked, report, report.lines[0] ?? null, 'before');

  expect([rows['first'], rows['last'], rows['key']]).toEqual(['2026-03-25', '2026-03-27', '2026-03-26']);
  expect(rows_query({ ...asked, by: 'queue' }, report, line('q1'), 'before')['key']).toBe('q1');
});

test('what is rough says so, of the days before too', async () => {
  const words = console_words();
  await words.use('en');
  const wait = { name: 'wait_p90', unit: 'seconds', source: 'conversations', meaning: '' } as const;

  expect(before(words, wait, {}, { wait_p90: { rows: 9, value: 80, rough: true } })).toBe('was ≈ 1:20');
  expect(before(words, wait, {}, { wait_p90: { rows: 9, value: 80 } })).toBe('was 1:20');
});
