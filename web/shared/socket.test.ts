import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { VisitorCommands, VisitorEvents } from './protocol.gen.ts';
import { Socket } from './socket.svelte.ts';
import type { Wire, WireEars } from './wire.ts';

class FakeWire implements Wire {
  opened: Record<string, unknown>[] = [];
  closed = 0;
  answers: unknown[] = [];
  asked: [string, unknown][] = [];
  constructor(readonly ears: WireEars) {}
  open(auth: Record<string, unknown>): void { this.opened.push(auth); }
  close(): void { this.closed += 1; }
  ask(name: string, payload: unknown): Promise<unknown> {
    this.asked.push([name, payload]);
    const answer = this.answers.shift();
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }
  start(): void { this.ears.event('session:started', {}); }
}
let wire: FakeWire;
let socket: Socket<VisitorCommands, VisitorEvents>;
const SEND = { conversation: 'c', client_id: 'once-once', text: 'Hi' };
const STORED = { ok: true, data: { seq: 1, at: '' } };
const away = { ok: false, error: { code: 'unavailable', message: 'Later.', retryable: true } };

beforeEach(() => {
  vi.useFakeTimers();
  socket = new Socket('/visitor', { auth: () => ({ n: wire.opened.length }), wire: (_, ears) => (wire = new FakeWire(ears)) });
  socket.connect();
});
afterEach(() => {
  socket.close();
  vi.useRealTimers();
});

test('it is online with session:started and not before', () => {
  expect(socket.state).toBe('connecting');
  wire.start();
  expect(socket.state).toBe('online');
});

test('test_d7: nothing heard for 5 s counts as lost, and it comes back with fresh auth', async () => {
  wire.start();
  await vi.advanceTimersByTimeAsync(4_000);
  wire.ears.heard();
  await vi.advanceTimersByTimeAsync(4_000);
  expect(socket.state).toBe('online');
  await vi.advanceTimersByTimeAsync(2_000);
  expect(socket.state).toBe('offline');
  await vi.advanceTimersByTimeAsync(600);
  expect(wire.opened).toEqual([{ n: 0 }, { n: 1 }]);
  wire.start();
  expect([socket.state, socket.lost_at]).toEqual(['online', null]);
});

test('test_d18: told to stay away, it stays away at least that long', async () => {
  wire.start();
  wire.ears.event('session:ended', { code: 'shutdown', message: '', retry_after_ms: 3_000 });
  await vi.advanceTimersByTimeAsync(3_000);
  expect(wire.opened).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(3_600);
  expect(wire.opened).toHaveLength(2);
});

test('an end without a time to come back is an end', async () => {
  wire.start();
  wire.ears.event('session:ended', { code: 'signed_out', message: 'Bye.' });
  await vi.advanceTimersByTimeAsync(60_000);
  expect([socket.state, socket.ended?.code, wire.opened.length]).toEqual(['ended', 'signed_out', 1]);
});

test('a refusal at the door that waiting cannot change is an end; another is tried again', async () => {
  wire.ears.lost({ code: 'unavailable', message: 'Later.', retryable: true });
  await vi.advanceTimersByTimeAsync(600);
  expect(wire.opened).toHaveLength(2);
  wire.ears.lost({ code: 'unauthorized', message: 'No.', retryable: false });
  expect(socket.ended?.code).toBe('unauthorized');
});

test('insist repeats what may help, says so, and answers in the end', async () => {
  wire.start();
  wire.answers = [new Error('silence'), away, STORED];
  const trouble = vi.fn();
  const stored = socket.insist('message:send', SEND, trouble);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await stored).toEqual({ seq: 1, at: '' });
  expect(trouble.mock.calls.map(([why]) => why.code)).toEqual(['timeout', 'unavailable']);
});

test('insist while offline waits for the line and goes on at once when it is there', async () => {
  wire.answers = [STORED];
  const stored = socket.insist('message:send', SEND);
  await vi.advanceTimersByTimeAsync(10);
  expect(wire.asked).toEqual([]);
  wire.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(await stored).toEqual({ seq: 1, at: '' });
});

test('insist throws what repeating cannot change', async () => {
  wire.start();
  wire.answers = [{ ok: false, error: { code: 'conflict', message: 'Over.', retryable: false, details: { reason: 'conversation_closed' } } }];
  await expect(socket.insist('message:send', SEND)).rejects.toMatchObject({ code: 'conflict', reason: 'conversation_closed' });
});

test('test_d8: back online during the very first attempt, it does not wait for the next one', async () => {
  for (let n = 0; n < 5; n += 1) {
    wire.ears.lost(null);
    await vi.advanceTimersToNextTimerAsync();
  }
  wire.ears.lost(null);
  const opened = wire.opened.length;
  window.dispatchEvent(new Event('online'));
  expect([socket.state, wire.opened.length]).toEqual(['connecting', opened + 1]);
});

test('test_d15: a page put aside holds no connection, and takes it up when shown again', () => {
  wire.start();
  const closed = wire.closed;
  window.dispatchEvent(new Event('pagehide'));
  expect(wire.closed).toBe(closed + 1);
  window.dispatchEvent(new Event('pageshow'));
  expect(wire.opened).toHaveLength(2);
});
