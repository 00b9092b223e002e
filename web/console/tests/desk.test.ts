import { MemoryKeep } from '@kefu/shared/keep.ts';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Actions } from '../src/state/actions.ts';
import { Desk } from '../src/state/desk.svelte.ts';
import { Kept } from '../src/state/kept.ts';
import { conversation, FakeLine, ME, offer, said, session } from './fake_line.ts';

const ears = { offered: vi.fn(), offer_ended: vi.fn(), customer_said: vi.fn(), taken_over: vi.fn(), not_taken_over: vi.fn(), assigned: vi.fn(), whispered: vi.fn(), status_set: vi.fn(), unclaimed: vi.fn(), alerted: vi.fn(), task: vi.fn(), began: vi.fn(), ended: vi.fn() };
let line: FakeLine;
let keep: MemoryKeep;
let desk: Desk;
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

function sit(): Desk {
  line = new FakeLine();
  const made = new Desk(line, new Kept(keep), ears, async () => settled() as Promise<void>);
  made.start();
  line.answer('conversation:open', ({ conversation: id }) => ({
    conversation: conversation(id, { head: 2 }),
    messages: [said(1), said(2)],
    notes: [],
    viewers: [],
  }));
  line.answer('message:since', ({ after }) => ({ messages: [], head: after }));
  return made;
}

beforeEach(() => {
  vi.clearAllMocks();
  keep = new MemoryKeep();
  desk = sit();
});

