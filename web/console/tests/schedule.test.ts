import { expect, test } from 'vitest';
import { Plan } from '../src/schedule/plan.svelte';
import type { Draft, Shift, WeekPlan } from '../src/schedule/records';
import { clock, moved, resized, usual, window_of } from '../src/schedule/times';
import { carried, is_open, standing, wall_now } from '../src/schedule/happening';
import type { Swap } from '../src/schedule/records';
import { paired } from '../src/schedule/swapping';
import { keyed, walked, type Stop } from '../src/schedule/walking';
import { Problem, type Api } from '../src/state/api';
import type { ErrorBody } from '../src/wire';

const MONDAY = '2026-03-02';
const NINE_TO_FIVE: Draft = { agent: 'lin', day: MONDAY, start: 540, end: 1020, breaks: [[720, 750]] };
const WEEK: WeekPlan = {
  first: MONDAY,
  today: MONDAY,
  time_zone: 'UTC',
  open: Array.from({ length: 7 }, () => [[480, 1080]]),
  agents: [
    { id: 'lin', name: 'Lin' },
    { id: 'mei', name: 'Mei' },
  ],
  shifts: [],
  time_off: [],
  asked_off: [],
  asked_swaps: [],
};

/** A server that keeps shifts, and refuses what it is told to. */
class Server {
  readonly kept = new Map<string, Shift>();
  readonly asked: string[] = [];
  refusal: ErrorBody | null = null;
  #next = 1;

  get<T>(path: string): Promise<T> {
    return Promise.resolve((path === '/schedule' ? { ...WEEK, shifts: [...this.kept.values()] } : { customers: 0, queues: [], gaps: [] }) as T);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.#answer(`POST ${path}`, () => this.#keep(`s${this.#next++}`, body as Draft, 1));
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    const id = path.split('/').at(-1) as string;
    return this.#answer(`PATCH ${path}`, () => this.#keep(id, body as Draft, this.#as_seen(id, body) + 1));
  }

  delete(path: string, body: unknown): Promise<unknown> {
    const id = path.split('/').at(-1) as string;
    return this.#answer(`DELETE ${path}`, () => this.#as_seen(id, body) && this.kept.delete(id));
  }

  /** Another supervisor moves a shift. */
  meanwhile(id: string, start: number): void {
    const kept = this.kept.get(id) as Shift;
    this.kept.set(id, { ...kept, start, version: kept.version + 1 });
  }

  /** Refuses what was decided on another version than there is. */
  #as_seen(id: string, body: unknown): number {
    const version = this.kept.get(id)?.version ?? 0;
    if ((body as { seen: number | null }).seen === version) return version;
    throw new Problem(409, { code: 'conflict', message: '', retryable: false, details: { reason: 'changed' } });
  }

  #keep(id: string, { agent, day, start, end, breaks }: Draft, version: number): Shift {
    const shift = { id, agent, day, start, end, breaks, worked_min: end - start, version };
    this.kept.set(id, shift);
    return shift;
  }

  async #answer<T>(asked: string, give: () => unknown): Promise<T> {
    this.asked.push(asked);
    await Promise.resolve();
    if (this.refusal) throw new Problem(409, this.refusal);
    return give() as T;
  }
}

async function opened(): Promise<{ server: Server; plan: Plan; told: ErrorBody[] }> {
  const server = new Server();
  const told: ErrorBody[] = [];
  const plan = new Plan(server as unknown as Api, (error) => told.push(error));
  await plan.load(null);
  return { server, plan, told };
}

const settled = async (plan: Plan): Promise<void> => {
  while (plan.is_saving) await Promise.resolve();
};

test('a shift is shown at once, and keeps its place when it gets its id', async () => {
  const { server, plan } = await opened();
  const id = plan.create(NINE_TO_FIVE);
  expect(plan.shifts).toHaveLength(1);
  const key = plan.key(plan.shifts[0] as Shift);

  await settled(plan);

  expect(plan.get(id)?.id).toBe('s1');
  expect(plan.key(plan.shifts[0] as Shift)).toBe(key);
  expect(server.kept.size).toBe(1);
});

