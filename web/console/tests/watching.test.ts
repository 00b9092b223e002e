import { MemoryKeep } from '@kefu/shared/keep.ts';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { console_words } from '../src/i18n/index.ts';
import { entries } from '../src/lib/entries.ts';
import { Actions } from '../src/state/actions.ts';
import type { App, Seat } from '../src/state/app.svelte.ts';
import { commands, known_to } from '../src/state/commands.ts';
import { Desk } from '../src/state/desk.svelte.ts';
import { tabs_of } from '../src/state/inbox.svelte.ts';
import { Kept } from '../src/state/kept.ts';
import { read_place, Route, write_place } from '../src/state/route.svelte.ts';
import { Whispering } from '../src/stepping/whispering.svelte.ts';
import type { Entry, StepIn } from '../src/timeline/shapes.ts';
import { change_words, decision_of, step_words } from '../src/timeline/words.ts';
import { AT, conversation, FakeLine, ME, said, session } from './fake_line.ts';

const BOB = { id: 'a2', name: 'Bob' };
const ears = { offered: vi.fn(), offer_ended: vi.fn(), customer_said: vi.fn(), taken_over: vi.fn(), not_taken_over: vi.fn(), assigned: vi.fn(), whispered: vi.fn(), status_set: vi.fn(), unclaimed: vi.fn(), alerted: vi.fn(), task: vi.fn(), began: vi.fn(), ended: vi.fn() };
const words = console_words();
let line: FakeLine;
let desk: Desk;

beforeEach(() => {
  vi.clearAllMocks();
  line = new FakeLine();
  desk = new Desk(line, new Kept(new MemoryKeep()), ears, async () => undefined);
  desk.start();
});

