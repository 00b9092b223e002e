import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EVERY_MS, Inputs, RETRY_MS, type Neighbours } from '../src/state/inputs.ts';
import { shown } from '../src/state/shown.ts';
import { AT, FakeLine, session } from './fake_line.ts';

/** Tabs of one browser. */
class Browser {
  readonly #ears = new Set<() => void>();

  tab(): Neighbours {
    let own = (): void => undefined;
    return {
      said: () => this.#ears.forEach((ear) => ear !== own && ear()),
      hear: (said) => {
        own = said;
        this.#ears.add(own);
        return () => void this.#ears.delete(own);
      },
    };
  }
}

const key = { type: 'keydown', screenX: 0, screenY: 0 };
const move = (screenX: number) => ({ type: 'pointermove', screenX, screenY: 5 });
let browser: Browser;
let line: FakeLine;

function console_of(on: FakeLine): { inputs: Inputs; desk: { line: FakeLine; idle: boolean }; target: EventTarget; end: () => void } {
  const desk = { line: on, idle: false };
  const inputs = new Inputs(desk, browser.tab(), () => Date.now());
  const target = new EventTarget();
  const end = inputs.listen(target as never);
  on.tell('session:started', session());
  return { inputs, desk, target, end };
}

const seen = (on: FakeLine): number => on.of('input:tell').filter((asked) => asked['seen']).length;

beforeEach(() => {
  vi.useFakeTimers();
  browser = new Browser();
  line = new FakeLine();
});
afterEach(() => void vi.useRealTimers());

