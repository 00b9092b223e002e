import { mount } from 'svelte';
import { describe, expect, test } from 'vitest';
import { console_words } from '../src/i18n/index.ts';
import { about } from '../src/lib/about.ts';
import { customer_name } from '../src/lib/customer.ts';
import Avatar from '../src/parts/Avatar.svelte';

describe('customers who have not said who they are', () => {
  const words = console_words();
  const one = { id: '0198a1b2-0000-7000-8000-00000a1b3f7c', name: null };
  const two = { id: '0198a1b2-0000-7000-8000-00000a1b9d2e', name: null };

  test('are told apart, always in the same way, in every language', async () => {
    await words.use('en');
    expect([one, two, one].map((each) => customer_name(words, each))).toEqual(['Visitor 3F7C', 'Visitor 9D2E', 'Visitor 3F7C']);
    await words.use('zh');
    expect(customer_name(words, one)).toBe('访客 3F7C');
    await words.use('en');
    expect(customer_name(words, { ...one, name: 'Ann' })).toBe('Ann');
  });

  test('have letters of their own, and colours', () => {
    const face = (id: string) => {
      const target = document.createElement('div');
      mount(Avatar, { target, props: { name: 'Visitor', visitor: { id, signed: false, created_at: '' } } });
      return [target.textContent?.trim(), target.querySelector('.avatar')?.className.match(/hue\d/)?.[0]];
    };
    const faces = Array.from({ length: 16 }, (_, i) => face(`0a1b${(i * 4099 + 4096).toString(16)}`));
    expect(new Set(faces.map(([letters]) => letters)).size).toBe(16);
    expect(new Set(faces.map(([, hue]) => hue)).size).toBe(5);
    expect(face(`0a1b${(4096).toString(16)}`)).toEqual(faces[0]);
  });
});

test('a conversation is called by its topic, without one by its queue in the reader’s language', async () => {
  const words = console_words();
  const queue = { id: 'q', name: 'Something else · 其他问题' };
  await words.use('en');
  expect([{ topic: 'returns', queue }, { queue }, { queue: { id: 'v', name: 'VIP · Gold' } }, {}].map((one) => about(words, one))).toEqual(['Returns and after-sales', 'Something else', 'VIP · Gold', '']);
  await words.use('zh');
  expect(about(words, { queue })).toBe('其他问题');
});
