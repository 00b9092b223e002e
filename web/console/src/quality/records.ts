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

export interface Tag {
  id: string;
  name: string;
  archived?: boolean;
}

export const RULE_KINDS = ['share', 'per_agent_week', 'low_score', 'long_handle', 'transfers', 'reopened', 'tag'] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

/** `amount` by kind: a share of 1, a number, a rating, seconds. */
export interface Rule {
  id: string;
  name: string;
  scorecard: string;
  scorecard_name: string;
  kind: RuleKind;
  amount: number;
  active: boolean;
  since: string;
  waiting: number;
  chosen: number;
  version: number;
  tag?: Tag | null;
  queue?: Person | null;
}

export interface Task {
  id: string;
  conversation: string;
  agent: Person;
  rule: string;
  kind: RuleKind;
  scorecard: string;
  at: string;
  state: 'open' | 'reviewed' | 'dismissed';
  customer?: string | null;
  score?: number | null;
  reviewer?: Person | null;
  review?: string | null;
}

export const OUTCOMES = ['solved', 'apologised', 'unreachable', 'no_action'] as const;
export type Outcome = (typeof OUTCOMES)[number];
export const STATES = ['open', 'in_progress', 'done'] as const;

export interface FollowUp {
  id: string;
  conversation: string;
  score: number;
  rated_at: string;
  state: (typeof STATES)[number];
  note: string;
  version: number;
  changed_at: string;
  customer?: string | null;
  comment?: string | null;
  agent?: Person | null;
  owner?: Person | null;
  outcome?: Outcome | null;
}

export interface QuestionAgreement {
  key: string;
  text: string;
  scale: number;
  critical: boolean;
  answers: Answer[];
  /** 0: all alike, 1: as far apart as can be. */
  spread: number;
}

export interface Calibration {
  id: string;
  conversation: string;
  agent: Person;
  scorecard: string;
  opened_by: Person;
  opened_at: string;
  reviewers: { person: Person; handed_in: boolean; review?: string | null; score?: number | null; deviation?: number | null; note?: string | null }[];
  own_review?: string | null;
  closed_at?: string | null;
  agreement?: { questions: QuestionAgreement[]; alike: number; mean?: number | null; deviation?: number | null; range?: number | null } | null;
}
