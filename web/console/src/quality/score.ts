import type { Answer, Answers, Question } from './records';

export interface Judged {
  score: number | null;
  passed: boolean | null;
  failed_on: string | null;
}

/** What answers come to, as server/services/quality/scoring.py has it: shown while one is still answering. */
export function judged(questions: Question[], answers: Answers, pass_mark: number): Judged {
  let [weights, points] = [0, 0];
  for (const question of questions) {
    const step = answers[question.key ?? '']?.step ?? null;
    if (step === null) continue;
    if (question.critical && step === 1) return { score: 0, passed: false, failed_on: question.key ?? null };
    weights += question.weight;
    points += (question.weight * (step - 1)) / (question.scale - 1);
  }
  if (weights === 0) return { score: null, passed: null, failed_on: null };
  const score = Math.round((10_000 * points) / weights) / 100;
  return { score, passed: score >= pass_mark, failed_on: null };
}

export function is_answered(answer: Answer | undefined): boolean {
  return answer !== undefined && ((answer.step ?? null) !== null || answer.applies === false);
}

export function unanswered(questions: Question[], answers: Answers): number {
  return questions.filter(({ key }) => !is_answered(answers[key ?? ''])).length;
}

/** A score for people: whole numbers are enough, rounded down so that nobody reads a mark they did not reach. */
export function percent(score: number | null | undefined, locale: string): string {
  if (score === null || score === undefined) return '–';
  return new Intl.NumberFormat(locale, { style: 'percent' }).format(Math.floor(score) / 100);
}
