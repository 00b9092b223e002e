import { describe, expect, test, vi } from 'vitest';
import type { Message, MessagePage } from './protocol.gen.ts';
import { Refusal } from './refusal.ts';
import { Stream } from './stream.svelte.ts';

const message = (seq: number): Message => ({
  conversation: 'c', seq, client_id: `client-${seq}`, sender: { kind: 'agent', id: 'a', name: 'Lin' }, text: `${seq}`, at: '2026-05-14T10:00:00Z',
});
const server = (head: number, limit = 200) =>
  vi.fn((after: number): Promise<MessagePage> => {
    const all = Array.from({ length: head }, (_, i) => message(i + 1));
    return Promise.resolve({ messages: all.slice(after, after + limit), head });
  });
/** A server that has other messages from number `from` on than `server` has: it lost those, and numbered on. */
const restored = (from: number, head: number) => {
  const anew = (seq: number): Message => (seq < from ? message(seq) : { ...message(seq), client_id: `anew-${seq}` });
  const all = Array.from({ length: head }, (_, i) => anew(i + 1));
  return { all, fetch: (after: number): Promise<MessagePage> => Promise.resolve({ messages: all.slice(after), head }) };
};
const seqs = (stream: Stream): number[] => stream.messages.map(({ seq }) => seq);

test('test_p3: messages stand in order, each once, however they come', async () => {
  const stream = new Stream(server(4));
  for (const seq of [1, 2, 2, 4, 1, 3, 4]) stream.receive(message(seq));
  await stream.fill();
  expect(seqs(stream)).toEqual([1, 2, 3, 4]);
  expect(stream.behind).toBe(false);
});

test('test_p3: a hole is noticed and read from the server once', async () => {
  const fetch = server(5);
  const stream = new Stream(fetch);
  stream.receive(message(1));
  stream.receive(message(4));
  stream.receive(message(5));
  expect(seqs(stream)).toEqual([1]);
  expect(stream.behind).toBe(true);
  await stream.fill();
  expect(seqs(stream)).toEqual([1, 2, 3, 4, 5]);
  expect(fetch).toHaveBeenCalledTimes(1);
});

test('a head that is ahead is read in pages', async () => {
  const fetch = server(450);
  const stream = new Stream(fetch);
  stream.headIs(450);
  await stream.fill();
  expect(stream.last).toBe(450);
  expect(fetch.mock.calls.map(([after]) => after)).toEqual([0, 199, 398]); // the last one that is known comes again
});

test('test_d6: a reading that failed says so, and the next head asks again', async () => {
  const fetch = server(3).mockRejectedValueOnce(new Error('500'));
  const stream = new Stream(fetch);
  stream.headIs(3);
  await stream.fill();
  expect(stream.behind).toBe(true);
  stream.headIs(3);
  await stream.fill();
  expect(seqs(stream)).toEqual([1, 2, 3]);
});

test('test_p3: a hole that could not be read is tried again by itself, until that works or the stream is closed', async () => {
  vi.useFakeTimers();
  const away = new Refusal({ code: 'unavailable', message: 'Later.', retryable: true });
  const fetch = server(3).mockRejectedValueOnce(away).mockRejectedValueOnce(away);
  const stream = new Stream(fetch);
  stream.receive(message(3));
  await vi.advanceTimersByTimeAsync(5_000);
  expect([seqs(stream), stream.behind]).toEqual([[1, 2, 3], false]);

  const closed = new Stream(server(3).mockRejectedValue(away));
  closed.receive(message(3));
  await vi.advanceTimersByTimeAsync(0);
  closed.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('what was missing and came with the newest messages is missing no more', async () => {
  const stream = new Stream(server(3).mockRejectedValueOnce(new Error('500')));
  stream.headIs(3);
  await stream.fill();
  stream.seed([1, 2, 3].map(message), 3);
  expect(stream.behind).toBe(false);
});

test('it may begin with the newest messages and read the earlier ones later', async () => {
  const stream = new Stream(server(300));
  stream.seed(Array.from({ length: 50 }, (_, i) => message(251 + i)), 300);
  expect(stream.hasEarlier).toBe(true);
  await stream.earlier();
  expect(seqs(stream)[0]).toBe(51);
  await stream.earlier();
  expect(seqs(stream)).toHaveLength(300);
  expect(stream.hasEarlier).toBe(false);
});

describe('a server that lost what it had', () => {
  const lost = (known: number, from: number, head: number) => {
    const fetch = server(known);
    const stream = new Stream(fetch);
    stream.seed(Array.from({ length: known }, (_, i) => message(i + 1)), known);
    const after = restored(from, head);
    fetch.mockImplementation(after.fetch);
    return { stream, all: after.all };
  };

  test('is shown as it is when the page asks again', async () => {
    const { stream } = lost(5, 4, 3);
    await stream.fill();
    expect([seqs(stream), stream.behind]).toEqual([[1, 2, 3], false]);
    stream.receive(message(4));
    expect(seqs(stream)).toEqual([1, 2, 3, 4]);
  });

  test('shows what it stores under a number that was known', async () => {
    const { stream, all } = lost(5, 4, 4);
    stream.receive(all[3] as Message);
    await vi.waitFor(() => expect(stream.messages).toEqual(all));
    expect(stream.behind).toBe(false);
  });

  test('is found out also when it has more again than before', async () => {
    const { stream, all } = lost(5, 4, 7);
    stream.headIs(7);
    await stream.fill();
    expect(stream.messages).toEqual(all);
  });

  test('is believed when it shows the newest, even if that is nothing', async () => {
    const { stream, all } = lost(5, 4, 3);
    stream.seed(all);
    await vi.waitFor(() => expect([seqs(stream), stream.behind]).toEqual([[1, 2, 3], false]));
    const empty = lost(2, 1, 0);
    empty.stream.seed([]);
    await vi.waitFor(() => expect([seqs(empty.stream), empty.stream.behind]).toEqual([[], false]));
  });

  test('is not one whose word is merely late', async () => {
    const fetch = server(5);
    const stream = new Stream(fetch);
    stream.seed([1, 2, 3, 4].map(message), 4);
    stream.receive(message(5));
    stream.headIs(3);
    stream.receive(message(2));
    expect(fetch).not.toHaveBeenCalled();
    stream.seed([1, 2, 3, 4].map(message), 4);
    await stream.fill();
    expect(seqs(stream)).toEqual([1, 2, 3, 4, 5]);
  });
});
