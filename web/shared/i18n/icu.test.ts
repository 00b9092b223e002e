import { expect, test } from 'vitest';
import { format, names } from './icu.ts';

const POSITION = 'You are {n, plural, =1 {next} one {#st} other {number #}}, {who}.';

test('a plain text stays as it is', () => {
  expect(format('Nothing # to fill', {}, 'en')).toBe('Nothing # to fill');
});

test('values are filled in and numbers written as the language writes them', () => {
  expect(format('{name}: {n}', { name: 'Lin', n: 12345 }, 'de')).toBe('Lin: 12.345');
});

test('a plural takes the exact form, then the form of the language', () => {
  expect(format(POSITION, { n: 1, who: 'Lin' }, 'en')).toBe('You are next, Lin.');
  expect(format(POSITION, { n: 3, who: 'Lin' }, 'en')).toBe('You are number 3, Lin.');
  expect(format('{n, plural, one {a} other {#个}}', { n: 1 }, 'zh')).toBe('1个');
});

test('select takes the named form or other', () => {
  const pattern = '{who, select, agent {Colleague {name}} other {Somebody}}';
  expect(format(pattern, { who: 'agent', name: 'Mei' }, 'en')).toBe('Colleague Mei');
  expect(format(pattern, { who: 'x', name: 'Mei' }, 'en')).toBe('Somebody');
});

test('a value is never read as a pattern', () => {
  expect(format('{name}', { name: '{n, plural, other {#}}' }, 'en')).toBe('{n, plural, other {#}}');
});

test('names finds every value that a pattern asks for', () => {
  expect(names('{b} {n, plural, one {{a}} other {#}}')).toEqual(['a', 'b', 'n']);
});
