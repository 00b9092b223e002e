import { describe, expect, test, vi } from 'vitest';
import { Api } from '../src/state/api.ts';
import type { App, Seat } from '../src/state/app.svelte.ts';
import { begin_to_leave } from '../src/state/leaving.ts';
import { Session } from '../src/state/session.svelte.ts';
import { Surface } from '../src/state/surface.svelte.ts';

function leave(...states: string[]) {
  const app = { surface: new Surface(), session: { sign_out: vi.fn() } };
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
