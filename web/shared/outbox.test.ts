import { expect, test, vi } from 'vitest';
import { MemoryKeep } from './keep.ts';
import { Outbox, type Pending } from './outbox.svelte.ts';
import { Refusal } from './refusal.ts';

const refused = (code: string): Refusal => new Refusal({ code: 'conflict', message: 'No.', retryable: false, details: { reason: code } });
const settled = () => new Promise((resolve) => setTimeout(resolve));

test('test_d1: what is said is sent one after the other, in the order it was said', async () => {
  const sent: string[] = [];
  let running = 0;
  const outbox = new Outbox(new MemoryKeep(), async ({ text }) => {
    expect(++running).toBe(1);
    await settled();
    sent.push(text);
    running -= 1;
  });
  for (const text of ['a', 'b', 'c']) outbox.add(text, { conversation: 'c1' });
  await vi.waitFor(() => expect(outbox.pending).toEqual([]));
  expect(sent).toEqual(['a', 'b', 'c']);
});

test('test_d2: it survives a reload under the same client_id', async () => {
  const keep = new MemoryKeep();
  const never = new Outbox(keep, () => new Promise(() => {}));
  const ids = ['a', 'b'].map((text) => never.add(text, { conversation: 'c1' }));

  const sent: Pending[] = [];
  const again = new Outbox(keep, async (pending) => void sent.push(pending));
  expect(again.pending.map(({ text }) => text)).toEqual(['a', 'b']);
  await again.flush();
  expect(sent.map(({ client_id }) => client_id)).toEqual(ids);
  expect(keep.keys('')).toEqual([]);
});

test('a refusal stays on the message with its reason, the next one goes on, and trying again works', async () => {
  const send = vi.fn(async () => {}).mockRejectedValueOnce(refused('conversation_closed'));
  const outbox = new Outbox(new MemoryKeep(), send);
  const late = outbox.add('too late', { conversation: 'c1' });
  outbox.add('other', { conversation: 'c2' });
  await vi.waitFor(() => expect(outbox.pending).toHaveLength(1));
  expect(outbox.pending[0]).toMatchObject({ state: 'failed', why: { code: 'conversation_closed' } });
  outbox.retry(late);
  await vi.waitFor(() => expect(outbox.pending).toEqual([]));
});

test('test_f3: what one customer said waits for them, and the next never sees it', async () => {
  const keep = new MemoryKeep();
  const outbox = new Outbox(keep, () => new Promise(() => {}), 'ann');
  outbox.add('secret', { conversation: 'c1' });
  outbox.belongsTo('bob', false);
  expect(outbox.pending).toEqual([]);
  outbox.belongsTo('ann', false);
  expect(outbox.pending.map(({ text }) => text)).toEqual(['secret']);
});

test('a stranger who signs in takes along what waits; one who logs out leaves nothing', () => {
  const outbox = new Outbox(new MemoryKeep(), () => new Promise(() => {}));
  outbox.add('hello', { conversation: null });
  outbox.belongsTo('ann', true);
  expect(outbox.pending.map(({ text }) => text)).toEqual(['hello']);
  outbox.belongsTo('', false);
  outbox.add('again', { conversation: null });
  outbox.belongsTo('', false);
  expect(outbox.pending).toEqual([]);
});

test('test_f3: what is under way stops when somebody else sits here, and waits for its owner', async () => {
  const keep = new MemoryKeep();
  let stopped = false;
  const outbox = new Outbox(keep, (_, __, stop) => new Promise((_resolve, reject) => {
    stop.addEventListener('abort', () => { stopped = true; reject(refused('stopped')); });
  }), 'ann');
  outbox.add('secret', { conversation: null });
  outbox.belongsTo('bob', false);
  await settled();
  expect([stopped, outbox.pending]).toEqual([true, []]);
  outbox.belongsTo('ann', false);
  expect(outbox.pending).toMatchObject([{ text: 'secret', state: 'waiting' }]);
});

test('where the page is not served over https there is no randomUUID, and still something may be said', () => {
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
  const outbox = new Outbox(new MemoryKeep(), () => new Promise(() => {}));
  const ids = ['a', 'b'].map((text) => outbox.add(text, { conversation: 'c' }));
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{20,64}$/);
  expect(new Set(ids).size).toBe(2);
});

test('what is kept but broken is left alone', () => {
  const keep = new MemoryKeep({ 'outbox::x': '{', 'outbox::y': '{"text":1}' });
  expect(new Outbox(keep, async () => {}).pending).toEqual([]);
});
