import { expect, test } from 'vitest';
import { console_words } from '../src/i18n';
import { began, said } from '../src/lib/alert_words.ts';
import { Feed, type LiveAgent, type LiveTalk } from '../src/live/feed.svelte.ts';
import { Look, type SavedLook } from '../src/live/look.svelte.ts';
import { attention, by_name, gave_up, grouped, in_time, limits_of, minutes, shown_of, sort_agents, sort_queues, sort_talks, total, waits_since, type TalkNames, type TalkOrder } from '../src/live/order.ts';
import { Sorting } from '../src/live/sorting.svelte.ts';
import { FakeLine } from './fake_line.ts';

const AT = '2026-03-02T09:00:00Z';
const talk = (id: string, more: Partial<LiveTalk> = {}): LiveTalk => ({ id, state: 'queued', visitor: `v${id}`, queued_at: AT, ...more });
const agent = (name: string, more: Partial<LiveAgent> = {}): LiveAgent => ({
  id: name, name, status: 'available', since: AT, here: true, responding: true, idle: false, capacity: 2, taken: 0, ...more,
});

const NAMED = by_name('en');
const NAMES: TalkNames = { name: ({ id }) => id, queue: () => '', state: ({ state }) => state, agent: () => '' };

async function watching(talks: LiveTalk[] = []): Promise<{ line: FakeLine; feed: Feed }> {
  const line = new FakeLine();
  line.answer('live:watch', () => ({ version: 5, at: AT, queues: [], agents: [], talks }));
  const feed = new Feed(line);
  feed.start();
  line.turn('live');
  await Promise.resolve();
  await new Promise((done) => setTimeout(done));
  return { line, feed };
}

test('what is told is taken over in order, and what is gone is forgotten', async () => {
  const { line, feed } = await watching([talk('a')]);
  line.tell('live:changed', { version: 6, at: AT, talks: [talk('b')] });
  line.tell('live:changed', { version: 7, at: AT, gone: ['a'] });
  expect(feed.talks.map((each) => each.id)).toEqual(['b']);
  expect(line.of('live:watch')).toHaveLength(1);
});

test('who misses a version looks afresh, and what is told meanwhile is not lost', async () => {
  const { line, feed } = await watching([talk('a')]);
  let show: (board: unknown) => void = () => undefined;
  line.answer('live:watch', () => new Promise((done) => (show = done)));
  line.tell('live:changed', { version: 8, at: AT, talks: [talk('late')] });
  line.tell('live:changed', { version: 10, at: AT, talks: [talk('in it')] });
  line.tell('live:changed', { version: 11, at: AT, talks: [talk('after')] });
  show({ version: 10, at: AT, queues: [], agents: [], talks: [talk('in it')] });
  await new Promise((done) => setTimeout(done));
  expect(feed.talks.map((each) => each.id)).toEqual(['in it', 'after']);
  expect(line.of('live:watch')).toHaveLength(2);
});

test('what is older than was told already changes nothing', async () => {
  const { line, feed } = await watching([talk('a')]);
  line.tell('live:changed', { version: 5, at: AT, gone: ['a'] });
  expect(feed.talks).toHaveLength(1);
});

test('a view that hears nothing for long is old, and says who is refused', async () => {
  const { line, feed } = await watching();
  expect(feed.is_old(Date.now())).toBe(false);
  expect(feed.is_old(Date.now() + 5000)).toBe(true);
  line.refuse('live:watch', 'forbidden');
  line.turn('live');
  await new Promise((done) => setTimeout(done));
  expect(feed.refused).toBe(true);
});

test('emergencies come first, then whoever waits longest for us', () => {
  const rows = [
    talk('content', { state: 'active', unanswered_since: null, queued_at: '2026-03-02T07:00:00Z' }),
    talk('new'),
    talk('owed', { state: 'active', unanswered_since: '2026-03-02T08:59:00Z' }),
    talk('burning', { emergency: true }),
  ];
  const ids = (by: TalkOrder, is_reversed = false) => sort_talks(rows, by, NAMES, NAMED, is_reversed).map((each) => each.id);
  expect(ids('wait')).toEqual(['burning', 'owed', 'new', 'content']);
  expect(ids('wait', true)).toEqual(['content', 'new', 'owed', 'burning']);
  expect(ids('state')).toEqual(['owed', 'content', 'burning', 'new']);
  expect(ids('state', true), 'of equals the longest wait stays first').toEqual(['burning', 'new', 'owed', 'content']);
  expect(waits_since(rows[0] as LiveTalk)).toBeNull();
});

test('an agent who is not here is that, whatever their status', () => {
  expect(shown_of(agent('a', { here: false }))).toBe('offline');
  expect(shown_of(agent('a', { status: 'busy', responding: false }))).toBe('busy');
  expect(shown_of(agent('a', { responding: false, idle: true }))).toBe('not_responding');
  const rows = [agent('Zoe'), agent('Bo', { here: false }), agent('Al', { taken: 2 })];
  expect(sort_agents(rows, 'state', NAMED).map((each) => each.name)).toEqual(['Al', 'Zoe', 'Bo']);
  expect(sort_agents(rows, 'load', NAMED).map((each) => each.name)).toEqual(['Al', 'Bo', 'Zoe']);
});

