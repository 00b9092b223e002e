import { flushSync } from 'svelte';
import { expect, test, vi } from 'vitest';
import { further, newer, Thread, weave } from './conversation.svelte.ts';
import { MemoryKeep } from './keep.ts';
import { Outbox } from './outbox.svelte.ts';
import type { Message } from './protocol.gen.ts';

const message = (seq: number, more: Partial<Message> = {}): Message => ({
  conversation: 'c', seq, client_id: `client-${seq}`, sender: { kind: 'agent', id: 'a' }, text: `${seq}`, at: '2026-05-14T10:00:00Z', ...more,
});
const thread = () => {
  const outbox = new Outbox(new MemoryKeep(), () => new Promise(() => {}));
  return { outbox, talk: new Thread('c', { outbox, since: () => Promise.resolve({ messages: [], head: 0 }) }) };
};

test('a message is shown at once, and the broadcast of it takes its place', () => {
  const { talk, outbox } = thread();
  const client_id = talk.say('Hello');
  expect(talk.pending.map(({ text }) => text)).toEqual(['Hello']);
  talk.receive(message(1, { client_id, text: 'Hello' }));
  flushSync();
  expect(talk.pending).toEqual([]);
  expect(talk.messages.map(({ text }) => text)).toEqual(['Hello']);
  expect(outbox.pending).toEqual([]); // the acknowledgement may be lost, or go to another tab
});

test('test_d17: typing clears by itself after 5 s, and at once when the words arrive', () => {
  vi.useFakeTimers();
  const { talk } = thread();
  talk.typingIs({ conversation: 'c', kind: 'agent', on: true, name: 'Lin' });
  vi.advanceTimersByTime(4_900);
  expect(talk.typing?.name).toBe('Lin');
  vi.advanceTimersByTime(200);
  expect(talk.typing).toBeNull();
  talk.typingIs({ conversation: 'c', kind: 'agent', on: true });
  talk.receive(message(1));
  expect(talk.typing).toBeNull();
  vi.useRealTimers();
});

test('notes stand behind the message they were written after, and keep their own numbers', () => {
  const note = (seq: number, after: number) => message(seq, { private: true, after, text: `note ${seq}` });
  const woven = weave([message(1), message(2), message(3)], [note(1, 0), note(2, 2), note(3, 9)]);
  expect(woven.map(({ text }) => text)).toEqual(['note 1', '1', '2', 'note 2', '3', 'note 3']);
});

test('test_d11: of two views the one with the larger epoch wins, and what only grows never shrinks', () => {
  const view = (epoch: number, head: number, agent: number) => ({ id: 'c', epoch, head, read: { agent } });
  expect(newer(view(3, 5, 4), view(2, 7, 1))).toMatchObject({ epoch: 3, head: 7, read: { agent: 4 } });
  expect(newer(view(3, 5, 4), view(3, 5, 5))).toMatchObject({ epoch: 3, read: { agent: 5 } });
  expect(newer(undefined, view(1, 1, 0))).toMatchObject({ epoch: 1 });
  expect(further({ agent: 2 }, { customer: 1 })).toEqual({ agent: 2, customer: 1, delivered: 0 });
});
