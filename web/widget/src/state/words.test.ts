import type { Conversation, Hours, ShopFace } from '@kefu/shared/protocol.gen.ts';
import { beforeAll, expect, test } from 'vitest';
import { words } from '../i18n/index.ts';
import { hostOrigin } from './host.ts';
import { hours_for, matched, notice, opening, place, prospect, reply, topicName, who } from './words.ts';

const en = words();
const zh = words();
beforeAll(async () => {
  await en.use('en');
  await zh.use('zh-CN');
});
const shop = (names: string[], reply_s: number | null = null): ShopFace => ({
  name: 'S', accent: '#123456', topics: [], reply_s, agents: names.map((name) => ({ id: name, name })),
});
const open: Hours = { service: 'open' };
const at = (position: number | null, eta_s: [number, number] | null = null) => ({ position, eta_s }) as Conversation;

test('who answers is said by name, and nobody is said to be here who is not', () => {
  expect(who(en, shop(['Lin']), open)).toBe('Lin is here to answer');
  expect(who(en, shop(['Lin', 'Tom', 'A', 'B']), open)).toBe('Lin, Tom and 2 more are here to answer');
  expect(who(en, shop(['Lin']), { service: 'nobody' })).toBe('Nobody is free right now');
  expect(who(zh, shop([]), { service: 'closed' })).toBe('现在是非服务时间');
  expect(who(en, shop(['Lin']), null)).toBe('');
});

test('the usual time to an answer is in words, and only when somebody is here', () => {
  expect(reply(en, shop([], 40), open)).toBe('Usually within a minute');
  expect(reply(en, shop([], 130), open)).toBe('Usually within 3 minutes');
  expect(reply(en, shop([], 3_700), open)).toBe('Usually within 2 hours');
  expect(reply(en, shop([], 40), { service: 'closed' })).toBe('');
});

test('c13: when the shop opens is said by the reader’s clock, and so it is said where the shop’s differs', () => {
  const at = new Date(Date.now() + 20 * 86_400_000);
  at.setHours(9, 0, 0, 0);
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const there = here === 'Asia/Shanghai' ? 'Europe/Berlin' : 'Asia/Shanghai';
  const day = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' }).format(at);
  expect(opening(en, at.toISOString(), here).time).toBe('9:00 AM');
  expect(opening(en, at.toISOString(), there).time).toBe('9:00 AM (your time)');
  expect(opening(zh, at.toISOString(), there).time).toMatch(/^您当地时间 0?9:00$/);
  expect(opening(en, at.toISOString(), 'Mars/Base')).toMatchObject({ time: '9:00 AM' });
  expect(opening(en, at.toISOString()).day.startsWith(day)).toBe(true);
});

test('closed, nobody here and nobody for this one are different, and the last is said like the second', () => {
  const waits = (service?: string, state = 'queued') => ({ service, state }) as Conversation;
  expect(prospect(open, waits())).toBe('open');
  expect(prospect(open, waits('nobody'))).toBe('nobody');
  expect(prospect(open, waits('uncovered'))).toBe('nobody');
  expect(prospect(open, waits('uncovered', 'offered'))).toBe('open');
  expect(prospect({ service: 'closed' }, waits('uncovered'))).toBe('closed');
  expect(prospect({ service: 'nobody' }, null)).toBe('nobody');
  expect(prospect(null, null)).toBe('open');
});

test('c14: where a queue keeps hours of its own they count, whatever the shop’s say', () => {
  const waits = (hours?: Hours) => ({ state: 'queued', hours }) as Conversation;
  const said = (shop: Hours, own?: Hours) => prospect(hours_for(shop, waits(own)), waits(own));
  expect(said(open, { service: 'closed' })).toBe('closed');
  expect(said({ service: 'closed' }, open)).toBe('open');
  expect(said({ service: 'closed' })).toBe('closed');
  expect(hours_for(open, null)).toBe(open);
});

test('the place in line comes with a range, and with none when the estimate is poor', () => {
  expect(place(en, at(1, [0, 40]))).toBe('You are next. Usually less than a minute.');
  expect(place(en, at(3, [120, 230]))).toBe('You are number 3 in line. Usually 2-4 minutes.');
  expect(place(zh, at(3, [120, 230]))).toBe('您排在第 3 位。通常需要 2～4 分钟。');
  expect(place(en, at(null))).toBe('We are finding somebody for you.');
});

test('notices and topics are translated, unknown ones are not invented', () => {
  const line = (key: string) => ({ notice: key, text: '', sender: { kind: 'system', name: 'Lin' } }) as never;
  expect(notice(zh, line('agent_joined'))).toBe('Lin 已接入对话');
  expect(notice(en, line('something_new'))).toBe('');
  expect([topicName(en, 'returns'), topicName(en, 'Gift wrapping'), topicName(en, null)]).toEqual(['Returns and after-sales', 'Gift wrapping', 'Conversation']);
});

test('p8: why it is this agent is a kind word, and none where there is nothing to say', () => {
  const served = (why?: string) => ({ agent: { id: 'a', name: 'Mei' }, why }) as Conversation;
  expect(matched(en, served('matched_both'), 'zh-CN')).toBe('Mei speaks Chinese and knows this subject well');
  expect(matched(zh, served('matched_language'), 'zh-CN')).toBe('Mei 会说中文');
  expect(matched(en, served('last_agent'), 'not a language')).toBe('You talked with Mei last time');
  expect([matched(en, served(), 'en'), matched(en, served('secret'), 'en'), matched(en, null, 'en')]).toEqual(['', '', '']);
});

test('the panel only ever talks to a web origin that was named', () => {
  expect(hostOrigin('#https%3A%2F%2Fshop.example')).toBe('https://shop.example');
  expect(['', '#', '#null', '#javascript%3Aalert(1)', '#%E0%A4%A'].map(hostOrigin)).toEqual([null, null, null, null, null]);
});
