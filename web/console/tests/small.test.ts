import { MemoryKeep } from '@kefu/shared/keep.ts';
import { describe, expect, test, vi } from 'vitest';
import { Ahead } from '../src/admin/ahead.svelte.ts';
import { from_fields, from_plans, is_in_use, is_whole, next_plan, next_span, to_days, to_draft, to_hours, to_plans, to_weekly } from '../src/admin/hours.ts';
import type { OpeningHours } from '../src/admin/records.ts';
import { known, moment, wall } from '../src/admin/zone.ts';
import { entries } from '../src/lib/entries.ts';
import { best } from '../src/lib/fuzzy.ts';
import { combination } from '../src/lib/keys.ts';
import { patience } from '../src/lib/waits.ts';
import { Api, Problem } from '../src/state/api.ts';
import type { App, Seat } from '../src/state/app.svelte.ts';
import { commands } from '../src/state/commands.ts';
import { Drafts } from '../src/state/drafts.svelte.ts';
import { Health } from '../src/state/health.svelte.ts';
import { Kept } from '../src/state/kept.ts';
import { Notices } from '../src/state/notices.svelte.ts';
import { fill, Replies, slash_word } from '../src/state/replies.svelte.ts';
import { read_place, write_place } from '../src/state/route.svelte.ts';
import { Typing } from '../src/state/typing.ts';
import { FakeLine, said } from './fake_line.ts';

describe('the banner', () => {
  test('says nothing for two seconds, then that it reconnects, then how old the page is', () => {
    const health = new Health();
    health.changed('live', 0);
    health.caught_up(true, 0);
    expect(health.banner(100_000)).toBeNull();
    health.changed('lost', 10_000);
    expect([11_000, 12_500, 30_000].map((now) => health.banner(now))).toEqual([null, 'reconnecting', 'stale']);
    expect(health.synced_at).toBe(10_000);
  });

  test('d6: connected without being caught up is not well', () => {
    const health = new Health();
    health.changed('live', 0);
    health.caught_up(true, 0);
    health.changed('lost', 10_000);
    health.changed('live', 11_000);
    expect(health.banner(13_000)).toBe('reconnecting');
    health.caught_up(false, 14_000);
    expect(health.banner(40_000)).toBe('stale');
    health.caught_up(true, 41_000);
    expect(health.banner(41_000)).toBeNull();
  });
});

test('what was said about a page goes when one leaves it, but not what was said in leaving', () => {
  vi.useFakeTimers();
  const notices = new Notices();
  notices.say('matrix.saved');
  vi.advanceTimersByTime(2000);
  notices.say('transfer.done', { name: 'Tom' });
  notices.leave();
  expect(notices.all.map(({ key }) => key)).toEqual(['transfer.done']);
  vi.useRealTimers();
});

describe('drafts', () => {
  test('are kept through reloads, reply, note and whisper apart', () => {
    const keep = new MemoryKeep();
    const before = new Drafts(new Kept(keep));
    before.write('c1', 'half a reply');
    before.turn('c1', 'note');
    before.write('c1', 'half a note');
    before.turn('c1', 'whisper');
    before.write('c1', 'half a whisper');
    before.turn('c1', 'note');
    const after = new Drafts(new Kept(keep));
    expect(after.of('c1')).toEqual({ reply: 'half a reply', note: 'half a note', whisper: 'half a whisper', kind: 'note' });
    after.clear('c1', 'whisper'); // it was sent while a note is being written
    expect([after.of('c1').whisper, after.text('c1')]).toEqual(['', 'half a note']);
  });

  test('that an earlier version has kept are whole', () => {
    const kept = new Kept(new MemoryKeep());
    kept.set('draft:c1', { reply: '', note: 'half a note', private: true });
    expect(new Drafts(kept).of('c1')).toEqual({ reply: '', note: 'half a note', whisper: '', kind: 'note' });
  });

  test('leave nothing behind once they are sent', () => {
    const keep = new MemoryKeep();
    const drafts = new Drafts(new Kept(keep));
    drafts.write('c1', 'x');
    drafts.write('c1', '');
    expect(keep.keys('')).toEqual([]);
  });
});