describe('a desk', () => {
  test('is not well before everything is caught up, and then is', async () => {
    expect(desk.health.well).toBe(false);
    line.tell('session:started', session({ conversations: [conversation('c1')] }));
    await settled();
    expect(desk.health.well).toBe(true);
    expect(desk.book.mine.map((c) => c.id)).toEqual(['c1']);
  });

  test('d5: after a reconnect it reads what was said before it sends what was written', async () => {
    line.tell('session:started', session({ conversations: [conversation('c1', { head: 2 })] }));
    await desk.open('c1');
    await settled();
    line.turn('lost');
    desk.threads.get('c1')?.thread.say('Written without a line');
    await settled();
    expect(line.of('message:send')).toEqual([]);

    line.answer('message:since', ({ after, private: is_note }) =>
      is_note || after >= 3 ? { messages: [], head: is_note ? 0 : 3 } : { messages: [said(3)], head: 3 },
    );
    line.answer('conversation:open', () => ({ conversation: conversation('c1', { head: 3 }), messages: [said(3)], notes: [], viewers: [] }));
    line.answer('message:send', () => {
      expect(desk.threads.get('c1')?.thread.public.last).toBe(3);
      return { seq: 4, at: '2026-03-02T10:05:00Z' };
    });
    line.tell('session:started', session({ conversations: [conversation('c1', { head: 3 })] }));
    await vi.waitFor(() => expect(desk.threads.get('c1')?.thread.public.last).toBe(4));
    expect(desk.outbox.pending).toEqual([]);
  });

  test('d6: a sync that fails is tried again, and nothing looks healthy meanwhile', async () => {
    line.tell('session:started', session({ conversations: [conversation('c1', { head: 2 })] }));
    await desk.open('c1');
    await settled();
    line.turn('lost');
    let failures = 0;
    line.answer('conversation:open', () => {
      throw new Error('never here');
    });
    line.refuse('conversation:open', 'unavailable', true);
    const seen: boolean[] = [];
    const original = desk.health.caught_up.bind(desk.health);
    desk.health.caught_up = (done, now) => {
      seen.push(done);
      original(done, now);
      expect(desk.health.well).toBe(done);
      if (++failures === 2) {
        line.answer('conversation:open', () => ({ conversation: conversation('c1', { head: 2 }), messages: [], notes: [], viewers: [] }));
      }
    };
    line.tell('session:started', session({ conversations: [conversation('c1', { head: 2 })] }));
    await vi.waitFor(() => expect(desk.health.well).toBe(true));
    expect(seen).toEqual([false, false, true]);
  });

  test('what the shop says of waits and of picking is known from the start of the session', () => {
    line.tell('session:started', session({ limits: { wait_notice_s: 30, wait_urgent_s: 90 }, may_pick: false }));
    expect(desk.limits['wait_urgent_s']).toBe(90);
    expect(desk.may_pick).toBe(false);
  });

  test('a2: the same offer is there after a reload, with the time that is left', () => {
    const waiting = conversation('c9', { state: 'offered', agent: null });
    line.tell('session:started', session({ offers: [offer('o1', waiting, 11)] }));
    expect(desk.offers.live.map((o) => o.offer)).toEqual(['o1']);
    expect(ears.offered).not.toHaveBeenCalled();
  });

  test('an offer that ended while the session was being told does not come back, a newer one stays', () => {
    const waiting = conversation('c9', { state: 'offered', agent: null });
    line.tell('offer:ended', { offer: 'o1', conversation: 'c9', reason: 'agent_lost' });
    line.tell('offer:made', offer('o2', waiting));
    line.tell('session:started', session({ offers: [offer('o1', waiting)] }));
    expect(desk.offers.live.map((o) => o.offer)).toEqual(['o2']);
  });

  test('an offer whose end nobody heard is gone once the server tells again what there is', () => {
    const waiting = conversation('c9', { state: 'offered', agent: null });
    line.tell('session:started', session());
    line.tell('offer:made', offer('o1', waiting));
    line.tell('session:started', session());
    expect(desk.offers.live).toEqual([]);
  });

  test('after the server was restored from a copy it is believed, and what it stores anew is shown', async () => {
    const told = (all: unknown[]) => ({ after, private: is_note }: { after: number; private?: boolean }) =>
      is_note ? { messages: [], head: 0 } : { messages: all.slice(after), head: all.length };
    const opened = (messages: unknown[]) => () => ({ conversation: conversation('c1', { head: messages.length }), messages, notes: [], viewers: [] });
    line.answer('message:since', told([said(1), said(2), said(3)]));
    line.answer('conversation:open', opened([said(1), said(2), said(3)]));
    line.tell('session:started', session({ conversations: [conversation('c1', { head: 3, epoch: 9, read: { agent: 3 } })] }));
    await desk.open('c1');
    await settled();

    line.turn('lost');
    const anew = said(2, { client_id: 'anew-2', text: 'Said anew' });
    line.answer('message:since', told([said(1)]));
    line.answer('conversation:open', opened([said(1)]));
    line.tell('session:started', session({ conversations: [conversation('c1', { head: 1, epoch: 4, agent: ME })] }));
    await vi.waitFor(() => expect(desk.threads.get('c1')?.thread.messages).toEqual([said(1)]));
    expect(desk.book.get('c1')).toMatchObject({ head: 1, epoch: 4, read: { agent: 1 } });
    line.tell('message:created', anew);
    expect(desk.threads.get('c1')?.thread.messages).toEqual([said(1), anew]);
    expect(desk.book.unread).toBe(1);
  });

  test('what a server tells again on a line that lives on does not bring back an older view', () => {
    line.tell('session:started', session({ conversations: [conversation('c1', { epoch: 2 })] }));
    line.tell('conversation:changed', conversation('c1', { epoch: 3, topic: 'orders' }));
    line.tell('session:started', session({ conversations: [conversation('c1', { epoch: 2 })] }));
    expect(desk.book.get('c1')?.topic).toBe('orders');
  });

  test('what was offered while the line was away is heard once it is back', () => {
    const first = offer('o1', conversation('c8', { state: 'offered', agent: null }));
    const second = offer('o2', conversation('c9', { state: 'offered', agent: null }));
    line.tell('session:started', session({ offers: [first] }));
    expect(ears.offered).not.toHaveBeenCalled();
    line.turn('lost');
    line.tell('session:started', session({ offers: [first, second] }));
    expect(ears.offered.mock.calls).toEqual([[second]]);
  });

  test('a conversation has one card, and none once it is no longer offered', () => {
    const waiting = conversation('c9', { state: 'offered', agent: null, epoch: 2 });
    line.tell('session:started', session({ offers: [offer('o1', waiting)] }));
    line.tell('offer:made', offer('o2', waiting));
    expect(desk.offers.live.map((o) => o.offer)).toEqual(['o2']);
    line.tell('conversation:changed', { ...waiting, state: 'queued', epoch: 3 });
    expect(desk.offers.live).toEqual([]);
  });

  test('a8: the card of a customer who left disappears', () => {
    line.tell('session:started', session());
    line.tell('offer:made', offer('o1', conversation('c9', { state: 'offered', agent: null })));
    line.tell('offer:ended', { offer: 'o1', conversation: 'c9', reason: 'customer_gone' });
    expect(desk.offers.live).toEqual([]);
    expect(ears.offer_ended).toHaveBeenCalledOnce();
  });

  test('a1: who was too late loses the card and hears why', async () => {
    line.tell('session:started', session({ offers: [offer('o1', conversation('c9', { state: 'offered' }))] }));
    line.refuse('offer:accept', 'conflict', false, { reason: 'already_taken', by: 'Tom' });
    const answer = await new Actions(desk).accept('o1');
    expect(answer.ok).toBe(false);
    expect(desk.offers.live).toEqual([]);
  });

  test('an accept that did not arrive keeps the card', async () => {
    line.tell('session:started', session({ offers: [offer('o1', conversation('c9', { state: 'offered' }))] }));
    line.refuse('offer:accept', 'timeout', true);
    await new Actions(desk).accept('o1');
    expect(desk.offers.live).toHaveLength(1);
    expect(desk.offers.busy).toEqual([]);
  });

  test('what could not be sent is still there after a reload', async () => {
    line.tell('session:started', session({ conversations: [conversation('c1', { head: 2 })] }));
    await desk.open('c1');
    line.turn('lost');
    desk.threads.get('c1')?.thread.say('Kept');
    desk = sit();
    expect(desk.outbox.pending.map((p) => p.text)).toEqual(['Kept']);
    line.answer('message:send', () => ({ seq: 3, at: '2026-03-02T10:05:00Z' }));
    line.tell('session:started', session({ conversations: [conversation('c1', { head: 2 })] }));
    await vi.waitFor(() => expect(line.of('message:send')).toHaveLength(1));
    await vi.waitFor(() => expect(desk.outbox.pending).toEqual([]));
  });

  test('d10: a refusal stays on the message, with its text', async () => {
    line.tell('session:started', session({ conversations: [conversation('c1', { head: 2 })] }));
    await desk.open('c1');
    line.refuse('message:send', 'conflict', false, { reason: 'conversation_closed' });
    desk.threads.get('c1')?.thread.say('Too late');
    await vi.waitFor(() => expect(desk.outbox.pending[0]?.state).toBe('failed'));
    expect(desk.outbox.pending[0]).toMatchObject({ text: 'Too late', why: { code: 'conversation_closed' } });
  });

  test('d18: what was chosen last is told last, also when the line comes back in between', async () => {
    line.tell('session:started', session());
    const waiting: (() => void)[] = [];
    line.answer('status:set', () => new Promise<void>((resolve) => waiting.push(resolve)));
    const first = desk.set_status('away');
    const last = desk.set_status('busy');
    await settled();
    expect(line.of('status:set')).toEqual([{ status: 'away' }]);
    line.tell('session:started', session({ status: 'available' }));
    waiting[0]?.();
    await first;
    expect(desk.status).toBe('available');
    await settled();
    waiting[1]?.();
    await last;
    expect(line.of('status:set')).toEqual([{ status: 'away' }, { status: 'busy' }]);
    expect(desk.status).toBe('busy');
  });

  test('a status that was refused goes back', async () => {
    line.tell('session:started', session());
    line.refuse('status:set', 'unavailable', true);
    await desk.set_status('away');
    expect(desk.status).toBe('available');
  });

  test('reading is told once, and only of conversations in hand', async () => {
    line.tell('session:started', session({ conversations: [conversation('c1', { head: 2 })] }));
    await settled();
    desk.book.put(conversation('c2', { agent: { id: 'a2', name: 'Tom' } }));
    desk.read('c1', 2);
    desk.read('c1', 2);
    desk.read('c2', 2);
    expect(line.of('read:set')).toEqual([{ conversation: 'c1', seq: 2 }]);
    expect(desk.book.me).toBe(ME.id);
  });
});

