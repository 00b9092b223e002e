/** What quality reads and writes, as server/protocol/quality.py has it. Scores of reviews are 0 to 100. */
export interface Person {
  id: string;
  name: string;
}

export interface Question {
  /** The same through all versions; absent while it is new. */
  key?: string | null;
  text: string;
  help?: string;
  /** Answers go from 1, the worst, to this. */
  scale: number;
  weight: number;
  critical: boolean;
  optional: boolean;
}

export interface Scorecard {
  id: string;
  name: string;
  version: number;
  pass_mark: number;
  questions: Question[];
  changed_at: string;
  archived: boolean;
}

/** With neither a step nor that it does not apply, it is not answered yet. */
export interface Answer {
  step?: number | null;
  applies?: boolean;
  comment?: string;
}
export type Answers = Record<string, Answer>;

export type Reply = 'acknowledged' | 'answered' | 'disputed';
export type Decision = 'upheld' | 'revised';

export interface Line {
  id: string;
  conversation: string;
  agent: Person;
  reviewer: Person;
  scorecard: string;
  state: 'draft' | 'published';
  created_at: string;
  score?: number | null;
  passed?: boolean | null;
  published_at?: string | null;
  reply?: Reply | null;
  decision?: Decision | null;
  calibration?: string | null;
}

export interface Said {
  kind: Reply | Decision;
  by: Person;
  at: string;
  text?: string | null;
}

export interface Review {
  line: Line;
  version: number;
  pass_mark: number;
  questions: Question[];
  answers: Answers;
  note: string;
  failed_on?: string | null;
  reply?: Said | null;
  decision?: Said | null;
  first_answers?: Answers | null;
  first_score?: number | null;
}

export interface Part {
  agent: Person;
  replies: number;
  first_at?: string | null;
  last_at?: string | null;
}
