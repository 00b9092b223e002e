import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Api } from '../src/state/api.ts';
import type { App, Seat } from '../src/state/app.svelte.ts';
import { begin_to_leave } from '../src/state/leaving.ts';
import { Route, write_place } from '../src/state/route.svelte.ts';
import { Session } from '../src/state/session.svelte.ts';
import { Surface } from '../src/state/surface.svelte.ts';

function leave(...states: string[]) {
  const app = { surface: new Surface(), session: { sign_out: vi.fn() }, route: new Route() };
  const seat = { desk: { book: { mine: states.map((state) => ({ state })) } } };
  begin_to_leave(app as unknown as App, seat as unknown as Seat);
  return { layer: app.surface.layer, signed_out: app.session.sign_out.mock.calls.length };
}

describe('signing out', () => {
  test('asks first when customers would have to wait again', () => {
    expect(leave('active', 'wrap_up')).toEqual({ layer: 'leave', signed_out: 0 });
  });

  test('asks nothing when nobody would', () => {
    expect(leave('wrap_up')).toEqual({ layer: null, signed_out: 1 });
  });

  test('is not shown as done before the server knows of it', async () => {
    const api = new Api();
    const session = new Session(api);
    session.state = 'signed_in';
    vi.spyOn(api, 'delete').mockRejectedValueOnce(new Error('offline')).mockResolvedValueOnce(undefined);
    expect([await session.sign_out_told(), session.state]).toEqual([false, 'signed_in']);
    expect([await session.sign_out_told(), session.state]).toEqual([true, 'signed_out']);
  });
});

describe('who is signed in', () => {
  const answers = (...all: [number, unknown][]) => vi.fn(() => {
    const [status, body] = all.shift() ?? [500, {}];
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });

  test('is asked so that nobody is no error', async () => {
    const send = answers([200, { items: [] }]);
    const session = new Session(new Api('/api/v1', send as unknown as typeof fetch));
    await session.ask();
    expect(session.state).toBe('signed_out');
    expect(send).toHaveBeenCalledTimes(1);
  });

  test('is asked the old way of a node of the version before', async () => {
    const session = new Session(new Api('/api/v1', answers([405, {}], [200, { agent: { id: 'a' } }]) as unknown as typeof fetch));
    await session.ask();
    expect([session.state, session.agent?.id]).toEqual(['signed_in', 'a']);
  });
});

describe('leaving a page on which something is not saved', () => {
  let route: Route;
  let unsaved: boolean;
  let stop: () => void;
  const at = () => [location.hash, write_place(route.place)];

  beforeEach(() => {
    location.hash = '#/admin/queues/q1';
    route = new Route();
    unsaved = true;
    stop = route.guard(() => unsaved);
  });
  afterEach(() => stop());

  test('is asked about first, and one stays or goes', () => {
    route.conversation('c1');
    expect([...at(), route.held !== null]).toEqual(['#/admin/queues/q1', '#/admin/queues/q1', true]);
    route.answer(false);
    expect([...at(), route.held]).toEqual(['#/admin/queues/q1', '#/admin/queues/q1', null]);
    route.admin('queues', 'q2');
    route.answer(true);
    expect([...at(), route.held]).toEqual(['#/admin/queues/q2', '#/admin/queues/q2', null]);
  });

  test('is not asked about when all is saved, or the page is gone', () => {
    unsaved = false;
    route.admin('agents');
    expect(at()).toEqual(['#/admin/agents', '#/admin/agents']);
    unsaved = true;
    stop();
    route.conversation(null);
    expect(at()).toEqual(['#/', '#/']);
  });

  test('is taken back where the browser has gone already', () => {
    const end = route.start();
    location.hash = '#/admin/agents';
    dispatchEvent(new Event('hashchange'));
    expect([...at(), route.held !== null]).toEqual(['#/admin/queues/q1', '#/admin/queues/q1', true]);
    route.answer(true);
    expect(at()).toEqual(['#/admin/agents', '#/admin/agents']);
    end();
  });

  test('by closing the tab is asked about by the browser', () => {
    const close = () => !dispatchEvent(new Event('beforeunload', { cancelable: true }));
    expect(close()).toBe(true);
    unsaved = false;
    expect(close()).toBe(false);
    unsaved = true;
    stop();
    expect(close()).toBe(false);
  });

  test('by signing out is asked about too', () => {
    const app = { surface: new Surface(), session: { sign_out: vi.fn() }, route };
    begin_to_leave(app as unknown as App, { desk: { book: { mine: [] } } } as unknown as Seat);
    expect(app.session.sign_out).not.toHaveBeenCalled();
    route.answer(true);
    expect(app.session.sign_out).toHaveBeenCalledOnce();
  });
});