test('agents are grouped by what asks for attention, not by the alphabet', () => {
  const rows = [
    agent('off', { here: false }), agent('busy', { status: 'busy' }), agent('well'), agent('idle', { idle: true }),
    agent('lost', { reconnecting: true }), agent('silent', { responding: false }), agent('gone', { here: false, taken: 1 }),
  ];
  const groups = grouped(rows, ({ name }) => name, NAMED, attention).filter((each) => 'group' in each);
  expect(groups.map(({ group }) => group)).toEqual(['gone', 'silent', 'lost', 'idle', 'well', 'busy', 'off']);
  expect(sort_agents(rows, 'state', NAMED).map(({ name }) => name)).toEqual(['gone', 'silent', 'lost', 'idle', 'well', 'busy', 'off']);
});

test('shares are of those who came and no longer wait', () => {
  const queue = { id: 'q', name: 'Q', waiting: 2, oldest: AT, in_hand: 1, answered: 6, in_time: 3, abandoned: 2 };
  expect([in_time(queue), gave_up(queue)]).toEqual([3 / 8, 2 / 8]);
  expect(in_time({})).toBeNull();
  expect(total([queue, { ...queue, oldest: '2026-03-02T08:00:00Z' }])).toMatchObject({ waiting: 4, oldest: '2026-03-02T08:00:00Z', answered: 12 });
});

test('queues are sorted by what asks for attention, and by the other end when asked again', () => {
  const queue = (name: string, more = {}) => ({ id: name, name, ...more });
  const rows = [queue('Calm'), queue('Busy', { waiting: 4, oldest: AT }), queue('Old', { waiting: 1, oldest: '2026-03-02T08:00:00Z' })];
  const sorting = new Sorting<'oldest' | 'waiting'>('oldest');
  const names = () => sort_queues(rows, sorting.by, NAMED, sorting.is_reversed).map((each) => each.name);
  expect(names()).toEqual(['Old', 'Busy', 'Calm']);
  sorting.turn('waiting');
  expect([names(), sorting.said('waiting'), sorting.said('oldest')]).toEqual([['Busy', 'Old', 'Calm'], 'ascending', 'none']);
  sorting.turn('waiting');
  expect([names(), sorting.said('waiting')]).toEqual([['Calm', 'Old', 'Busy'], 'descending']);
});

test('groups stand by name, and rows of a group as they were', () => {
  const rows = [talk('a', { state: 'queued' }), talk('b', { state: 'active' }), talk('c', { state: 'queued' })];
  expect(grouped(rows, ({ state }) => state, NAMED).map((each) => ('group' in each ? `${each.group} ${each.count}` : each.id))).toEqual([
    'active 1', 'b', 'queued 2', 'a', 'c',
  ]);
});

test('a wait colours before the queue breaks its promise, and by the limits of the shop where it has none', () => {
  expect(limits_of({ id: 'q', name: 'Q', promises: true, target_s: 40 })).toEqual({ wait_notice_s: 30, wait_urgent_s: 40 });
  expect(limits_of({ id: 'q', name: 'Q', target_s: 20 })).toBeUndefined();
  expect(limits_of(undefined)).toBeUndefined();
});

test('the longest wait of all is judged as in its own row', () => {
  const strict = { id: 's', name: 'S', oldest: AT, promises: true, target_s: 30 };
  const easy = { id: 'e', name: 'E', oldest: '2026-03-02T09:00:10Z' };
  expect(total([easy, strict]).oldest_in).toBe(strict);
  expect(total([{ id: 'n', name: 'N' }]).oldest_in).toBeUndefined();
});

test('a predicted wait is told in whole minutes', () => {
  expect(minutes([95, 200])).toEqual({ from: 1, until: 4 });
  expect(minutes([10, 50])).toEqual({ from: 0, until: 1 });
  expect(minutes([120, 120])).toEqual({ from: 0, until: 2 });
});

test('a queue that is there no longer is not looked at, and is again when it is back', () => {
  const look = new Look();
  look.take({ queue: 'returns' });
  expect(look.chosen([{ id: 'general' }])).toBeNull();
  expect(look.chosen([{ id: 'general' }, { id: 'returns' }])).toBe('returns');
});

test('a view that was saved looks the same again, and as usual where a column is no more', () => {
  const look = new Look();
  look.talks.turn('queue');
  look.talks.turn('queue');
  look.agents_by = 'state';
  look.sought = 'ann';
  const again = new Look();
  again.take(JSON.parse(JSON.stringify(look.saved())) as SavedLook);
  expect(again.saved()).toEqual(look.saved());
  again.take({ talks: ['a column of tomorrow', true] });
  expect([again.talks.by, again.agents_by, again.sought]).toEqual(['wait', 'none', '']);
});

test('an alert says since when it stands as people say it, not as a second duration', async () => {
  const words = console_words();
  await words.use('en');
  const at = new Date(2026, 2, 2, 17, 22).toISOString();
  const now = Date.parse(at);
  expect(said(words, { metric: 'longest_wait', subject: { id: 'q', name: 'Orders' }, threshold: 30 })).toBe('Orders: somebody has waited longer than 0:30');
  expect(began(words, at, now + 4000)).toMatch(/^since 5:22.PM$/);
  expect(began(words, at, now + 24 * 3_600_000)).toBe('since Mar 2');
});
