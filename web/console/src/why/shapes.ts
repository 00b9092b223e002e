/** What the REST API tells of routing: `/conversations/ID/decisions` and `/conversations/ID/waiting`. */
import type { Person, Why } from '../wire';

export interface Term {
  term: string;
  value: number;
  decided?: boolean;
}

export interface Candidate {
  agent: Person;
  place: number;
  terms: Term[];
  chosen?: boolean;
}

export interface LeftOut {
  filter: string;
  count: number;
  agents?: Person[];
}

export interface Outcome {
  agent: Person;
  result: string;
  ended_at?: string;
}

export interface OwnPart {
  why?: Why;
  candidate?: Candidate;
  behind_in?: string;
  filter?: string;
}

/** What somebody did over the engine's head. */
export interface Act {
  at: string;
  kind: 'assigned' | 'prioritized' | 'picked';
  by: Person;
  to?: Person;
  taken_from?: Person;
  over?: boolean;
  priority?: number;
  emergency?: boolean;
  reason?: string;
}

export interface Decisions {
  items: Decision[];
  acts?: Act[];
}

export interface Decision {
  id: string;
  at: string;
  chosen: Person[];
  outcomes?: Outcome[];
  policy?: string;
  ring?: number;
  rings?: number;
  waited_s?: number;
  candidates?: Candidate[];
  compared?: number;
  left_out?: LeftOut[];
  runner_up?: Person;
  decided_by?: string;
  margin?: number;
  replays?: boolean;
  me?: OwnPart;
}

export interface Change {
  kind: 'ring' | 'kept' | 'refusal' | 'aged' | 'saves' | 'offer';
  at: string;
  agent?: Person;
  ring?: number;
  skills?: { skill: string; before: number; after: number }[];
}

export interface Waiting {
  at: string;
  outlook: 'offered' | 'uncovered' | 'nobody' | 'kept' | 'free' | 'saving' | 'reserved' | 'short' | 'full' | 'refused' | 'ring';
  position: number;
  rivals: number;
  ring: number;
  rings: number;
  turn: { tier: number; waited_s: number; priority_s: number; boost_s: number; weight: number; aged?: boolean; target_s?: number };
  agents?: Person[];
  until?: string;
  left_out?: LeftOut[];
  changes?: Change[];
  me?: string;
}
