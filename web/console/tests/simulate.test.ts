import { MemoryKeep } from '@kefu/shared/keep.ts';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { lines, not_made } from '../src/admin/simulate/changes.ts';
import { Draft, from_variant, to_variant } from '../src/admin/simulate/draft.svelte.ts';
import { verdict, writing } from '../src/admin/simulate/figures.ts';
import { in_words, length, midnight, preset, span } from '../src/admin/simulate/period.ts';
import type { Metric, Variant } from '../src/admin/simulate/records.ts';
import { Watch } from '../src/admin/simulate/runs.svelte.ts';
import { sentence } from '../src/admin/simulate/sentence.ts';
import { short_name, told_apart, unnamed } from '../src/admin/simulate/short.ts';
import { at, scale } from '../src/admin/simulate/ways.ts';
import type { World } from '../src/admin/simulate/world.ts';
import { console_words } from '../src/i18n/index.ts';
import { Api } from '../src/state/api.ts';
import { Kept } from '../src/state/kept.ts';

const agent = (id: string, name: string, capacity: number, skills: [string, number][]) => ({
  ...{ id, name, email: `${id}@shop`, role: 'agent' as const, capacity, status: 'available' as const, active: true, online: true },
  skills: skills.map(([skill, level]) => ({ skill, level })),
});
const queue = (id: string, name: string) => ({
  ...{ id, key: id, name, topics: [], priority: 0, offer_timeout_s: 30, wrap_up_s: 10, auto_accept: false },
  ...{ match_language: true, archived: false, skills: [], policy: 'min_cost' as const, weight: 1, target_s: 60 },
  ...{ units: 1, sticky_s: 20, offers_at_once: 1, overflow: [], takes_transfers_when_empty: true },
});
const WORLD: World = {
  zone: 'Asia/Shanghai',
  agents: [agent('lin', 'Lin', 3, [['de', 2], ['orders', 4]]), agent('mei', 'Mei', 4, [])],
  skills: [
    { id: 'de', key: 'de', name: 'German', kind: 'language' },
    { id: 'orders', key: 'orders', name: 'Orders', kind: 'skill' },
  ],
  queues: [queue('returns', 'Returns'), queue('general', 'General')],
  names: new Map(Object.entries({ lin: 'Lin', mei: 'Mei', de: 'German', orders: 'Orders', returns: 'Returns', general: 'General' })),
};
const NOTHING: Variant = { name: 'A', agents: [], added: [], queues: [] };

const [en, zh] = [console_words(), console_words()];
beforeAll(async () => {
  await zh.use('zh-CN');
  await en.use('en-GB');
});
const says = (variant: Partial<Variant>, words = en) => sentence({ ...NOTHING, ...variant }, WORLD, words);

describe('the sentence of a variant', () => {
  test('says who comes and how a queue goes', () => {
    const variant: Partial<Variant> = {
      added: [{ count: 2, capacity: 3, skills: { de: 3 } }],
      queues: [{ queue: 'returns', policy: 'longest_idle' }],
    };
    expect(says(variant)).toBe('Two more who speak German at 3 (3 at once); Returns goes by “Longest free”.');
    expect(says(variant, zh)).toBe('增加 2 人，会German 3 级，每人同时接待 3 个；Returns按“空闲最久”分配。');
  });

  test('says of skills only what is different', () => {
    expect(says({ agents: [{ agent: 'lin', skills: { de: 5 } }] })).toBe('Lin has German at 5, no Orders.');
    expect(says({ agents: [{ agent: 'lin', capacity: 10 }, { agent: 'mei', absent: true }] })).toBe('Lin takes 10 at once; Mei is not there.');
  });

  test('takes queues together of which the same is different', () => {
    const all = ['returns', 'general'].map((id) => ({ queue: id, target_s: 30 }));
    expect(says({ queues: all })).toBe('Every queue answers within 30 s.');
    expect(says({ added: [{ count: 1, capacity: 2, skills: { orders: 3 } }] })).toBe('One more with Orders at 3 (2 at once).');
  });

  test('says so when nothing is different', () => {
    expect(says({})).toBe('Nothing is different yet.');
  });
});