describe('b21: a console that notices input', () => {
  test('says at first only that it would tell', () => {
    console_of(line);
    expect(line.of('input:tell')).toEqual([{ seen: false }]);
  });

  test('says nothing while nothing is touched, and keeps no timer', async () => {
    console_of(line);
    await vi.advanceTimersByTimeAsync(10 * EVERY_MS);
    expect(seen(line)).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('says at once that something was touched, and at most so often that it goes on', async () => {
    const { inputs } = console_of(line);
    await vi.advanceTimersByTimeAsync(0);
    inputs.noticed(key);
    expect(seen(line)).toBe(1);
    for (let at = 0; at < 4 * EVERY_MS; at += 1000) {
      await vi.advanceTimersByTimeAsync(1000);
      inputs.noticed(key);
      inputs.noticed(key);
      expect(vi.getTimerCount()).toBeLessThanOrEqual(1);
    }
    expect(seen(line)).toBeGreaterThanOrEqual(4);
    expect(seen(line)).toBeLessThanOrEqual(5);
  });

  test('tells of the last touch too, though soon after the one that was told', async () => {
    const { inputs } = console_of(line);
    await vi.advanceTimersByTimeAsync(0);
    inputs.noticed(key);
    await vi.advanceTimersByTimeAsync(1000);
    inputs.noticed(key);
    expect(seen(line)).toBe(1);
    await vi.advanceTimersByTimeAsync(EVERY_MS);
    expect(seen(line)).toBe(2);
    await vi.advanceTimersByTimeAsync(10 * EVERY_MS);
    expect(seen(line)).toBe(2);
  });

  test('hears clicks, keys, wheels and touches, and lets go when it ends', async () => {
    const { target, end } = console_of(line);
    await vi.advanceTimersByTimeAsync(0);
    for (const type of ['pointerdown', 'keydown', 'wheel', 'touchstart', 'touchmove']) {
      const before = seen(line);
      target.dispatchEvent(new Event(type));
      await vi.advanceTimersByTimeAsync(EVERY_MS);
      expect([type, seen(line)]).toEqual([type, before + 1]);
    }
    end();
    target.dispatchEvent(new Event('keydown'));
    await vi.advanceTimersByTimeAsync(2 * EVERY_MS);
    expect(seen(line)).toBe(5);
  });

  test('a pointer that rests while the page moves below it is no input', async () => {
    const { inputs } = console_of(line);
    await vi.advanceTimersByTimeAsync(0);
    for (let each = 0; each < 5; each++) inputs.noticed(move(7));
    expect(seen(line)).toBe(0);
    inputs.noticed(move(8));
    expect(seen(line)).toBe(1);
  });

  test('tabs of one browser say it once', async () => {
    const other = new FakeLine();
    const [one, two] = [console_of(line), console_of(other)];
    await vi.advanceTimersByTimeAsync(0);
    for (let at = 0; at < 3 * EVERY_MS; at += 1000) {
      (at % 2000 ? one : two).inputs.noticed(key);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(seen(line) + seen(other)).toBeLessThanOrEqual(4);
    expect(seen(line) + seen(other)).toBeGreaterThanOrEqual(3);
  });

  test('who is idle says it at once, however lately it was said', async () => {
    const { inputs, desk } = console_of(line);
    await vi.advanceTimersByTimeAsync(0);
    inputs.noticed(key);
    await vi.advanceTimersByTimeAsync(1000);
    inputs.noticed(key);
    desk.idle = true;
    inputs.noticed(key);
    await vi.advanceTimersByTimeAsync(0);
    expect([seen(line), desk.idle]).toEqual([2, false]);
  });

  test('what was touched without a line is told as soon as there is one', async () => {
    const { inputs } = console_of(line);
    await vi.advanceTimersByTimeAsync(0);
    line.turn('lost');
    inputs.noticed(key);
    expect(seen(line)).toBe(0);
    line.tell('session:started', session());
    expect(seen(line)).toBe(1);
  });

  test('what did not arrive is told again, not too often', async () => {
    const { inputs } = console_of(line);
    await vi.advanceTimersByTimeAsync(0);
    line.refuse('input:tell', 'unavailable', true);
    for (let each = 0; each < 20; each++) {
      inputs.noticed(key);
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(seen(line)).toBe(1);
    line.answer('input:tell', () => ({}));
    await vi.advanceTimersByTimeAsync(RETRY_MS);
    expect(seen(line)).toBe(2);
  });

  test('what was touched while the first word was on its way is told after it', async () => {
    const { inputs } = console_of(line);
    inputs.noticed(key);
    await vi.advanceTimersByTimeAsync(0);
    expect(line.of('input:tell')).toEqual([{ seen: false }, { seen: true }]);
    await vi.advanceTimersByTimeAsync(EVERY_MS);
    inputs.noticed(key);
    expect(seen(line)).toBe(2);
  });

  test('what was touched soon after a word was lost is told without another touch', async () => {
    line.refuse('input:tell', 'unavailable', true);
    const { inputs } = console_of(line);
    await vi.advanceTimersByTimeAsync(10);
    inputs.noticed(key);
    line.answer('input:tell', () => ({}));
    await vi.advanceTimersByTimeAsync(RETRY_MS);
    expect(seen(line)).toBe(1);
  });

  test('that it would tell is said again when it was lost', async () => {
    line.refuse('input:tell', 'unavailable', true);
    console_of(line);
    await vi.advanceTimersByTimeAsync(10);
    line.answer('input:tell', () => ({}));
    await vi.advanceTimersByTimeAsync(10 * RETRY_MS);
    expect(line.of('input:tell')).toEqual([{ seen: false }, { seen: false }]);
  });

  test('an older server is asked once a session', async () => {
    line.refuse('input:tell', 'invalid');
    const { inputs } = console_of(line);
    await vi.advanceTimersByTimeAsync(0);
    for (let each = 0; each < 5; each++) {
      inputs.noticed(key);
      await vi.advanceTimersByTimeAsync(EVERY_MS);
    }
    expect(line.of('input:tell')).toHaveLength(1);
  });
});

describe('b21: who is idle', () => {
  const bob = { status: 'available', online: true } as const;

  test('is shown so, unless they are not here, do not answer or want no work', () => {
    const seen = [{}, { online: false }, { unresponsive_since: AT }, { status: 'away' as const }];
    expect(seen.map((change) => shown({ ...bob, idle_since: AT, ...change }))).toEqual(['idle', 'offline', 'not_responding', 'away']);
  });
});
