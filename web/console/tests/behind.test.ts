import { expect, test } from 'vitest';
import { console_words } from '../src/i18n/index.ts';
import { stamp } from '../src/admin/zone';
import { rows_query } from '../src/reports/behind';
import type { Line, Report } from '../src/reports/records';
import { before, gap_before } from '../src/reports/written';

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

test('a piece that ends on another day says on which, by the clock of the shop', () => {
  const since = '2026-03-27T21:00:00Z';

  expect(stamp(since, 'Europe/Berlin')).toBe('2026-03-27 22:00');
  expect(stamp('2026-03-27T22:59:00Z', 'Europe/Berlin', since)).toBe('23:59');
  expect(stamp('2026-03-27T23:00:00Z', 'Europe/Berlin', since)).toBe('2026-03-28 00:00');
  expect(stamp('2026-03-30T07:00:00Z', 'Europe/Berlin', since)).toBe('2026-03-30 09:00');
  expect(stamp('2026-03-27T23:00:00Z', 'UTC', since)).toBe('23:00');
});

test('days before all records are said to be unknown', async () => {
  const words = console_words();
  await words.use('en');
  const said = (records_since: string | null) => gap_before(words, { before: { first: '2026-03-25', last: '2026-03-27' }, records_since });
  expect(said('2026-03-28')).toBe('Records begin on March 28, 2026: there is nothing before these days to compare with.');
  expect(said('2026-03-26')).toBe('Records begin on March 26, 2026: the days before are known only in part.');
  expect([said('2026-03-25'), said(null)]).toEqual(['', '']);
});