describe('the name of a variant that was given none', () => {
  const name = (variant: Partial<Variant>, words = en) => short_name({ ...NOTHING, ...variant }, WORLD, words);
  const CASES: [Partial<Variant>, string, string][] = [
    [{ agents: [{ agent: 'lin', capacity: 4 }] }, 'Lin +1 place', 'Lin 名额 +1'],
    [{ agents: [{ agent: 'lin', capacity: 3 }] }, 'Lin takes 3 at once', 'Lin 同时接待 3 个'],
    [{ agents: [{ agent: 'mei', capacity: 2 }] }, 'Mei −2 places', 'Mei 名额 −2'],
    [{ agents: [{ agent: 'mei', absent: true }] }, 'Without Mei', 'Mei 不在岗'],
    [{ agents: [{ agent: 'lin', skills: { de: 5, orders: 4 } }] }, 'Lin: German at 5', 'Lin：German 5 级'],
    [{ added: [{ count: 2, capacity: 3, skills: {} }] }, '+2 people', '增加 2 人'],
    [{ queues: [{ queue: 'returns', policy: 'fastest_first' }] }, 'Returns: Fastest first', 'Returns：最快优先'],
    [{ queues: [{ queue: 'returns', target_s: 30 }, { queue: 'general', target_s: 30 }] }, 'All queues: within 30 s', '全部队列：30 秒内响应'],
    [{}, '', ''],
  ];
  test.each(CASES)('%j is %s', (variant, english, chinese) => {
    expect(name(variant)).toBe(english);
    expect(name(variant, zh)).toBe(chinese);
  });

  test('says the first two of many things', () => {
    const variant: Partial<Variant> = { agents: [{ agent: 'lin', capacity: 4 }], queues: [{ queue: 'returns', target_s: 30, weight: 2 }] };
    expect(name(variant)).toBe('Lin +1 place, Returns: within 30 s, …');
  });

  test('is made anew when it is asked again, and a name that was given stays', () => {
    const own: Variant = { ...NOTHING, name: 'Lin +1 place (2)', agents: [{ agent: 'lin', capacity: 4 }] };
    expect(unnamed(own, WORLD, en).name).toBe('');
    expect(unnamed({ ...own, name: 'More for Lin' }, WORLD, en).name).toBe('More for Lin');
  });

  test('is another one for each', () => {
    expect(told_apart(['A', 'B', 'A', 'A'])).toEqual(['A', 'B', 'A (2)', 'A (3)']);
  });
});

describe('better and worse', () => {
  const CASES: [Metric, number, number, string][] = [
    ['mean_wait_s', -12, 3, 'better'],
    ['mean_wait_s', 12, 3, 'worse'],
    ['mean_wait_s', 2.9, 3, 'alike'],
    ['mean_wait_s', 3, 3, 'alike'],
    ['mean_wait_s', 0, 0, 'alike'],
    ['service_level', 0.02, 0.01, 'better'],
    ['service_level', -0.02, 0.01, 'worse'],
    ['abandonment', -0.02, 0.01, 'better'],
    ['p95_s', 40, 1, 'worse'],
    ['mean_wait_s', -0.9, 0.1, 'alike'],
    ['p95_s', -1.9, 0, 'alike'],
    ['service_level', 0.004, 0.001, 'alike'],
    ['occupancy_spread', -0.009, 0, 'alike'],
    ['occupancy', 0.1, 0.01, 'busier'],
    ['occupancy', -0.1, 0.01, 'idler'],
    ['occupancy_spread', -0.1, 0.01, 'more_even'],
    ['occupancy_spread', 0.1, 0.01, 'less_even'],
  ];
  test.each(CASES)('%s %d ± %d is %s', (metric, mean, half, word) => {
    expect(verdict(metric, { mean, half })).toBe(word);
  });

  test('figures are written in one unit for all ways, shares as points', () => {
    const points = (n: string) => `${n} pp`;
    const [short, long, share] = [writing('mean_wait_s', 48, 'en', points), writing('p95_s', 1200, 'en', points), writing('service_level', 1, 'en', points)];
    expect([short.value(48.25), short.half(3), short.difference(-12)]).toEqual(['48.3s', '3.0', '−12.0s']);
    expect(verdict('mean_wait_s', { mean: -0.04, half: 0 }, short.smallest)).toBe('alike');
    expect([long.value(90), long.difference(60)]).toEqual(['1.5 min', '+1.0 min']);
    expect(writing('p95_s', 20_000, 'en', points).value(5400)).toBe('1.5 hr');
    expect([share.value(0.834), share.half(0.012), share.difference(0.021)]).toEqual(['83.4%', '1.2', '+2.1 pp']);
  });

  test('a chart holds all intervals, and shares end at 0 and 1', () => {
    const axis = scale([{ mean: 0.98, half: 0.03 }, { mean: 0.5, half: 0.1 }], 'service_level');
    expect(axis.high).toBe(1);
    expect(axis.low).toBeLessThan(0.4);
    expect(at(1, axis)).toBe(1);
  });
});

