import { expect, test } from 'vitest';
import { ago, clock, date, day, sameDay, sameMinute, stopwatch } from './time.ts';

const now = new Date(2026, 4, 14, 15, 0, 0).getTime();
const MINUTE = 60_000;

test('up to an hour it is relative, then the clock, then the date', () => {
  expect(ago(now - 5_000, 'en', now)).toBe('just now');
  expect(ago(now - 5_000, 'zh-CN', now)).toBe('刚刚');
  expect(ago(now - 3 * MINUTE, 'en', now)).toBe('3 min. ago');
  expect(ago(now - 3 * MINUTE, 'zh-CN', now)).toBe('3分钟前');
  expect(ago(now - 90 * MINUTE, 'en', now)).toBe(clock(now - 90 * MINUTE, 'en'));
  expect(ago(now - 24 * 60 * MINUTE, 'en', now)).toBe('May 13');
  expect(date(new Date(2024, 0, 2).getTime(), 'en', now)).toBe('Jan 2, 2024');
});

test('days have names', () => {
  expect(day(now, 'en', now)).toBe('Today');
  expect(day(now - 24 * 60 * MINUTE, 'zh-CN', now)).toBe('昨天');
  expect(day(now - 3 * 24 * 60 * MINUTE, 'en', now)).toBe('Monday');
  expect(day(now - 30 * 24 * 60 * MINUTE, 'en', now)).toBe('Apr 14');
});

test('what counts is shown as a stopwatch', () => {
  expect([7_000, 72_000, 3_753_000].map(stopwatch)).toEqual(['0:07', '1:12', '1:02:33']);
});

test('minutes and days are the reader’s', () => {
  expect(sameMinute(now, now + 59_000)).toBe(true);
  expect(sameMinute(now, now + 60_000)).toBe(false);
  expect(sameDay(now, new Date(2026, 4, 14, 0, 0, 1).toISOString())).toBe(true);
});
