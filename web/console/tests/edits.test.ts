import { expect, test } from 'vitest';
import { edits } from '../src/admin/edits.ts';

const OPENED = { name: 'Tea', priority: 1, target_s: null as number | null, skills: [{ skill: 'tea', level: 2 }] };

test('only what was changed in a form is sent, so that others keep what they changed meanwhile', () => {
  expect(edits(OPENED, { ...OPENED, priority: 3, target_s: 40 })).toEqual({ priority: 3, target_s: 40 });
  expect(edits(OPENED, { ...OPENED, skills: [] })).toEqual({ skills: [] });
  expect(edits({ ...OPENED, target_s: 40 }, OPENED)).toEqual({ target_s: null });
  expect(edits(OPENED, structuredClone(OPENED))).toEqual({});
});
