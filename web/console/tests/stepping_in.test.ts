import { MemoryKeep } from '@kefu/shared/keep.ts';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { console_words } from '../src/i18n/index.ts';
import { Actions } from '../src/state/actions.ts';
import { assign_choices } from '../src/state/assign.ts';
import { Desk } from '../src/state/desk.svelte.ts';
import type { Colleague, QueueName } from '../src/state/directory.svelte.ts';
import { Kept } from '../src/state/kept.ts';
import { shown } from '../src/state/shown.ts';
import { holder_before, transfer_choices } from '../src/state/transfer.ts';
import type { Handover } from '../src/wire.ts';
import { AT, conversation, FakeLine, ME, offer, said, session } from './fake_line.ts';

const BOB = { id: 'a2', name: 'Bob' };
const ears = { offered: vi.fn(), offer_ended: vi.fn(), customer_said: vi.fn(), taken_over: vi.fn(), not_taken_over: vi.fn(), assigned: vi.fn(), whispered: vi.fn(), status_set: vi.fn(), unclaimed: vi.fn(), alerted: vi.fn(), task: vi.fn(), began: vi.fn(), ended: vi.fn() };
const words = console_words();
let line: FakeLine;
let desk: Desk;

const question = (by: typeof BOB | typeof ME, to: typeof BOB | typeof ME): Handover => ({
  offer: 'o1',
  by: { id: by.id, name: by.name },
  to: { id: to.id, name: to.name },
  expires_at: AT,
});

function colleague(id: string, change: Partial<Colleague> = {}): Colleague {
  return { id, name: id, status: 'available', active: true, online: true, capacity: 3, in_hand: 0, ...change };
}

beforeEach(() => {
  vi.clearAllMocks();
  line = new FakeLine();
  desk = new Desk(line, new Kept(new MemoryKeep()), ears, async () => undefined);
  desk.start();
});

describe('a warm transfer', () => {
  test('accepted, the sender is told that the colleague has taken over', () => {
    line.tell('session:started', session({ conversations: [conversation('c1', { handover: question(ME, BOB) })] }));
    line.tell('conversation:changed', conversation('c1', { epoch: 2, agent: BOB }));
    expect(ears.taken_over).toHaveBeenCalledOnce();
    expect(desk.book.mine).toEqual([]);
  });

  test('who gives away what they look at comes in again, and goes on hearing it', async () => {
    line.answer('conversation:open', () => ({ conversation: conversation('c1', { agent: BOB, epoch: 2 }), messages: [said(1)], notes: [], viewers: [] }));
    line.tell('session:started', session({ conversations: [conversation('c1'), conversation('c2')] }));
    await desk.open('c1');
    line.tell('conversation:changed', conversation('c1', { epoch: 2, agent: BOB }));
    await vi.waitFor(() => expect(line.of('conversation:open')).toHaveLength(2));
    line.tell('conversation:changed', conversation('c1', { epoch: 3, agent: BOB }));
    line.tell('conversation:changed', conversation('c2', { epoch: 2, agent: BOB })); // nobody looks at that one
    expect(line.of('conversation:open')).toHaveLength(2);
  });

  test('c10: not taken up, the customer stays and the sender is told once', () => {
    line.tell('session:started', session({ conversations: [conversation('c1', { handover: question(ME, BOB) })] }));
    line.tell('message:created', said(1, { private: true, notice: 'handover_declined', sender: { kind: 'system', name: 'Bob' } }));
    line.tell('conversation:changed', conversation('c1', { epoch: 2 }));
    expect(ears.not_taken_over).toHaveBeenCalledOnce();
    expect(ears.taken_over).not.toHaveBeenCalled();
    expect(desk.book.mine).toHaveLength(1);
  });

  test('the card of whoever is asked stands while the question stands, whatever else changes', () => {
    const asked = conversation('c1', { agent: BOB, epoch: 3, handover: question(BOB, ME) });
    line.tell('session:started', session());
    line.tell('offer:made', offer('o1', asked));
    line.tell('conversation:changed', { ...asked, epoch: 4 });
    expect(desk.offers.live).toHaveLength(1);
    line.tell('conversation:changed', conversation('c1', { agent: BOB, epoch: 5 }));
    expect(desk.offers.live).toEqual([]);
  });

  test('is asked for, and taken back', async () => {
    const actions = new Actions(desk);
    line.answer('conversation:transfer', () => ({ conversation: conversation('c1') }));
    line.answer('transfer:cancel', () => ({ conversation: conversation('c1') }));
    await actions.transfer('c1', { agent: 'a2' }, ' Please ', true);
    await actions.transfer('c1', { back: true }, '');
    await actions.keep('c1');
    expect(line.of('conversation:transfer')).toEqual([
      { conversation: 'c1', to: { agent: 'a2' }, note: 'Please', warm: true },
      { conversation: 'c1', to: { back: true } },
    ]);
    expect(line.of('transfer:cancel')).toEqual([{ conversation: 'c1' }]);
  });
});