test('a shift that is moved on while it is being made is saved as it is then', async () => {
  const { server, plan } = await opened();
  const id = plan.create(NINE_TO_FIVE);
  plan.draft(id, moved(NINE_TO_FIVE, 60));
  await settled(plan);
  expect(plan.get(id)?.start).toBe(600);

  await plan.save(id);

  expect(server.kept.get('s1')?.start).toBe(600);
});

test('what is refused is put back and told', async () => {
  const { server, plan, told } = await opened();
  const id = plan.create(NINE_TO_FIVE);
  await settled(plan);
  server.refusal = { code: 'conflict', message: '', retryable: false, details: { reason: 'overlap' } };

  plan.draft(id, { ...NINE_TO_FIVE, agent: 'mei' });
  expect(await plan.save(id)).toBe(false);
  expect(await plan.remove(id)).toBe(false);
  plan.create({ ...NINE_TO_FIVE, agent: 'mei' });
  await settled(plan);

  expect(plan.shifts.map(({ agent }) => agent)).toEqual(['lin']);
  expect(told).toHaveLength(3);
});

test('undo takes back one step after the other', async () => {
  const { server, plan } = await opened();
  const id = plan.create(NINE_TO_FIVE);
  await settled(plan);
  plan.draft(id, moved(NINE_TO_FIVE, 60));
  await plan.save(id);
  await plan.remove(id);
  expect(server.kept.size).toBe(0);

  await plan.undo();
  expect([...server.kept.values()].map(({ start }) => start)).toEqual([600]);
  await plan.undo();
  expect([...server.kept.values()].map(({ start }) => start)).toEqual([540]);
  await plan.undo();

  expect(server.kept.size).toBe(0);
  expect(plan.can_undo).toBe(false);
});

test('who was slower loses all they did to it, and is told once', async () => {
  const { server, plan, told } = await opened();
  const id = plan.create(NINE_TO_FIVE);
  await settled(plan);
  server.meanwhile('s1', 480);

  plan.draft(id, moved(NINE_TO_FIVE, 60));
  const first = plan.save(id);
  plan.draft(id, moved(NINE_TO_FIVE, 120));
  const second = plan.save(id);

  expect(await Promise.all([first, second])).toEqual([false, false]);
  expect(server.kept.get('s1')).toMatchObject({ start: 480, version: 2 });
  expect(plan.get(id)?.start).toBe(480);
  expect(told).toHaveLength(1);
});

test('undo does not take out what somebody else has moved', async () => {
  const { server, plan, told } = await opened();
  plan.create(NINE_TO_FIVE);
  await settled(plan);
  server.meanwhile('s1', 480);

  await plan.undo();

  expect(server.kept.get('s1')?.start).toBe(480);
  expect(told).toHaveLength(1);
});

test('what keys did is saved before another week is read, and before anything is undone', async () => {
  const { server, plan } = await opened();
  const id = plan.create(NINE_TO_FIVE);
  await settled(plan);
  let is_unsaved = true;
  plan.draft(id, moved(NINE_TO_FIVE, 60));
  plan.flush = () => {
    if (is_unsaved) void plan.save(id);
    is_unsaved = false;
  };

  await plan.load('2026-03-09');
  expect(server.kept.get('s1')?.start).toBe(600);

  is_unsaved = true;
  plan.draft(id, moved(NINE_TO_FIVE, 120));
  await plan.undo();
  expect(server.kept.get('s1')?.start).toBe(600);
});

test('shifts go by quarters, stay on their day, and take their breaks along', () => {
  expect(moved(NINE_TO_FIVE, 15)).toMatchObject({ start: 555, end: 1035, breaks: [[735, 765]] });
  expect(moved(NINE_TO_FIVE, -9_999)).toMatchObject({ start: 0, end: 480 });
  expect(resized(NINE_TO_FIVE, 'end', 735)).toMatchObject({ start: 540, end: 735, breaks: [[720, 735]] });
  expect(resized(NINE_TO_FIVE, 'start', 900)).toMatchObject({ start: 900, breaks: [] });
  expect(resized(NINE_TO_FIVE, 'end', 9_999).end).toBe(540 + 960);
  expect(clock(1_500)).toBe('1:00');
});

test('a usual shift lies in the opening hours', () => {
  expect(usual([[480, 1080]])).toEqual({ start: 540, end: 1020, breaks: [[765, 795]] });
  expect(usual([[600, 840]])).toEqual({ start: 600, end: 840, breaks: [] });
  expect(usual([[0, 1440]]).start).toBe(540);
  expect(usual([]).end).toBe(1020);
  expect(window_of([[1320, 1800]])).toEqual([540, 1800]);
});

