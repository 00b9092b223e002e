import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Api } from '../src/state/api.ts';
import { App } from '../src/state/app.svelte.ts';
import { run_keys, type Command } from '../src/state/commands.ts';
import { FakeLine, ME, session } from './fake_line.ts';

describe('an input method', () => {
  const run = vi.fn();
  const all: Command[] = [{ id: 'accept', group: 'offer', title: 'command.accept', keys: ['Enter'], run }];
  const enter = (more: object): KeyboardEvent =>
    Object.assign(new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter' }), more);

  beforeEach(() => void run.mockReset());

  test('keeps its Enter, also in Safari, which tells of the end of the composition first', () => {
    run_keys(all, enter({ keyCode: 229 }));
    expect(run).not.toHaveBeenCalled();
    run_keys(all, enter({ keyCode: 13 }));
    expect(run).toHaveBeenCalledOnce();
  });
});

describe('a line that was ended for good', () => {
  test('is opened again by the button, when one is still signed in', async () => {
    const line = new FakeLine();
    const open = vi.spyOn(line, 'open');
    const app = new App(() => line, new Api('/api/v1', async () => Response.json({ items: [{ agent: ME }] })));
    await app.session.ask();
    const stand_up = app.sit(ME.id);
    line.tell('session:started', session());
    line.turn('ended');
    await app.come_back();
    expect([app.session.state, open.mock.calls.length]).toEqual(['signed_in', 2]);
    stand_up();
  });
});
