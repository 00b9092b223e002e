import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CONNECT_MS, SocketIo } from './wire.ts';

class FakeWebSocket {
  static all: FakeWebSocket[] = [];
  sent: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(readonly url: string) { FakeWebSocket.all.push(this); }
  send(packet: string): void { this.sent.push(packet); }
  close(): void {}
  says(data: string): void { this.onmessage?.({ data }); }
}
const ears = { heard: vi.fn(), event: vi.fn(), lost: vi.fn() };
let wire: SocketIo;
const socket = (): FakeWebSocket => FakeWebSocket.all.at(-1) as FakeWebSocket;

beforeEach(() => {
  FakeWebSocket.all = [];
  vi.stubGlobal('WebSocket', FakeWebSocket);
  vi.useFakeTimers();
  for (const ear of Object.values(ears)) ear.mockReset();
  wire = new SocketIo('https://kefu.example/socket.io/', '/visitor', ears);
  wire.open({ site: 'demo' });
});
afterEach(() => {
  wire.close();
  vi.useRealTimers();
});

function connected(): void {
  socket().onopen?.();
  socket().says('0{"sid":"x"}');
  socket().says('40/visitor,{"sid":"y"}');
}

test('it opens a websocket, enters the namespace with its auth and answers pings', () => {
  connected();
  socket().says('2');
  expect(socket().url).toBe('wss://kefu.example/socket.io/?EIO=4&transport=websocket');
  expect(socket().sent).toEqual(['40/visitor,{"site":"demo"}', '3']);
  expect(ears.heard).toHaveBeenCalledTimes(3);
});

test('an event is heard, one of another namespace is not', () => {
  connected();
  socket().says('42/visitor,["message:created",{"text":"a, b\\n[c]"}]');
  socket().says('42/agent,["message:created",{}]');
  expect(ears.event.mock.calls).toEqual([['message:created', { text: 'a, b\n[c]' }]]);
});

test('each acknowledgement finds its command', async () => {
  connected();
  const [one, two] = [wire.ask('a', {}, 100), wire.ask('b', { n: 2 }, 100)];
  socket().says('43/visitor,1[{"ok":true,"data":2}]');
  socket().says('43/visitor,0[{"ok":true,"data":1}]');
  expect(await Promise.all([one, two])).toEqual([{ ok: true, data: 1 }, { ok: true, data: 2 }]);
  expect(socket().sent.slice(1)).toEqual(['42/visitor,0["a",{}]', '42/visitor,1["b",{"n":2}]']);
});

test('no answer in time is a failure, and so is a lost line', async () => {
  connected();
  const late = expect(wire.ask('a', {}, 100)).rejects.toThrow();
  await vi.advanceTimersByTimeAsync(100);
  await late;
  const cut = expect(wire.ask('b', {}, 10_000)).rejects.toThrow();
  socket().onclose?.();
  await cut;
  expect(ears.lost).toHaveBeenCalledExactlyOnceWith(null);
});

test('a refusal at the door comes with its code', () => {
  socket().onopen?.();
  socket().says('0{}');
  socket().says('44/visitor,{"message":"No.","data":{"code":"unauthorized","message":"No.","retryable":false}}');
  expect(ears.lost).toHaveBeenCalledExactlyOnceWith({ code: 'unauthorized', message: 'No.', retryable: false });
});

test('where a websocket cannot be opened it polls; where neither works it is lost', async () => {
  const fetch = vi.fn().mockRejectedValue(new TypeError('refused'));
  vi.stubGlobal('fetch', fetch);
  socket().onerror?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(fetch.mock.calls[0]?.[0]).toBe('https://kefu.example/socket.io/?EIO=4&transport=polling');
  expect(ears.lost).toHaveBeenCalledExactlyOnceWith(null);
});

test('a websocket that a proxy opens and then cuts without a word is not tried for ever: it polls', () => {
  const fetch = vi.fn(() => new Promise<never>(() => {}));
  vi.stubGlobal('fetch', fetch);
  socket().onopen?.();
  socket().onclose?.();
  expect([fetch.mock.calls.length, ears.lost.mock.calls.length]).toEqual([1, 0]);
});

test('a line that falls silent before the session begins is given up too', async () => {
  vi.stubGlobal('fetch', vi.fn().mockRejectedValue(new TypeError('refused')));
  connected();
  await vi.advanceTimersByTimeAsync(CONNECT_MS);
  expect(ears.lost).toHaveBeenCalledOnce();
});

test('once the session has begun, patience is over', async () => {
  connected();
  socket().says('42/visitor,["session:started",{}]');
  await vi.advanceTimersByTimeAsync(CONNECT_MS);
  expect(ears.lost).not.toHaveBeenCalled();
});

test('a websocket that never answers is given up', async () => {
  vi.stubGlobal('fetch', vi.fn().mockRejectedValue(new TypeError('refused')));
  await vi.advanceTimersByTimeAsync(CONNECT_MS);
  expect(ears.lost).toHaveBeenCalledOnce();
});
