import { beforeAll, describe, expect, test } from 'vitest';
import { console_words } from '../src/i18n';
import { Api } from '../src/state/api.ts';
import { read_place, write_place } from '../src/state/route.svelte.ts';
import { why_facts, why_words } from '../src/state/why.ts';
import type { Change, Decision, Waiting } from '../src/why/shapes.ts';
import { Trace } from '../src/why/trace.svelte.ts';
import { change_words, equal_terms, in_vain, outlook, runner_up, telling_terms, term_value, waited_words } from '../src/why/words.ts';

const en = console_words();
const zh = console_words();
beforeAll(async () => {
  await en.use('en');
  await zh.use('zh-CN');
});

const AT = '2026-03-02T10:00:00Z';
const AT_S = Date.parse(AT) / 1000;
const ann = { id: 'a', name: 'Ann' };
const bob = { id: 'b', name: 'Bob' };

function decision(more: Partial<Decision> = {}, [one, other] = [0.1, 0.22]): Decision {
  const terms = (cost: number) => [
    { term: 'wanted', value: 1 },
    { term: 'cost', value: cost, decided: true },
    { term: 'language', value: -4 },
  ];
  const candidates = [
    { agent: ann, place: 1, terms: terms(one), chosen: true },
    { agent: bob, place: 2, terms: terms(other) },
  ];
  return { id: 'd1', at: AT, chosen: [ann], policy: 'min_cost', candidates, runner_up: bob, decided_by: 'cost', margin: 0.12, ...more };
}

describe('why this agent', () => {
  test('p8: figures are said as people say them', () => {
    const said = (term: string, value: number) => term_value(en, term, value, AT);
    expect([said('refused', 1), said('wanted', 0), said('last_agent', 1), said('busy', 0)]).toEqual(['yes', 'yes', 'no', 'no'].map((word, i) => (i < 2 ? en.t('yes') : word)));
    expect([said('load', 0.25), said('ring', 1), said('speed', -1.1), said('language', 0), said('language', -4)]).toEqual(['25%', '2', '×1.1', 'none', '4']);
    expect([said('foreign', 0), said('foreign', 1)]).toEqual(['yes', 'no']); // under “Speaks the language”
    expect(en.t('trace.term.foreign')).toBe('Speaks the language');
    expect([said('idle_since', AT_S - 130), said('idle_since', 0), said('cost', 0.12345)]).toEqual(['2:10 before', 'not yet', '0.123']);
    expect(said('idle_since', AT_S - 0.4)).toBe('just before');
    expect([waited_words(en, 0.02), waited_words(zh, 75)]).toEqual(['at once', '等候 1:15 后']);
  });

  test('only terms in which they differ, or that decided, are worth a column', () => {
    const one = decision();
    expect(telling_terms(one)).toEqual(['cost']);
    expect(equal_terms(en, one, ['cost'])).toBe('Asked for by name no · Language level 4');
    expect(telling_terms(decision({ decided_by: 'language' }, [0.1, 0.1]))).toEqual(['language']);
  });

  test('whoever was alone is shown with their figures', () => {
    const one = decision();
    expect(telling_terms({ ...one, candidates: (one.candidates ?? []).slice(0, 1) })).toEqual(['cost', 'language']);
  });

  test('the runner-up is named with the term and the distance', () => {
    expect(runner_up(en, decision())).toBe('Runner-up Bob, 0.12 behind in “Cost”.');
    expect(runner_up(zh, decision({ decided_by: 'load', margin: 0.25 }))).toBe('第二名 Bob，在“已占名额”上差 25%。');
    expect(runner_up(en, decision({ decided_by: 'idle_since', margin: 75 }))).toContain('1:15 behind');
    expect(runner_up(en, decision({ decided_by: 'last_agent', margin: 1 }))).toBe('Runner-up Bob, behind in “Served them last”.');
    expect(runner_up(en, decision({ decided_by: 'idle_since', margin: 0.2 }))).toBe('Runner-up Bob, behind in “Last contact”.');
    expect(runner_up(en, decision({ decided_by: 'id' }))).toContain('equal in everything');
    expect(runner_up(en, { id: 'd', at: AT, chosen: [ann] })).toBe('Nobody else could have taken it.');
  });
});

test('p8: whoever holds work is not told that they have been free', () => {
  const said = (words: typeof en, decided_by: string) => why_words(words, { sentence: 'as the server says', facts: { decided_by } });
  expect(said(en, 'given')).toBe('Of those who suit equally well, it is longest since you were given a conversation.');
  expect(said(zh, 'given')).toBe('条件相同的同事里，你最久没有接到新会话。');
  expect([said(en, 'idle_since'), said(en, 'idle')].every((words) => words.endsWith('you have been free the longest.'))).toBe(true);
});

