import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { AT_FIRST, draft_of, fitting, next_help, next_step, says } from '../src/admin/queue/draft.ts';
import { Preview } from '../src/admin/queue/preview.svelte.ts';
import { summaries } from '../src/admin/queue/summaries.ts';
import type { QueuePreview, QueueRecord } from '../src/admin/records.ts';
import { Submission } from '../src/admin/submission.svelte.ts';
import { console_words } from '../src/i18n/index.ts';
import { Api, Problem } from '../src/state/api.ts';

const TEA = { skill: 'tea', level: 4, required: true };
const words = console_words();
beforeAll(() => words.use('en'));

describe('a queue in the form', () => {
  test('is complete though the server leaves out what is empty, and apart from what was read', () => {
    const read: QueueRecord = { ...AT_FIRST, id: 'q', key: 'tea', archived: false, skills: [TEA] };
    delete read.target_s;
    const draft = draft_of(read);
    expect([draft.target_s, draft.skills[0]?.steps]).toEqual([null, []]);
    expect(Object.keys(draft)).not.toContain('key');
    draft.skills[0]?.steps.push([20, 2]);
    expect(read.skills).toEqual([TEA]);
  });

  test('says of a part whether it differs from a new one', () => {
    const draft = { ...draft_of(null), target_s: 40 };
    expect([says(draft, ['priority', 'target_s']), says(draft, ['units'])]).toEqual([true, false]);
  });

  test('a16: says in few words from when on silence takes no place, and nothing without the rule', () => {
    const said = (quiet_after_s: number | null) => summaries({ ...draft_of(null), quiet_after_s }, words).limits;
    expect([said(600), said(null)]).toEqual(['no place after 600 s of silence', 'none']);
  });

  test('asks for less from step to step until nothing is asked', () => {
    const need = { ...TEA, steps: [] as [number, number][] };
    for (let step = next_step(need); step; step = next_step(need)) need.steps.push(step);
    expect(need.steps).toEqual([[20, 2], [40, 1], [60, 0]]);
  });

  test('forgets steps that a lower level has overtaken', () => {
    expect(fitting({ ...TEA, level: 2, steps: [[20, 3], [40, 1], [60, 0]] })).toEqual([[40, 1], [60, 0]]);
  });

  test('lets each helping queue come after the one before', () => {
    const first = next_help([], 'a');
    expect([first.after_s, next_help([first], 'b').after_s]).toEqual([60, 120]);
  });
});

describe('the preview', () => {
  const answer = (waiting: number): QueuePreview => ({ rings: [], ring: 0, uncovered: false, waiting, taken_at_once: 0 });
  const api = new Api();
  const post = vi.fn();
  beforeEach(() => {
    vi.useFakeTimers();
    post.mockReset();
    api.post = post as typeof api.post;
  });
  afterEach(() => void vi.useRealTimers());
  const passes = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  test('is asked once after the last of many changes, and again now and then', async () => {
    post.mockResolvedValue(answer(1));
    const preview = new Preview(api);
    for (const priority of [1, 2, 3]) {
      preview.change({ ...AT_FIRST, priority }, 'q', 'zh');
      await passes(100);
    }
    expect(post).not.toHaveBeenCalled();
    await passes(300);
    expect(post).toHaveBeenCalledExactlyOnceWith('/queues/preview', { ...AT_FIRST, priority: 3, id: 'q', language: 'zh' });
    expect([preview.state, preview.shown?.waiting]).toEqual(['ready', 1]);
    await passes(10_000);
    expect(post).toHaveBeenCalledTimes(2);
    preview.stop();
    await passes(60_000);
    expect(post).toHaveBeenCalledTimes(2);
  });

  test('does not show an answer to what has changed since', async () => {
    let late: (value: QueuePreview) => void = () => undefined;
    post.mockReturnValueOnce(new Promise((resolve) => (late = resolve as typeof late)));
    const preview = new Preview(api);
    preview.change(AT_FIRST, null, '');
    await passes(400);
    post.mockResolvedValue(answer(2));
    preview.change({ ...AT_FIRST, units: 2 }, null, '');
    late(answer(1));
    await passes(0);
    expect(preview.shown).toBeNull();
    await passes(400);
    expect(preview.shown?.waiting).toBe(2);
    preview.stop();
  });

  test('keeps what it showed while the draft is wrong, and asks no more until it changes', async () => {
    post.mockResolvedValueOnce(answer(1));
    const preview = new Preview(api);
    preview.change(AT_FIRST, null, '');
    await passes(400);
    post.mockRejectedValue(new Problem(422, { code: 'invalid', message: '', retryable: false }));
    preview.change({ ...AT_FIRST, units: 0 }, null, '');
    await passes(60_000);
    expect([preview.state, preview.shown?.waiting, post.mock.calls.length]).toEqual(['wrong', 1, 2]);
  });
});

describe('a refusal', () => {
  test('stands at the row of the list that it is about', async () => {
    const submission = new Submission(console_words(), ['skills', 'name']);
    const refuse = (field: string) => submission.run(() => Promise.reject(new Problem(422, { code: 'invalid', message: 'No.', retryable: false, field })));
    await refuse('skills[2].steps');
    expect([submission.of('skills'), submission.row_of('skills'), submission.row_of('name')]).toEqual(['No.', 2, null]);
    await refuse('name');
    expect([submission.row_of('skills'), submission.row_of('name')]).toEqual([null, null]);
  });
});
