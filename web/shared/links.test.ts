import { expect, test } from 'vitest';
import { pieces } from './links.ts';

const links = (text: string): (string | undefined)[] => pieces(text).filter((piece) => piece.href).map((piece) => piece.text);

test('web addresses are found, and the pieces add up to the text', () => {
  const text = 'See https://shop.example/a?b=1#c. Or (http://x.example/y_(z)), 请看https://例え.jp/路径，谢谢';
  expect(links(text)).toEqual(['https://shop.example/a?b=1#c', 'http://x.example/y_(z)', 'https://例え.jp/路径']);
  expect(pieces(text).map((piece) => piece.text).join('')).toBe(text);
});

test.each([
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  '[click](javascript:alert(1))',
  'vbscript:x',
  'file:///etc/passwd',
  'ftp://x.example',
  'https://',
  'https://bank.example@evil.example/',
  'www.shop.example',
])('test_f11: %s is no link', (text) => {
  expect(links(text)).toEqual([]);
  expect(pieces(text).map((piece) => piece.text).join('')).toBe(text);
});

test('an address ends where markup or a hidden direction mark begins', () => {
  expect(links('https://a.example/"onmouseover=alert(1)')).toEqual(['https://a.example/']);
  expect(links('https://a.example/\u202egpj.exe')).toEqual(['https://a.example/']);
  expect(links('<https://a.example/>')).toEqual(['https://a.example/']);
});

test('a text of 10,000 brackets is done at once', () => {
  const started = performance.now();
  pieces(`https://a.example/${')'.repeat(10_000)}`);
  pieces('https://'.repeat(1_250));
  expect(performance.now() - started).toBeLessThan(1_000);
});
