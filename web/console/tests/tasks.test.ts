import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Problem, type Api } from '../src/state/api.ts';
import { Tasks } from '../src/state/tasks.svelte.ts';
import { changes, draft_of, fresh, type Draft } from '../src/tasks/draft.ts';
import { TaskList } from '../src/tasks/list.svelte.ts';
import { Making } from '../src/tasks/making.svelte.ts';
import { from_field, group_of, late, moment, next_monday, to_field, tomorrow } from '../src/tasks/times.ts';
import type { Task } from '../src/wire.ts';

const at = (text: string) => Date.parse(text);
const iso = (ms: number) => new Date(ms).toISOString();

function task(id: string, more: Partial<Task> = {}): Task {
  const by = { id: 'bob', name: 'Bob' };
  return { id, conversation: 'c', visitor: 'v', kind: 'follow_up', text: id, due_at: '2026-03-02T10:00:00Z', state: 'open', version: 1, created_by: by, created_at: '2026-03-01T10:00:00Z', ...more };
}

describe('when, by the reader’s clock', () => {
  beforeEach(() => vi.stubEnv('TZ', 'Europe/Berlin'));
  afterEach(() => vi.unstubAllEnvs());

  test('tomorrow at nine is at nine also when the clocks change in the night', () => {
    expect(iso(tomorrow(at('2026-03-28T12:00:00+01:00')))).toBe('2026-03-29T07:00:00.000Z');
    expect(iso(tomorrow(at('2026-10-24T12:00:00+02:00')))).toBe('2026-10-25T08:00:00.000Z');
    expect(iso(tomorrow(at('2026-12-31T23:59:00+01:00')))).toBe('2027-01-01T08:00:00.000Z');
  });

  test('the Monday to come is never today', () => {
    expect(iso(next_monday(at('2026-03-02T08:00:00+01:00')))).toBe('2026-03-09T08:00:00.000Z');
    expect(iso(next_monday(at('2026-03-29T12:00:00+02:00')))).toBe('2026-03-30T07:00:00.000Z');
  });

  test('a field for date and time says the same as it was given', () => {
    const when = at('2026-10-25T09:30:00+01:00');
    expect(to_field(when)).toBe('2026-10-25T09:30');
    expect(from_field(to_field(when))).toBe(when);
    expect(from_field('')).toBeNull();
  });

  test('a list has days of the calendar, however long they are', () => {
    const now = at('2026-03-28T12:00:00+01:00');
    const group = (text: string) => group_of(text, now);
    expect(['2026-03-28T12:00:00+01:00', '2026-03-28T23:59:00+01:00', '2026-03-29T23:59:00+02:00', '2026-03-30T00:00:00+02:00'].map(group)).toEqual(['overdue', 'today', 'tomorrow', 'later']);
    expect(moment('2026-03-28T15:00:00+01:00', now, 'en-GB')).toBe('15:00');
    expect(moment('2026-03-29T15:00:00+02:00', now, 'en-GB')).toBe('Tomorrow 15:00');
    expect(moment('2026-04-29T15:00:00+02:00', now, 'en-GB')).toBe('29 Apr 15:00');
    expect(late('2026-03-28T09:00:00+01:00', now, 'en')).toBe('3 hr');
  });
});

test('only what was changed is sent', () => {
  const known = task('one', { assignee: { id: 'bob', name: 'Bob' } });
  expect(changes(known, draft_of(known))).toEqual({});
  expect(changes(known, { ...draft_of(known), assignee: '' })).toEqual({ assignee: null });
});

test('what is told counts, in whatever order it comes; what is late is counted by the clock', () => {
  const tasks = new Tasks({} as Api, 'bob');
  tasks.heard(task('mine', { version: 2 }));
  tasks.heard(task('mine', { state: 'done' }));
  tasks.heard(task('hers', { assignee: { id: 'lin', name: 'Lin' } }));
  expect(tasks.mine.map(({ id }) => id)).toEqual(['mine']);
  expect([at('2026-03-02T09:59:00Z'), at('2026-03-02T10:00:00Z')].map((now) => tasks.overdue(now))).toEqual([0, 1]);
  tasks.heard(task('mine', { state: 'done', version: 3 }));
  expect(tasks.overdue(at('2026-03-03T10:00:00Z'))).toBe(0);
});

