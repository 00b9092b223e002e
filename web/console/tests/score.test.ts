import { expect, test } from 'vitest';
import cases from '../../../tests/quality/scores.json';
import type { Question } from '../src/quality/records';
import { judged, percent } from '../src/quality/score';

/** As tests/quality/test_scores.py has it: both read the same table. */
test.each(cases)('the page reckons as the server does: $name', ({ questions, steps, pass_mark, score, passed, failed_on }) => {
  const asked = questions.map((question, place) => ({ text: '', optional: false, critical: false, ...question, key: `q${place}` })) as Question[];
  const answers = Object.fromEntries(steps.map((step, place) => [`q${place}`, step === null ? { applies: false } : { step }]));

  expect(judged(asked, answers, pass_mark)).toEqual({ score, passed, failed_on });
});

test('nobody reads a mark that they did not reach', () => {
  expect(percent(79.55, 'en')).toBe('79%');
  expect(percent(80, 'en')).toBe('80%');
  expect(percent(null, 'en')).toBe('–');
});