describe('what is decided on', () => {
  test('goes along: who had it, how soon it was to be served, whom a whisper is meant for', async () => {
    const actions = new Actions(desk);
    const seen = conversation('c1', { agent: BOB, epoch: 7, priority: 2 });
    for (const each of ['assign', 'requeue', 'close', 'prioritize'] as const) line.answer(`conversation:${each}`, () => ({ conversation: seen }));
    await actions.assign(seen, 'a9', 'She knows more');
    await actions.requeue(seen, 'Too long');
    await actions.overrule(seen, 'Only spam', 'spam');
    await actions.prioritize('c1', 5, false, '', seen);
    line.refuse('conversation:whisper', 'already_taken');
    await actions.whisper('c1', 'w1', 'psst', BOB.id);
    const asked = { conversation: 'c1', epoch: 7, held_by: BOB.id };
    expect(line.of('conversation:assign')).toEqual([{ ...asked, agent: 'a9', reason: 'She knows more' }]);
    expect(line.of('conversation:requeue')).toEqual([{ ...asked, reason: 'Too long' }]);
    expect(line.of('conversation:close')).toEqual([{ ...asked, reason: 'Only spam', outcome: 'spam' }]);
    expect(line.of('conversation:prioritize')).toEqual([{ conversation: 'c1', priority: 5, emergency: false, was: 2, was_emergency: false }]);
    expect(line.of('conversation:whisper')[0]).toMatchObject({ to: BOB.id });
  });
});

describe('the way back', () => {
  const events = [
    { kind: 'accepted', actor_id: 'a2' },
    { kind: 'transferred', actor_id: 'a2', data: { to_agent: 'a3' } },
    { kind: 'accepted', actor_id: 'a3' },
    { kind: 'transferred', actor_id: 'a3', data: { to_agent: 'a1', warm: true } },
  ];

  test('leads to whoever had it in hand before', () => {
    expect(holder_before(events, 'a1')).toBe('a3');
    expect(holder_before(events.slice(0, 3), 'a3')).toBe('a2');
    expect(holder_before([...events, { kind: 'assigned', actor_id: 'lead', data: { agent: 'a4' } }], 'a4')).toBe('a1');
    expect(holder_before(events.slice(0, 1), 'a2')).toBeUndefined();
  });

  test('stands first, and cannot be chosen when they are not there', () => {
    const agents = [colleague('a2'), colleague('a3', { online: false })];
    const [first, ...rest] = transfer_choices({ agents, queues: [] }, words, undefined, 'a1', 'a3');
    expect(first).toMatchObject({ to: { back: true }, person: 'a3', can: false });
    expect(rest.map((one) => one.key)).toEqual(['aa2', 'aa3']);
    expect(transfer_choices({ agents, queues: [] }, words, undefined, 'a1')).toHaveLength(2);
  });
});

describe('a queue that a customer may be handed to', () => {
  const asks = { skill: 's1', level: 3, required: true };
  const knows = (id: string, level: number, more: Partial<Colleague> = {}) => colleague(id, { skills: [{ skill: 's1', level }], ...more });
  const detail = (agents: Colleague[], more: Partial<QueueName> = {}) =>
    transfer_choices({ agents, queues: [{ id: 'q1', name: 'Returns', archived: false, skills: [asks], ...more }] }, words, 'q2', 'a1')[0]?.detail;

  test('says how many could take from it now: here, with room, knowing enough, and not oneself', async () => {
    await words.use('en');
    const others = [knows('a3', 2), knows('a4', 5, { status: 'busy' }), knows('a5', 5, { in_hand: 3 }), knows('a1', 5)];
    expect(detail(others)).toBe('Queue · nobody free');
    expect(detail([...others, knows('a6', 3)])).toBe('Queue · 1 free');
    expect(detail([...others, knows('a6', 3, { in_hand: 2 })], { units: 2 })).toBe('Queue · nobody free');
  });

  test('does not count what it merely prefers, unless steps ask for it', () => {
    expect(detail([knows('a3', 1)], { skills: [{ ...asks, required: false }] })).toBe('Queue · 1 free');
    expect(detail([knows('a3', 1)], { skills: [{ ...asks, required: false, steps: [[60, 0]] }] })).toBe('Queue · nobody free');
  });
});

describe('a colleague who missed too many offers', () => {
  const silent = colleague('a3', { unresponsive_since: AT });

  test('a4: is shown as not responding, unless they are not here at all', () => {
    expect([silent, { ...silent, online: false }, colleague('a2', { status: 'busy' })].map(shown)).toEqual(['not_responding', 'offline', 'busy']);
  });

  test('a4: cannot be handed a conversation, and stands behind who is available where one is assigned', () => {
    const agents = [silent, colleague('a4')];
    expect(transfer_choices({ agents, queues: [] }, words, undefined, 'a1').map(({ name, can }) => [name, can])).toEqual([['a4', true], ['a3', false]]);
    expect(assign_choices(agents, words, undefined).map(({ id, status, can }) => [id, status, can])).toEqual([
      ['a4', 'available', true],
      ['a3', 'not_responding', true],
    ]);
  });
});

