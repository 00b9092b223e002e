import { expect, test } from 'vitest';
import { largest_of, path, points, strength, ticks, whole } from '../src/reports/drawing';
import type { Line } from '../src/reports/records';
import { line_id, weekday } from '../src/reports/written';

const line = (value: number | null, before: number | null = null): Line => ({ key: String(value), figures: { asked: { rows: 1, value } }, before: { asked: { rows: 1, value: before } } });

test('a curve goes up to the largest value, now and before, and is broken where there is none', () => {
  const lines = [line(10), line(null), line(20, 40), line(40)];

  const largest = largest_of(lines, 'asked');
  const curve = points(lines, 'asked', largest);

  expect(largest).toBe(40);
  expect(curve.map(({ x, y }) => [x, y])).toEqual([
    [12.5, 25],
    [37.5, null],
    [62.5, 50],
    [87.5, 100],
  ]);
  expect(path(curve)).toBe('M12.50 75.00M62.50 50.00L87.50 0.00');
  expect(points(lines, 'asked', largest, true)[2]?.y).toBe(100);
});

test('a day is drawn from midnight to midnight, and hours stand where they are', () => {
  const asked = { name: 'asked', unit: 'count' } as const;
  const lines = whole([{ key: '09', figures: { asked: { rows: 4, value: 4 } } }], 'hour', asked);

  const curve = points(lines, 'asked', 4);
  const below = ticks(lines, 'hour', () => '');

  expect(lines).toHaveLength(24);
  expect(curve.map(({ y }) => y).filter(Boolean)).toEqual([100]);
  expect(curve[9]?.x).toBeCloseTo((100 * 9.5) / 24);
  expect(below.map(({ text }) => text)).toEqual(['0:00', '3:00', '6:00', '9:00', '12:00', '15:00', '18:00', '21:00', '24:00']);
  expect(below[3]?.x).toBe(37.5);
  expect(whole([], 'hour', { name: 'wait', unit: 'seconds' })[0]?.figures, 'nobody waited no time').toEqual({});
});

test('below many days only some are written', () => {
  const days = Array.from({ length: 28 }, (_, n) => line(n));
  expect(ticks(whole(days, 'day', { name: 'asked', unit: 'count' }), 'day', ({ key }) => key ?? '').map(({ text }) => text)).toEqual(['0', '4', '8', '12', '16', '20', '24']);
});

test('where nothing was counted there is nothing to divide by', () => {
  expect(largest_of([], 'asked')).toBe(1);
  expect(path(points([], 'asked', 1))).toBe('');
});

test('a cell is as strong as its value, and what there is at all is seen', () => {
  expect([0, null, undefined].map((value) => strength(value, 100))).toEqual([0, 0, 0]);
  expect([0.1, 4, 25, 100].map((value) => strength(value, 100))).toEqual([1, 2, 5, 10]);
});

test('the first day of the week is a Monday', () => {
  expect([1, 7].map((day) => weekday(day, 'en'))).toEqual(['Monday', 'Sunday']);
  expect(weekday(3, 'zh', 'short')).toBe('周三');
});

test('lines are told apart, whatever strangers have typed', () => {
  const keys = [undefined, null, '', 'none', 'key none', 'total'].map((key) => line_id(key === undefined ? { figures: {} } : { key, figures: {} }));

  expect(keys[0]).toBe(keys[1]);
  expect(new Set([...keys, line_id({ others: 3, figures: {} })]).size).toBe(6);
});