test('an open list takes in what is new and lets go of what is done', async () => {
  const api = { get: vi.fn(() => Promise.resolve({ items: [task('late', { due_at: '2026-03-05T10:00:00Z' })], overdue: 0 })) };
  const list = new TaskList(new Tasks(api as unknown as Api, 'bob'), () => true);
  await list.load();
  list.heard(task('soon'));
  list.heard(task('hers', { assignee: { id: 'lin', name: 'Lin' } }));
  expect(list.items.map(({ id }) => id)).toEqual(['soon', 'late']);
  list.heard(task('soon', { state: 'done', version: 2 }));
  expect(list.items.map(({ id }) => id)).toEqual(['late']);
});

describe('a task that is sent again, because no answer came', () => {
  const NOW = at('2026-03-02T08:00:00Z');
  const no_answer = new Problem(0, { code: 'unreachable', message: '', retryable: true });
  const conflict = (details: Record<string, string>) => new Problem(409, { code: 'conflict', message: '', retryable: false, details });
  const draft = (text: string, more: Partial<Draft> = {}): Draft => ({ ...fresh('bob', NOW), text, ...more });
  const stored = task('first', { text: 'Ask Anne', due_at: iso(tomorrow(NOW)), assignee: { id: 'bob', name: 'Bob' } });
  const api = { get: vi.fn(), post: vi.fn(), patch: vi.fn() };
  const names = () => api.post.mock.calls.map(([, body]) => (body as { client_id: string }).client_id);
  let making: Making;

  beforeEach(async () => {
    for (const each of Object.values(api)) each.mockReset();
    making = new Making(new Tasks(api as unknown as Api, 'bob'));
    api.post.mockRejectedValueOnce(no_answer);
    await expect(making.add('c', draft('Ask Anne'))).rejects.toBe(no_answer);
  });

  /** What was corrected is refused; the form shows what there is. */
  async function corrected(): Promise<void> {
    const refused = conflict({ reason: 'task_made', task: 'first' });
    api.post.mockRejectedValueOnce(refused);
    api.get.mockResolvedValueOnce(stored);
    await expect(making.add('c', draft('Ask Ann'))).rejects.toBe(refused);
    expect(api.get).toHaveBeenCalledWith('/tasks/first');
    expect(making.made).toEqual(stored);
  }

  test('has the same name, and is the same task', async () => {
    api.post.mockResolvedValueOnce(stored);
    expect(await making.add('c', draft('Ask Anne'))).toEqual(stored);
    expect(new Set(names()).size).toBe(1);
    expect(making.made).toBeNull();
  });

  test('can be changed to what it says by now', async () => {
    await corrected();
    expect(making.can_change('c', draft('Ask Ann'))).toBe(true);
    expect(making.can_change('another', draft('Ask Ann'))).toBe(false);
    expect(making.can_change('c', draft('Ask Ann', { kind: 'call_back' }))).toBe(false);
    api.patch.mockResolvedValueOnce({ ...stored, text: 'Ask Ann', version: 2 });
    expect((await making.change(draft('Ask Ann'))).text).toBe('Ask Ann');
    expect(api.patch).toHaveBeenCalledWith('/tasks/first', { version: 1, text: 'Ask Ann' });
    expect(new Set(names()).size).toBe(1);
  });

  test('is changed once, also when the answer to that is lost', async () => {
    await corrected();
    api.patch.mockRejectedValueOnce(no_answer);
    await expect(making.change(draft('Ask Ann'))).rejects.toBe(no_answer);
    api.patch.mockRejectedValueOnce(conflict({ reason: 'changed', now: 'open' }));
    api.get.mockResolvedValueOnce({ ...stored, text: 'Ask Ann', version: 2 });
    await expect(making.change(draft('Ask Ann'))).rejects.toThrow();
    expect((await making.change(draft('Ask Ann'))).version).toBe(2);
    expect(api.patch).toHaveBeenCalledTimes(2);
  });

  test('can be one more, by a name of its own', async () => {
    await corrected();
    api.post.mockRejectedValueOnce(no_answer);
    await expect(making.add_another('c', draft('Ask Ann'))).rejects.toBe(no_answer);
    expect(making.made).toBeNull();
    api.post.mockResolvedValueOnce(task('second', { text: 'Ask Ann' }));
    expect((await making.add('c', draft('Ask Ann'))).id).toBe('second');
    const [first, corrected_too, more, again] = names();
    expect([first === corrected_too, more === again, first === more]).toEqual([true, true, false]);
  });
});