test('arrows go around, ⇧ with them moves, Alt pulls the ends', () => {
  const shift: Shift = { ...NINE_TO_FIVE, id: 's1', worked_min: 450, version: 1 };
  const days = [MONDAY, '2026-03-03'];
  const grounds = { agents: WEEK.agents, days, of: (agent: string, day: string) => (agent === 'lin' && day === MONDAY ? [shift] : []) };
  const key = (code: string, more: KeyboardEventInit = {}) => new KeyboardEvent('keydown', { key: code, code, ...more });
  const here: Stop = { agent: 'lin', day: MONDAY, id: 's1' };

  expect(walked(grounds, here, key('ArrowRight'))).toEqual({ agent: 'lin', day: '2026-03-03', id: null });
  expect(walked(grounds, here, key('ArrowDown'))).toEqual({ agent: 'mei', day: MONDAY, id: null });
  expect(walked(grounds, here, key('ArrowUp'))).toBeNull();
  expect(walked(grounds, here, key('ArrowLeft', { shiftKey: true }))).toBeNull();
  expect(keyed(shift, key('ArrowRight', { shiftKey: true }), grounds)).toMatchObject({ start: 555 });
  expect(keyed(shift, key('ArrowDown', { shiftKey: true }), grounds)).toMatchObject({ agent: 'mei' });
  expect(keyed(shift, key('PageDown', { shiftKey: true }), grounds)).toMatchObject({ day: '2026-03-03' });
  expect(keyed(shift, key('ArrowRight', { altKey: true }), grounds)).toMatchObject({ end: 1035 });
  expect(keyed(shift, key('ArrowLeft', { altKey: true, shiftKey: true }), grounds)).toMatchObject({ start: 525 });
  expect(keyed(shift, key('ArrowRight'), grounds)).toBeNull();
});

test('what has begun keeps its beginning, what is over is not dragged, and a note made late can be', () => {
  const shift: Shift = { ...NINE_TO_FIVE, id: 's', worked_min: 450, version: 2, starts_at: `${MONDAY}T09:00:00Z`, ends_at: `${MONDAY}T17:00:00Z` };
  const at = (hour: string) => Date.parse(`${MONDAY}T${hour}:00Z`);

  expect(['08:59', '09:00', '17:00'].map((hour) => standing(shift, at(hour)))).toEqual(['coming', 'runs', 'over']);
  expect(standing({ ...shift, noted_late: true }, at('18:00'))).toBe('coming');
  expect(is_open('runs', shift, resized(shift, 'end', 1080))).toBe(true);
  expect(is_open('runs', shift, moved(shift, 15))).toBe(false);
  expect(is_open('over', shift, resized(shift, 'end', 1080))).toBe(false);
});

test('a night goes on on its second day, by the clock of the shop', () => {
  const night: Shift = { ...NINE_TO_FIVE, start: 1320, end: 1800, breaks: [], id: 'n', worked_min: 480, version: 1 };
  expect(carried([night, { ...night, end: 1440 }])).toEqual([{ shift: night, end: 360 }]);
  expect(wall_now(Date.parse(`${MONDAY}T17:32:00Z`), 'Asia/Shanghai')).toEqual({ day: '2026-03-03', minute: 92 });
});

test('two who give to each other are one swap; anything else stands by itself', () => {
  const [lin, mei] = [
    { id: 'lin', name: 'Lin' },
    { id: 'mei', name: 'Mei' },
  ];
  const swap = (id: string, by: Swap['by'], to: Swap['to'], state: Swap['state'] = 'asked'): Swap => ({ id, by, to: to ?? null, state, shift: { ...NINE_TO_FIVE, id, worked_min: 0, version: 1 } });
  const all = [swap('a', lin, mei), swap('b', lin, null), swap('c', mei, lin, 'accepted'), swap('d', mei, lin, 'declined')];
  expect(paired(all).map((halves) => halves.map(({ id }) => id))).toEqual([['a', 'c'], ['b'], ['d']]);
  expect(paired(all, ['accepted']).map((halves) => halves.length)).toEqual([1, 1, 1, 1]);
});
