import { expect, test } from 'vitest';
import { largest_of, path, points, strength } from '../src/reports/drawing';
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