describe('prepared replies', () => {
  const api = new Api('', (async () =>
    Response.json({
      items: [
        { id: '1', shortcut: 'hello', locale: 'en', text: 'Hello {name}' },
        { id: '2', shortcut: 'hello', locale: 'zh', text: '您好' },
        { id: '3', shortcut: 'late', locale: 'en', text: 'Sorry, hello again' },
      ],
    })) as typeof fetch);

  test('come in the customer’s language first, by shortcut before text', async () => {
    const replies = new Replies(api);
    await replies.load();
    expect(replies.find('hel', 'zh-CN').map((r) => r.id)).toEqual(['2', '1', '3']);
  });

  test('are called at the start of a word only', () => {
    expect(slash_word('/he', 3)).toEqual({ from: 0, word: 'he' });
    expect(slash_word('see https://x', 13)).toBeNull();
    expect(slash_word('one\n/', 5)).toEqual({ from: 4, word: '' });
    expect(slash_word('and/or', 6)).toBeNull();
  });

  test('fill in what is known and leave the rest', () => {
    expect(fill('Hi {name}, {agent} here, {other}', { name: 'Li', agent: 'Mei' })).toBe('Hi Li, Mei here, {other}');
  });
});

describe('the address', () => {
  test.each(['#/', '#/c/abc', '#/admin/agents', '#/admin/queues/q1'])('%s reads as it was written', (hash) => {
    expect(write_place(read_place(hash))).toBe(hash);
  });
});

describe('typing', () => {
  test('is told once, renewed, and taken back', () => {
    const line = new FakeLine();
    line.turn('live');
    const typing = new Typing(line);
    typing.wrote('c1', 10_000);
    typing.wrote('c1', 11_000);
    typing.wrote('c1', 12_600);
    typing.stop();
    expect(line.of('typing:set').map((asked) => asked['on'])).toEqual([true, true, false]);
  });
});

describe('a thread', () => {
  test('is grouped by who spoke within a minute, with lines between days', () => {
    const all = entries([said(1), said(2), said(3, { at: '2026-03-03T12:00:00Z' })], []);
    expect(all.map((e) => e.kind)).toEqual(['day', 'said', 'said', 'day', 'said']);
    expect(all[1]).toMatchObject({ is_first: true, is_last: false });
  });
});

describe('opening hours', () => {
  test('past midnight belong to the day on which they began', () => {
    expect(from_fields('21:00', '02:00')).toEqual(['21:00', '26:00']);
    const weekly = { '1': [['09:00', '18:00']], '5': [['21:00', '26:00']] } as Record<string, [string, string][]>;
    expect(to_weekly(to_days(weekly))).toEqual(weekly);
  });

  test('come back as they were, special days in the order in which they come', () => {
    const hours: OpeningHours = {
      weekly: { '5': [['21:00', '26:00']] },
      special: [
        { date: '2025-05-01', open: [] },
        { date: '2026-12-31', open: [['20:00', '27:00']], name: 'New Year’s Eve' },
        { date: '2020-12-25', open: [], name: 'Christmas', yearly: true },
        { date: '2020-01-01', open: [], yearly: true },
      ],
    };
    const draft = to_draft(hours, '2026-11-25');
    expect(draft.special.map(({ date, is_open }) => [date, is_open])).toEqual([
      ['2020-12-25', false], ['2026-12-31', true], ['2020-01-01', false], ['2025-05-01', false],
    ]);
    expect(to_hours(draft)?.weekly).toEqual(hours.weekly);
    expect(to_hours(draft)?.special).toEqual([2, 1, 3, 0].map((i) => hours.special?.[i]));
  });

  test('always open is null, always open except on some days is not', () => {
    const draft = to_draft(null, '2026-11-25');
    expect([draft.always, to_hours(draft)]).toEqual([true, null]);
    draft.special.push({ id: 1, date: '2026-12-25', name: ' ', yearly: true, is_open: false, spans: [['09:00', '12:00']] });
    expect(to_hours(draft)).toEqual({ weekly: null, special: [{ date: '2026-12-25', open: [], yearly: true }] });
  });

  test('c14: of some queues come back as they were, and are in use as long as one of those is', () => {
    const kept = [
      { name: 'Nights', queues: ['night', 'moon'], weekly: { '1': [['20:00', '26:00']] as [string, string][] } },
      { name: 'Always', queues: [], weekly: null },
    ];
    const plans = to_plans(kept, '2026-11-25');
    expect(from_plans(plans)).toEqual(kept);
    const more = next_plan(plans);
    expect([more.id, more.hours.always, from_plans([{ ...more, name: ' Early ' }])[0]?.name]).toEqual([2, false, 'Early']);
    const queues = [{ key: 'night', archived: true }, { key: 'moon', archived: false }, { key: 'sun', archived: false }];
    expect(plans.map((plan) => is_in_use(plan, queues))).toEqual([true, false]);
    const others = queues.filter(({ key }) => key !== 'moon');
    expect(plans.map((plan) => is_in_use(plan, others))).toEqual([false, false]);
  });

  test('are not tried out before every day and time is there', () => {
    const draft = to_draft({ weekly: { '1': [['09:00', '18:00']] }, special: [{ date: '', open: [] }] }, '2026-11-25');
    expect(is_whole(draft)).toBe(false);
    draft.special = [];
    expect(is_whole(draft)).toBe(true);
    draft.days[0] = [['09:00', '']];
    expect(is_whole(draft)).toBe(false);
  });

  test('are added after the last ones', () => {
    expect(next_span([])).toEqual(['09:00', '18:00']);
    expect(next_span([['09:00', '12:30']])).toEqual(['12:30', '22:00']);
    expect(next_span([['21:00', '02:00']])).toEqual(['00:00', '21:00']);
  });

  test('are told by the shop’s clock, with the day when it is another, with the date when it is far', () => {
    const now = Date.parse('2026-11-25T20:00:00Z'); // 04:00 on Thursday in Shanghai
    expect(wall(now, 'Asia/Shanghai')).toEqual({ date: '2026-11-26', time: '04:00' });
    const told = ['2026-11-26T10:00:00Z', '2026-11-30T01:00:00Z', '2026-12-28T01:00:00Z'];
    expect(told.map((at) => moment(at, now, 'Asia/Shanghai', 'en'))).toEqual(['18:00', 'Mon 09:00', 'Mon, Dec 28 09:00']);
    expect([known('Asia/Shanghai'), known('Mars/Base')]).toEqual(['Asia/Shanghai', null]);
  });

  test('are tried out a moment after the last change, and an answer that comes late is not shown', async () => {
    vi.useFakeTimers();
    const answers: ((days: unknown[]) => void)[] = [];
    const post = vi.fn(() => new Promise((resolve) => answers.push((days) => resolve({ open: true, changes: [], days }))));
    const ahead = new Ahead({ post } as never);
    const query = { hours: null, time_zone: 'UTC' };
    ahead.try_out(query);
    await vi.advanceTimersByTimeAsync(1);
    ahead.try_out(query);
    await vi.advanceTimersByTimeAsync(300);
    answers[1]?.(['second']);
    answers[0]?.(['first']);
    await vi.advanceTimersByTimeAsync(1);
    expect([ahead.shown?.days, ahead.is_stale]).toEqual([['second'], false]);
    ahead.try_out(null);
    expect([post.mock.calls.length, ahead.is_stale]).toEqual([2, true]);
    vi.useRealTimers();
  });
});

