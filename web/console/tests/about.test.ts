import { expect, test } from 'vitest';
import { in_language } from '../src/lib/about';

test('of a name in two languages the reader has their own; any other stays as it is', () => {
  for (const name of ['Returns · 退换货', 'Returns / 退换货', '退换货 | Returns']) {
    expect([in_language(name, 'en-GB'), in_language(name, 'zh-CN')], name).toEqual(['Returns', '退换货']);
  }
  for (const name of ['Returns', '退换货', 'Buy · Sell', '苏琴 Su Qin', 'A · 乙 · C', '24/7']) expect(in_language(name, 'zh-CN')).toBe(name);
});