describe('a supervisor', () => {
  test('a18: sees who has room, then who would be over, then who cannot be chosen', () => {
    const found = assign_choices(
      [colleague('busy', { status: 'busy' }), colleague('full', { in_hand: 3 }), colleague('gone', { online: false }), colleague('free', { in_hand: 1 }), colleague('has', { in_hand: 2 })],
      words,
      'has',
    );
    expect(found.map(({ id, can, over }) => [id, can, over])).toEqual([
      ['free', true, false],
      ['busy', true, false],
      ['full', true, true],
      ['gone', false, false],
      ['has', false, false],
    ]);
  });

  test('a18: sees that a call of three units is more than two free places', () => {
    const over = (units?: number) => assign_choices([colleague('ann', { in_hand: 1 })], words, undefined, units).map((one) => one.over);
    expect([over(), over(2), over(3)]).toEqual([[false], [false], [true]]);
  });

  test('a20: assigns what they see, so that somebody who was quicker keeps it', async () => {
    const actions = new Actions(desk);
    line.answer('conversation:assign', () => ({ conversation: conversation('c1', { epoch: 8 }) }));
    await actions.assign(conversation('c1', { epoch: 7 }), 'a2', ' Speaks Danish ');
    expect(line.of('conversation:assign')).toEqual([{ conversation: 'c1', agent: 'a2', reason: 'Speaks Danish', epoch: 7, held_by: 'a1' }]);
    expect(desk.book.get('c1')?.epoch).toBe(8);
  });

  test('a18: gives a conversation, and whoever gets it is told once by whom', () => {
    line.tell('session:started', session());
    const note = said(1, { private: true, client_id: 'assigned:7', sender: { kind: 'agent', id: 'lead', name: 'Lea' } });
    line.tell('message:created', note);
    expect(ears.assigned).not.toHaveBeenCalled();
    line.tell('conversation:changed', conversation('c1', { epoch: 8 }));
    line.tell('conversation:changed', conversation('c1', { epoch: 9 }));
    expect(ears.assigned).toHaveBeenCalledOnce();
    expect(ears.assigned).toHaveBeenCalledWith(expect.objectContaining({ id: 'c1' }), note);
  });

  test('is not told of what goes to somebody else', () => {
    line.tell('session:started', session());
    line.tell('message:created', said(1, { private: true, client_id: 'assigned:7', sender: { kind: 'agent', id: 'lead' } }));
    line.tell('conversation:changed', conversation('c1', { epoch: 8, agent: BOB }));
    expect(ears.assigned).not.toHaveBeenCalled();
  });

  test('a6: hears once that nobody has taken it, and again only once somebody had', () => {
    const waits = (epoch: number, unclaimed: boolean) => conversation('w1', { state: 'queued', agent: null, epoch, unclaimed });
    line.tell('session:started', session({ waiting: [waits(1, false)] }));
    line.tell('conversation:changed', waits(2, true));
    line.tell('conversation:changed', waits(3, true));
    expect(ears.unclaimed).toHaveBeenCalledOnce();
    line.tell('conversation:changed', waits(1, false)); // an old view tells nothing new
    line.tell('conversation:changed', waits(4, true));
    expect(ears.unclaimed).toHaveBeenCalledOnce();
    line.tell('conversation:changed', conversation('w1', { epoch: 5, agent: BOB }));
    line.tell('conversation:changed', waits(6, true));
    expect(ears.unclaimed).toHaveBeenCalledTimes(2);
  });

  test('a6: is not told anew by a reload, but of what happened while the line was away', () => {
    const waits = (id: string, unclaimed: boolean) => conversation(id, { state: 'queued', agent: null, epoch: unclaimed ? 2 : 1, unclaimed });
    line.tell('session:started', session({ waiting: [waits('w1', true), waits('w2', false)] }));
    expect(ears.unclaimed).not.toHaveBeenCalled();
    line.tell('session:started', session({ waiting: [waits('w1', true), waits('w2', true)] }));
    expect(ears.unclaimed).toHaveBeenCalledOnce();
    expect(ears.unclaimed).toHaveBeenCalledWith(expect.objectContaining({ id: 'w2' }));
  });

  test('leads; an agent does not', () => {
    line.tell('session:started', session());
    expect(desk.leads).toBe(false);
    line.tell('session:started', session({ agent: { ...ME, role: 'supervisor' } }));
    expect(desk.leads).toBe(true);
  });
});

describe('who missed too many offers', () => {
  test('is told so until they say that they are back', async () => {
    line.tell('session:started', { ...session(), responding: false } as never);
    expect([desk.responding, desk.shown]).toEqual([false, 'not_responding']);
    await desk.set_status('available');
    expect(desk.responding).toBe(true);
    line.tell('status:changed', { status: 'available', responding: false } as never);
    expect(desk.responding).toBe(false);
  });

  test('nobody is, where the server does not say it', () => {
    line.tell('session:started', session());
    expect(desk.responding).toBe(true);
  });
});
