import type { Boot, FromPanel } from '@kefu/shared/bridge.ts';
import type { Conversation, Message } from '@kefu/shared/protocol.gen.ts';
import type { Wire, WireEars } from '@kefu/shared/wire.ts';
import { beforeEach, expect, test, vi } from 'vitest';
import { words } from '../i18n/index.ts';
import { Host } from './host.ts';
import { Panel } from './panel.svelte.ts';

/** A server in memory: answers what a test told it to, and remembers what it was asked. */
class FakeServer implements Wire {
  opened = 0;
  asked: [string, Record<string, unknown>][] = [];
  answers: Record<string, (payload: Record<string, unknown>) => unknown> = {};
  constructor(readonly ears: WireEars) {}
  open(): void { this.opened += 1; }
  close(): void {}
  ask(name: string, payload: unknown): Promise<unknown> {
    this.asked.push([name, payload as Record<string, unknown>]);
    const answer = this.answers[name];
    if (!answer) return Promise.resolve({ ok: true, data: { conversations: [], messages: [], head: 0 } });
    return Promise.resolve(answer(payload as Record<string, unknown>));
  }
  welcome(conversation: Conversation | null = null, topics: string[] = []): void {
    this.ears.event('session:started', {
      token: 't', visitor: { id: 'v' }, conversation, hours: { service: 'open' }, limits: {},
      shop: { name: 'Shop', accent: '#2f6f5e', topics },
    });
  }
  told(name: string): Record<string, unknown>[] {
    return this.asked.filter(([asked]) => asked === name).map(([, payload]) => payload);
  }
}
const talk = (more: Partial<Conversation> = {}): Conversation => ({
  id: 'c', state: 'active', head: 1, epoch: 1, created_at: '2026-05-14T10:00:00Z', agent: { id: 'a', name: 'Lin' },
  read: { customer: 0, agent: 0, delivered: 0 }, ...more,
});
const hello: Message = {
  conversation: 'c', seq: 1, client_id: 'from-lin', sender: { kind: 'agent', id: 'a', name: 'Lin' }, text: 'Hello', at: '2026-05-14T10:00:00Z',
};
const boot = (more: Partial<Boot> = {}): Boot => ({
  kefu: 'boot', site: 'demo', locale: 'en', identity: null, attributes: {}, page: { url: '/', title: '' }, open: true, full: false, anew: false, kept: {}, ...more,
});
const settled = () => new Promise((resolve) => setTimeout(resolve));
const closed = { ok: false, error: { code: 'conflict', message: 'Over.', retryable: false, details: { reason: 'conversation_closed' } } };

let server: FakeServer;
const told: FromPanel[] = [];
function panel(more: Partial<Boot> = {}): Panel {
  const shop = { postMessage: (said: FromPanel) => void told.push(said) } as unknown as Window;
  return new Panel(boot(more), new Host('https://shop.example', shop), words(), (_, ears) => (server = new FakeServer(ears)));
}

beforeEach(() => {
  localStorage.clear();
  told.length = 0;
});

test('a page that names the same customer again, as many do on every change of view, costs no connection', () => {
  const ann = { id: 'ann', hash: 'x', name: 'Ann' };
  const shown = panel({ identity: ann });
  server.welcome();
  shown.hear({ kefu: 'user', identity: { ...ann } });
  expect(server.opened).toBe(1);
  shown.hear({ kefu: 'user', identity: { ...ann, hash: 'newer' } });
  expect(server.opened).toBe(2);
});

test('f3: who sits here after a log-out that came before the panel has nothing of the former customer', async () => {
  const former = panel();
  server.welcome();
  former.say('A secret');
  former.keep.set('draft:new', 'another');
  const shown = panel({ anew: true });
  expect([shown.keep.get('token'), shown.keep.get('draft:new'), shown.talks.outbox.pending]).toEqual([null, null, []]);
});

test('test_d10: words that came too late for a talk that is gone from view wait where the next one begins', async () => {
  const shown = panel();
  server.answers['message:send'] = () => closed;
  server.answers['message:since'] = () => ({ ok: true, data: { messages: [hello], head: 1 } });
  server.welcome(talk());
  await settled();
  server.ears.lost(null);
  shown.say('Are you still there?');

  const reloaded = panel();
  server.answers['message:send'] = () => closed;
  server.welcome(null);
  await vi.waitFor(() => expect(reloaded.talks.pending).toMatchObject([{ text: 'Are you still there?', state: 'failed' }]));
  server.answers['conversation:start'] = ({ client_id, text }) => ({
    ok: true,
    data: {
      conversation: talk({ id: 'd', state: 'queued' }),
      message: { ...hello, conversation: 'd', client_id, text, sender: { kind: 'customer', id: 'v' } },
    },
  });
  const [late] = reloaded.talks.pending;
  if (late) reloaded.talks.sayAnew(late);
  await vi.waitFor(() => expect(reloaded.talks.thread?.messages.map(({ text }) => text)).toEqual(['Are you still there?']));
  expect(reloaded.talks.outbox.pending).toEqual([]);
});