describe('whispers', () => {
  const whisper = (seq: number, after: number, change: object = {}) => ({
    conversation: 'c1', seq, client_id: `whisper-${seq}`, by: BOB, to: { id: ME.id, name: ME.name }, text: `psst ${seq}`, at: AT, after, ...change,
  });

  test('stand where they fell, and nothing is grouped across them', () => {
    const all = entries([said(1), said(2), said(3, { seq: 1, private: true, after: 2, at: '2026-03-02T10:00:30Z' }), said(3)], [], [whisper(1, 1), whisper(2, 2), whisper(3, 3)]);
    expect(all.map(({ key }) => key)).toEqual(['dm1', 'm1', 'w1', 'm2', 'w2', 'n1', 'm3', 'w3']);
    const spoken = all.filter((one) => one.kind === 'said').map((one) => [one.is_first, one.is_last]);
    expect(spoken).toEqual([[true, true], [true, true], [true, true], [true, true]]);
  });

  test('are heard once, told to whom they are for, and read anew when the conversation is opened', async () => {
    line.answer('conversation:open', () => ({ conversation: conversation('c1'), messages: [], notes: [], viewers: [], whispers: [whisper(1, 0)] }));
    line.tell('session:started', session({ conversations: [conversation('c1')] }));
    await desk.open('c1');
    line.tell('whisper:created', whisper(2, 0));
    line.tell('whisper:created', whisper(2, 0));
    expect(desk.threads.get('c1')?.whispers.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(ears.whispered).toHaveBeenCalledTimes(2);
    line.tell('whisper:created', whisper(3, 0, { by: ME, to: BOB })); // what we said to a colleague is no news
    expect(ears.whispered).toHaveBeenCalledTimes(2);
  });

  test('are said once, however often it is tried; other words are another whisper', async () => {
    const whispering = new Whispering(new Actions(desk));
    line.refuse('conversation:whisper', 'timeout', true);
    await whispering.say('c1', 'psst', BOB.id);
    line.answer('conversation:whisper', () => ({ whisper: whisper(1, 0) }));
    await whispering.say('c1', 'psst', BOB.id);
    await whispering.say('c1', 'psst', BOB.id);
    await whispering.say('c1', 'another thing', BOB.id);
    const ids = line.of('conversation:whisper').map(({ client_id }) => client_id);
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(3);
  });
});

describe('watching', () => {
  test('goes on unseen through a line that breaks, and ends where one is seen', async () => {
    line.answer('conversation:watch', () => ({ conversation: conversation('c1', { agent: BOB }), messages: [], notes: [], viewers: [] }));
    line.answer('conversation:open', () => ({ conversation: conversation('c1', { agent: BOB }), messages: [], notes: [], viewers: [] }));
    line.tell('session:started', session());
    await desk.open('c1', true);
    line.tell('session:started', session());
    await vi.waitFor(() => expect(line.of('conversation:watch')).toHaveLength(2));
    expect(line.of('conversation:open')).toHaveLength(0);
    await desk.open('c1');
    expect([line.asked.at(-1)?.[0], desk.watching]).toEqual(['conversation:open', false]);
  });

  test('has an address, which its other pages keep', () => {
    for (const address of ['#/c/c1/watch', '#/c/c1/watch/timeline', '#/c/c1/timeline', '#/c/c1/watch/why']) expect(write_place(read_place(address))).toBe(address);
    expect(read_place('#/c/c1/watch')).toEqual({ page: 'inbox', conversation: 'c1', watch: true });
    expect(read_place('#/c/c1/other')).toEqual({ page: 'inbox', conversation: 'c1' });
  });
});

describe('a timeline', () => {
  const t = (event: object) => change_words(words, { kind: 'changed', at: AT, by: { kind: 'agent', id: 'a9', name: 'Sue' }, ...event } as Entry, 'Wang Fang');

  test('says what people did, and to whom', async () => {
    await words.use('en');
    expect(t({ event: 'requeued', taken_from: BOB })).toBe('Sue took it from Bob; it waited again');
    expect(t({ event: 'requeued', taken_from: BOB, queue: 'Returns' })).toBe('Sue took it from Bob; it waited in Returns');
    expect(t({ event: 'moved', by: { kind: 'system' }, queue: 'General' })).toBe('Its queue was taken out of use; it waited in General');
    expect(t({ event: 'assigned', to: { id: 'a9', name: 'Sue' }, taken_from: BOB })).toBe('Sue took over from Bob');
    expect(t({ event: 'queued', by: { kind: 'customer' } })).toBe('Wang Fang began to wait');
    expect(t({ event: 'of_another_version' })).toBe('Sue: of_another_version');
  });

  test('says what somebody who leads did over the heads of others', async () => {
    await words.use('en');
    const sue = { id: 'a9', name: 'Sue' };
    const did = (step: object) => step_words(words, { id: 's1', at: AT, by: sue, ...step } as StepIn);
    expect(did({ kind: 'assigned', to: BOB })).toBe('assigned it to Bob');
    expect(did({ kind: 'assigned', to: sue, agent: BOB })).toBe('took it over from Bob');
    expect(did({ kind: 'assigned', to: BOB, agent: sue })).toBe('assigned it to Bob');
    expect(did({ kind: 'status_set', agent: BOB, details: { status: 'busy' } })).toBe('set Bob to Busy');
    expect(did({ kind: 'watched' })).toBe('watched while nobody had it');
    expect(did({ kind: 'of_another_version' })).toBe('of_another_version');
  });

  test('finds the decision behind an offer', () => {
    const decided = (id: string, at: string) => ({ id, at, chosen: [BOB] });
    const entry = { kind: 'offered', at: '2026-03-02T10:05:00.010Z', to: BOB } as Entry;
    const all = [decided('d1', '2026-03-02T10:00:00Z'), decided('d2', '2026-03-02T10:05:00Z'), decided('d3', '2026-03-02T10:09:00Z')];
    expect(decision_of(entry, all)?.id).toBe('d2');
    expect(decision_of({ ...entry, to: { id: ME.id, name: ME.name } }, all)).toBeUndefined();
  });
});

describe('whoever leads', () => {
  beforeEach(() => (location.hash = '#/'));

  test('works in the live view once signed in, unless an address brought them elsewhere or they were at work already', () => {
    const signs_in = (role: 'agent' | 'supervisor' | 'admin', hash = '#/', was_ended = false) => {
      location.hash = hash;
      const route = new Route();
      route.begin(role, was_ended);
      return write_place(route.place);
    };
    expect([signs_in('supervisor'), signs_in('agent'), signs_in('admin')]).toEqual(['#/live', '#/', '#/']);
    expect([signs_in('supervisor', '#/c/c1'), signs_in('supervisor', '#/quality')]).toEqual(['#/c/c1', '#/quality']);
    expect(signs_in('supervisor', '#/', true)).toBe('#/');
  });

  test('finds the way back to the live view from what they went to see there', () => {
    const route = new Route();
    route.conversation('c1');
    expect(route.from_live).toBe(false);
    route.live();
    route.watch('c2');
    expect(route.from_live).toBe(true);
    route.look('c2', 'timeline');
    route.conversation('c2');
    expect(route.from_live).toBe(true);
    route.conversation(null);
    route.conversation('c3');
    expect(route.from_live).toBe(false);
  });
});

test('the sheet of keys names what one may do, and figures follow the tabs one has', () => {
  const keys_of = (leads: boolean) => {
    const seat = { desk: { leads, offers: { live: [] } } } as unknown as Seat;
    return new Map(known_to(leads, commands({} as App, seat)).map(({ id, keys }) => [id, keys]));
  };
  for (const leads of [true, false]) {
    const keys = keys_of(leads);
    expect(tabs_of(leads).map((tab) => keys.get(tab))).toEqual(tabs_of(leads).map((_, at) => [`alt+Digit${at + 1}`]));
  }
  const [lead, agent] = [keys_of(true), keys_of(false)];
  expect([...lead.keys()].filter((id) => !agent.has(id))).toEqual([
    'team', 'live', 'whisper', 'take_over', 'requeue', 'watch', 'assign', 'priority', 'timeline',
  ]);
});