describe('alerts', () => {
  const alert = (id: string) => ({ id, rule: 'r', name: 'Many wait', metric: 'waiting' as const, threshold: 2, subject: { id: 'q', name: 'General' }, value: 2, since: '2026-03-02T10:00:00Z', raised_at: '2026-03-02T10:00:30Z' });

  test('are told of when they are new, and not because a page was loaded', async () => {
    line.tell('session:started', session({ alerts: [alert('a')] }));
    await settled();
    expect(ears.alerted).not.toHaveBeenCalled();
    line.tell('alerts:changed', { standing: [alert('b'), alert('a')] });
    expect(ears.alerted.mock.calls.map(([{ id }]) => id as string)).toEqual(['b']);
    line.tell('session:started', session({ alerts: [alert('c')] }));
    await settled();
    expect(ears.alerted.mock.calls.map(([{ id }]) => id as string)).toEqual(['b', 'c']);
    expect(desk.standing.news.cleared.map(({ id }) => id)).toEqual(['b', 'a']);
  });

  test('that are put away are shown again when they are raised again', () => {
    desk.standing.take([alert('a')]);
    desk.standing.put_away(['a']);
    expect(desk.standing.shown).toEqual([]);
    desk.standing.take([]);
    desk.standing.take([alert('a')]);
    expect(desk.standing.shown).toHaveLength(1);
  });
});