describe('the api', () => {
  test('makes a problem of a problem, and says when somebody is signed out', async () => {
    const api = new Api('', (async () =>
      Response.json({ code: 'unauthorized', detail: 'Please sign in first.', retryable: false }, { status: 401 })) as typeof fetch);
    api.signed_out = vi.fn();
    const problem = await api.get('/agents').catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect((problem as Problem).body.message).toBe('Please sign in first.');
    expect(api.signed_out).toHaveBeenCalledOnce();
  });

  test('an unreachable server is a problem that may be tried again', async () => {
    const api = new Api('', (async () => Promise.reject(new TypeError('network'))) as typeof fetch);
    const problem = (await api.get('/agents').catch((error: unknown) => error)) as Problem;
    expect(problem.body).toMatchObject({ code: 'unreachable', retryable: true });
  });
});

test('waits turn at the limits, the shop’s before ours', () => {
  expect([10, 60, 180].map((s) => patience(s))).toEqual(['calm', 'notice', 'urgent']);
  expect(patience(20, { wait_notice_s: 15 })).toBe('notice');
});

test('the palette finds words in any order, starts of words first', () => {
  expect(best(['Become busy', 'Show closed', 'Busy day'], 'bus', (x) => x)).toEqual(['Busy day', 'Become busy']);
  expect(best(['Hand over to Tom'], 'tom hand', (x) => x)).toHaveLength(1);
});

test('the palette finds every page that one may open, reports too, and no other', () => {
  const pages = (leads: boolean) => {
    const seat = { desk: { leads } } as unknown as Seat;
    const app = { route: {}, preferences: {}, surface: {} } as unknown as App;
    return commands(app, seat).filter((one) => one.within && one.can?.()).map(({ id }) => id);
  };
  expect(pages(true)).toEqual(expect.arrayContaining(['wall', 'adherence', 'admin-reports', 'admin-alerts', 'quality-scorecards', 'quality-rules']));
  expect(pages(false)).toEqual(['adherence', 'admin-replies', 'own-reviews', 'own-follow_ups']);
});

test('a shortcut is the key, not the letter that a Mac makes of it', () => {
  const event = new KeyboardEvent('keydown', { code: 'KeyN', key: '˜', altKey: true });
  expect(combination(event)).toBe('alt+KeyN');
});