describe('what is sent', () => {
  test('all queues are each of them, later changes go first, empty fields are left out', () => {
    const fields = { kind: 'queue' as const, target_s: null, priority: null, weight: null };
    const sent = to_variant(
      {
        name: ' ',
        changes: [
          { ...fields, queue: '', policy: 'round_robin' },
          { ...fields, queue: 'returns', policy: 'random', weight: 2 },
          { kind: 'agent', agent: 'lin', absent: false, capacity: null, skills: null },
          { kind: 'agent', agent: 'mei', absent: true, capacity: 9, skills: null },
        ],
      },
      ['returns', 'general'],
      'Variant 1',
    );
    expect(sent).toEqual({
      name: 'Variant 1',
      added: [],
      agents: [{ agent: 'mei', absent: true }],
      queues: [{ queue: 'returns', policy: 'random', weight: 2 }, { queue: 'general', policy: 'round_robin' }],
    });
    expect(to_variant(from_variant(sent), [], 'x')).toEqual(sent);
  });

  test('a question is kept through reloads; who is gone is not asked about', () => {
    const keep = new MemoryKeep();
    const before = new Draft(new Kept(keep));
    before.variants[0]?.changes.push({ kind: 'agent', agent: 'lin', absent: true, capacity: null, skills: null });
    before.duplicate(0);
    before.keep();
    const after = new Draft(new Kept(keep));
    expect(after.variants.map((one) => one.changes.length)).toEqual([1, 1]);
    after.forget(new Set(), new Set(), new Set());
    expect(after.variants.map((one) => one.changes.length)).toEqual([0, 0]);
  });
});

describe('days on the shop’s clock', () => {
  const NOW = Date.parse('2026-03-10T20:00:00Z'); // the 11th, 4:00, in Shanghai

  test('yesterday is a whole day there', () => {
    const days = preset('yesterday', NOW, 'Asia/Shanghai');
    expect(days).toEqual({ first: '2026-03-10', last: '2026-03-10' });
    expect(span(days, NOW, 'Asia/Shanghai')).toEqual({ since: '2026-03-09T16:00:00.000Z', until: '2026-03-10T16:00:00.000Z' });
    expect(length(preset('days_28', NOW, 'Asia/Shanghai'))).toBe(28);
  });

  test('they are written as the reader writes days', () => {
    const { since, until } = span({ first: '2026-03-08', last: '2026-03-10' }, NOW, 'Asia/Shanghai');
    expect(in_words(since, until, 'Asia/Shanghai', 'zh-CN')).toBe('3月8日至3月10日');
    expect(in_words(since, until, 'Asia/Shanghai', 'en-US')).toMatch(/^March 8\s–\s10$/);
  });

  test('today ends now, and a day on which clocks change begins at its midnight', () => {
    expect(span({ first: '2026-03-11', last: '2026-03-11' }, NOW, 'Asia/Shanghai').until).toBe('2026-03-10T20:00:00.000Z');
    expect(new Date(midnight('2026-03-29', 'Europe/Berlin')).toISOString()).toBe('2026-03-28T23:00:00.000Z');
    expect(new Date(midnight('2026-03-30', 'Europe/Berlin')).toISOString()).toBe('2026-03-29T22:00:00.000Z');
  });
});

test('before it is applied, every change is shown from and to, and what stays a thought', () => {
  const variant: Variant = {
    name: 'A',
    agents: [{ agent: 'lin', capacity: 10, skills: { de: 2, orders: 5 } }, { agent: 'mei', absent: true }],
    added: [{ count: 1, capacity: 2, skills: {} }],
    queues: [{ queue: 'returns', policy: 'longest_idle', target_s: 60 }],
  };
  expect(lines(variant, WORLD, en).map((one) => Object.values(one).join('|'))).toEqual([
    'Lin|Capacity|3|10',
    'Lin|Orders|Level 4|Level 5',
    'Returns|Goes by|Best on balance|Longest free',
  ]);
  expect(not_made(variant, WORLD, en)).toEqual(['One more person without skills (2 at once).', 'Mei is not there.']);
});

test('what was changed since it was asked stands beside what would overwrite it', () => {
  const variant = { name: 'x', added: [], agents: [{ agent: 'lin', capacity: 10, skills: { de: 2 } }], queues: [{ queue: 'returns', policy: 'longest_idle' as const, priority: 4 }] };
  const overtaken = [
    { agent: 'lin', field: 'skills', skill: 'orders', was: 0, now: 4 },
    { queue: 'returns', field: 'priority', was: 2, now: 9 },
  ];
  const found = lines(variant, WORLD, en, overtaken).map(({ what, was }) => [what, was]);
  expect(found).toEqual([['Capacity', undefined], ['Orders', 'none'], ['Goes by', undefined], ['Priority', '2']]);
});

test('a question is looked at once a second until it is answered, and no more when the page is left', async () => {
  vi.useFakeTimers();
  const states = ['running', 'running', 'done'];
  const send = vi.fn(() => Promise.resolve(Response.json({ state: states.shift() ?? 'running' })));
  const watch = new Watch(new Api('/api/v1', send), 's1');
  const stop = watch.start();
  await vi.advanceTimersByTimeAsync(2_500);
  expect(watch.record?.state).toBe('done');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(send).toHaveBeenCalledTimes(3);
  stop();

  const left = new Watch(new Api('/api/v1', send), 's2');
  const leave = left.start();
  await vi.advanceTimersByTimeAsync(1_500);
  leave();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(send).toHaveBeenCalledTimes(5);
  vi.useRealTimers();
});