test('d18: an end, or a rating, that a node did not hear while it said goodbye is said to the next one', async () => {
  const shown = panel();
  server.welcome(talk());
  server.answers['conversation:end'] = () => Promise.reject(new Error('cut'));
  const ended = shown.talks.end();
  server.ears.lost(null);
  const rated = shown.talks.rate('c', 5, '');
  await settled();
  expect([server.told('conversation:end').length, server.told('conversation:rate').length]).toEqual([1, 0]);

  const over = { ok: true, data: { conversation: talk({ state: 'closed' }) } };
  server.answers['conversation:end'] = server.answers['conversation:rate'] = () => over;
  server.welcome(talk());
  await Promise.all([ended, rated]);
  expect([server.told('conversation:end').length, server.told('conversation:rate').length]).toEqual([2, 1]);
  expect(shown.talks.isOpen).toBe(false);
});

test('a new conversation after one that was rated begins at home, with its topics; what is only typed begins without one', async () => {
  const shown = panel();
  server.welcome(talk(), ['complaint']);
  server.ears.event('conversation:changed', talk({ state: 'closed', epoch: 2, rating: { score: 5, at: '2026-05-14T10:00:00Z' } }));
  await settled();
  expect(shown.view.name).toBe('talk');
  const looked = shown.focus;
  shown.again();
  expect([shown.view.name, shown.talks.current, shown.focus]).toEqual(['home', null, looked + 1]);
  shown.talk('complaint');
  expect(shown.view).toEqual({ name: 'talk', topic: 'complaint' });
});

test('beginning again leads back to what is open, and past the topics where the shop has none', async () => {
  const shown = panel();
  server.welcome(talk());
  await settled();
  shown.look(talk({ id: 'before', state: 'closed' }));
  shown.again();
  expect([shown.view.name, shown.talks.current?.id]).toEqual(['talk', 'c']);
  server.ears.event('conversation:changed', talk({ state: 'closed', epoch: 2 }));
  shown.again();
  expect([shown.view.name, shown.talks.current]).toEqual(['talk', null]);
});

test('that something was read is told again when the line broke before anybody heard it', async () => {
  const shown = panel();
  server.answers['message:since'] = () => ({ ok: true, data: { messages: [hello], head: 1 } });
  server.welcome(talk());
  await vi.waitFor(() => expect(shown.talks.thread?.public.last).toBe(1));
  server.answers['read:set'] = () => Promise.reject(new Error('cut'));
  shown.talks.seen();
  await settled();
  server.ears.lost(null);
  server.asked = [];
  server.answers['read:set'] = () => ({ ok: true, data: {} });
  server.welcome(talk());
  await settled();
  expect(server.told('read:set')).toContainEqual({ conversation: 'c', seq: 1 });
});

test('what arrived while the line was broken counts as delivered, too', async () => {
  panel();
  server.answers['message:since'] = () => ({ ok: true, data: { messages: [hello], head: 1 } });
  server.welcome(talk());
  await vi.waitFor(() => expect(server.told('read:set')).toContainEqual({ conversation: 'c', seq: 1, delivered: true }));
});

test('after the server was restored from a copy the talk goes on from there, and what is new is unread', async () => {
  const shown = panel();
  const before = [hello, { ...hello, seq: 2, client_id: 'lost-2', text: 'Lost' }, { ...hello, seq: 3, client_id: 'lost-3', text: 'Lost' }];
  const page = (all: Message[]) => ({ after }: Record<string, unknown>) => ({ ok: true, data: { messages: all.slice(Number(after)), head: all.length } });
  server.answers['message:since'] = page(before);
  server.welcome(talk({ head: 3, epoch: 7 }));
  await vi.waitFor(() => expect(shown.talks.thread?.public.last).toBe(3));
  shown.talks.seen();

  const anew = { ...hello, seq: 2, client_id: 'anew-2', text: 'Said anew' };
  server.ears.lost(null);
  server.answers['message:since'] = page([hello]);
  server.welcome(talk({ state: 'queued', epoch: 2 }));
  await vi.waitFor(() => expect(shown.talks.thread?.messages).toEqual([hello]));
  expect([shown.talks.current?.state, shown.talks.current?.head]).toEqual(['queued', 1]);
  server.ears.event('message:created', anew);
  expect(shown.talks.thread?.messages).toEqual([hello, anew]);
  expect(shown.talks.unread).toBe(1);
});

test('a conversation that the restored server does not know is not in front any more', async () => {
  const shown = panel();
  server.welcome(talk());
  await settled();
  server.ears.lost(null);
  server.welcome(null);
  await settled();
  expect([shown.talks.current, shown.talks.isOpen]).toEqual([null, false]);
});
