import type { Pending } from '@kefu/shared/outbox.svelte.ts';
import type { Message } from '@kefu/shared/protocol.gen.ts';
import { expect, test } from 'vitest';
import { rows, tick, type Group } from './rows.ts';

const at = (hour: number, minute: number, second = 0, day = 14) => new Date(2026, 4, day, hour, minute, second);
const said = (seq: number, when: Date, kind: Message['sender']['kind'], id: string = kind): Message => ({
  conversation: 'c', seq, client_id: `c${seq}`, sender: { kind, id }, text: `${seq}`, at: when.toISOString(),
});
const waits = (client_id: string, when: Date, state: Pending['state'] = 'waiting'): Pending => ({
  client_id, conversation: 'c', text: client_id, said_at: when.getTime(), state,
});
const shape = (messages: Message[], pending: Pending[] = []) =>
  rows(messages, pending).map((row) => (row.kind === 'group' ? row.items.map((item) => item.key).join('+') : row.kind));

test('bubbles are grouped by person and minute, days and notices stand between', () => {
  expect(
    shape([
      said(1, at(10, 0, 5), 'customer'), said(2, at(10, 0, 40), 'customer'), said(3, at(10, 1), 'customer'),
      said(4, at(10, 1), 'system'), said(5, at(10, 1), 'agent', 'a'), said(6, at(10, 1), 'agent', 'b'), said(7, at(9, 0, 0, 15), 'agent', 'b'),
    ]),
  ).toEqual(['day', 'c1+c2', 'c3', 'notice', 'c5', 'c6', 'day', 'c7']);
});

test('what waits stands last, under the name it will keep', () => {
  expect(shape([said(1, at(10, 0), 'customer')], [waits('x', at(10, 0, 30)), waits('y', at(9, 0))])).toEqual(['day', 'c1+x+y']);
});

test('a tick tells how far the last word has come', () => {
  const last = (messages: Message[], pending: Pending[] = []) => rows(messages, pending).at(-1) as Group;
  const one = [said(3, at(10, 0), 'customer')];
  expect(tick(last(one), { agent: 2 }, false)).toBe('sent');
  expect(tick(last(one), { agent: 2 }, true)).toBe('delivered');
  expect(tick(last(one), { agent: 3 }, true)).toBe('read');
  expect(tick(last(one, [waits('x', at(10, 0))]), { agent: 3 }, true)).toBe('waiting');
  expect(tick(last(one, [waits('x', at(10, 0), 'failed')]), {}, true)).toBe('failed');
});
