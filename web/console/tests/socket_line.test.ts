import type { Wire, WireEars } from '@kefu/shared/wire.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LineState } from '../src/state/line.ts';
import { SocketLine } from '../src/state/socket_line.svelte.ts';

const GOODBYE = { code: 'shutdown', message: 'Back soon.', retry_after_ms: 500 };

/** A server in memory. What is asked stays unanswered until the line is cut, or `answer` says what comes. */
class FakeWire implements Wire {
  asked: [string, unknown][] = [];
  answer: unknown = null;
  #cut: (() => void)[] = [];
  constructor(readonly ears: WireEars) {}
  open(): void {}
  close(): void {
    for (const cut of this.#cut.splice(0)) cut();
  }
  ask(name: string, payload: unknown): Promise<unknown> {
    this.asked.push([name, payload]);
    if (this.answer) return Promise.resolve(this.answer);
    return new Promise((_, reject) => this.#cut.push(() => reject(new Error('no answer'))));
  }
  start(): void { this.ears.event('session:started', {}); }
  says_goodbye(): void { this.ears.event('session:ended', GOODBYE); }
}
let wire: FakeWire;
let line: SocketLine;
let state: LineState[];

beforeEach(() => {
  vi.useFakeTimers();
  state = [];
  line = new SocketLine({ wire: (_, ears) => (wire = new FakeWire(ears)), url: 'http://shop.example' });
  line.on_state((now) => state.push(now));
  line.open();
  wire.start();
});
afterEach(() => {
  line.close();
  vi.useRealTimers();
});

const of = (name: string): unknown[] => wire.asked.filter(([asked]) => asked === name).map(([, payload]) => payload);

test('d18: what was asked in the moment in which a node says goodbye is asked again on the next line', async () => {
  const accepted = line.ask('offer:accept', { offer: 'o1' });
  wire.says_goodbye();
  const status = line.ask('status:set', { status: 'busy' });
  await vi.advanceTimersByTimeAsync(4_000);
  expect([of('offer:accept').length, of('status:set').length]).toEqual([1, 0]);

  wire.answer = { ok: true, data: { done: true } };
  wire.start();
  await vi.advanceTimersByTimeAsync(0);

  expect(await accepted).toEqual({ ok: true, data: { done: true } });
  expect((await status).ok).toBe(true);
  expect([of('offer:accept').length, of('status:set').length]).toEqual([2, 1]);
});

test('a transfer that may have arrived is not said twice, and one that was never sent is', async () => {
  const sent = line.ask('conversation:transfer', { conversation: 'c1', to: { queue: 'q1' } });
  wire.says_goodbye();
  expect(await sent).toMatchObject({ ok: false, error: { code: 'timeout' } });

  const unsent = line.ask('conversation:transfer', { conversation: 'c2', to: { queue: 'q1' } });
  await vi.advanceTimersByTimeAsync(2_000);
  wire.answer = { ok: true, data: {} };
  wire.start();
  await vi.advanceTimersByTimeAsync(0);
  expect((await unsent).ok).toBe(true);
  expect(of('conversation:transfer')).toEqual([{ conversation: 'c1', to: { queue: 'q1' } }, { conversation: 'c2', to: { queue: 'q1' } }]);
});

test('p9: nobody waits for ever, and what the server refuses is not said again', async () => {
  wire.answer = { ok: false, error: { code: 'conflict', message: 'Taken.', retryable: false } };
  expect(await line.ask('offer:accept', { offer: 'o1' })).toMatchObject({ ok: false, error: { code: 'conflict' } });
  expect(of('offer:accept')).toHaveLength(1);

  wire.answer = null;
  wire.says_goodbye();
  const closed = line.ask('conversation:close', { conversation: 'c1', outcome: 'resolved' });
  await vi.advanceTimersByTimeAsync(15_000);
  expect(await closed).toMatchObject({ ok: false, error: { code: 'offline' } });
});

test('d5: what has a repeater of its own is left to it', async () => {
  wire.says_goodbye();
  for (const command of ['conversation:open', 'conversation:leave'] as const) {
    expect(await line.ask(command, { conversation: 'c1' })).toMatchObject({ ok: false, error: { code: 'offline' } });
  }
});

test('when the session is over for good the answer comes at once', async () => {
  const closed = line.ask('conversation:close', { conversation: 'c1', outcome: 'resolved' });
  wire.ears.event('session:ended', { code: 'signed_out', message: 'Bye.' });
  await vi.advanceTimersByTimeAsync(0);
  expect(await closed).toMatchObject({ ok: false });
});