describe('why still waiting', () => {
  const waiting: Waiting = {
    at: AT, outlook: 'kept', position: 2, rivals: 0, ring: 0, rings: 2, agents: [ann], until: '2026-03-02T10:00:20Z',
    turn: { tier: 0, waited_s: 5, priority_s: 0, boost_s: 0, weight: 1 },
  };

  test('p8: the sentence counts down and never below zero', () => {
    expect(outlook(en, waiting, Date.parse(AT) + 5_000)).toBe('Kept for Ann for another 0:15.');
    expect(outlook(zh, waiting, Date.parse(AT) + 90_000)).toBe('专门留给 Ann，还剩 0:00。');
    expect(outlook(en, { ...waiting, outlook: 'offered', agents: [] }, 0)).toBe('On offer to somebody now.');
  });

  test('p7: for whom room is saved, and who is passed over for that, are told', () => {
    const saving: Waiting = { ...waiting, outlook: 'saving', agents: [ann] };
    expect(outlook(en, saving, 0)).toBe('It needs several places at once; Ann takes nobody who comes later until there are enough.');
    expect(outlook(zh, saving, 0)).toBe('这个会话要同时占用多个名额，Ann 正在为它腾出名额，暂不接排在后面的顾客。');
    expect(outlook(en, { ...waiting, outlook: 'reserved' }, 0)).toContain('saved for somebody who comes first');
    expect(outlook(en, { ...waiting, outlook: 'short' }, 0)).toContain('as many places free as it needs');
    expect(change_words(en, { kind: 'saves', at: AT }, new Map())).toBe('free places are saved for it');
  });

  test('declined is told from left unanswered, and what makes it overdue is said', () => {
    const asked = (...results: string[]) => decision({ outcomes: results.map((result) => ({ agent: ann, result })) });
    expect(in_vain(en, [asked('timed_out'), asked('timed_out', 'agent_lost')])).toBe('not answered 2 times');
    expect(in_vain(en, [asked('declined'), asked('timed_out'), asked('live')])).toBe('declined once, not answered once');
    expect(in_vain(zh, [asked('timed_out')])).toBe('超时未应答 1 次');
    expect(in_vain(en, [asked('accepted')])).toBe('');
    expect(change_words(en, { kind: 'aged', at: AT }, new Map(), 300_000)).toBe('it will have waited 5:00 and counts as overdue: goes before all who do not');
  });

  test('a ring says what it asks less', () => {
    const names = new Map([['returns', 'Returns'], ['lang:de', 'German']]);
    const ring = (skills: Change['skills']) => ({ kind: 'ring' as const, at: AT, ring: 1, ...(skills && { skills }) });
    const less = [{ skill: 'returns', before: 3, after: 1 }, { skill: 'lang:de', before: 2, after: 0 }];
    expect(change_words(en, ring(less), names)).toBe('Ring 2 opens: Returns level 1 instead of 3, German no longer asked for');
    const helpers = [{ skill: 'orders', before: 3, after: 0 }, { skill: 'returns', before: 0, after: 2 }];
    expect(change_words(en, ring(helpers), names)).toBe('Ring 2 opens: agents with Returns level 2 are asked, too');
    expect(change_words(zh, ring(helpers), names)).toBe('放宽到第 2 级：具备 Returns 2 级 的客服也会收到派单');
    expect(change_words(zh, { kind: 'refusal', at: AT, agent: bob }, new Map())).toBe('可以再问 Bob');
  });
});

test('beside a conversation it is said what was so when it was offered, and one wait only', () => {
  const facts = { in_hand: 3, capacity: 4, waited_s: 37, compared: 1 };
  const pairs = why_facts(en, { sentence: '', facts }, new Map());
  expect(pairs).toEqual([['Your places then', '3 of 4 taken'], ['Compared', '1 agent']]);
});

describe('the trace of a conversation', () => {
  const answer = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });
  const api = (answers: Record<string, Response | Error>) =>
    new Api('', async (url) => {
      const found = answers[String(url).split('/').pop() ?? ''];
      if (!(found instanceof Response)) throw found ?? new Error('nothing');
      return found;
    });

  test('who waits no more loses the panel, and the decisions stay', async () => {
    const trace = new Trace(api({ decisions: answer(200, { items: [decision()] }), waiting: answer(409, { code: 'conflict' }) }), 'c1');
    await trace.load(true);
    expect([trace.state, trace.waiting, trace.decisions.length]).toEqual(['ready', null, 1]);
  });

  test('a server that is away is said once, and later keeps what was read', async () => {
    const gone = new Trace(api({}), 'c1');
    await gone.load(false);
    expect(gone.state).toBe('failed');
  });

  test('has an address of its own', () => {
    expect(read_place('#/c/c1/why')).toEqual({ page: 'inbox', conversation: 'c1', why: true });
    expect(write_place({ page: 'inbox', conversation: 'c1', why: true })).toBe('#/c/c1/why');
    expect(read_place('#/c/c1')).toEqual({ page: 'inbox', conversation: 'c1' });
  });
});
