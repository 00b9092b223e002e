/** What the REST API tells of what happened: `/conversations/ID/timeline` and `/step_ins`, as server/protocol/timeline.py has it. */
import type { Message, Person } from '../wire';

export interface Entry {
  kind: 'said' | 'told' | 'noted' | 'whispered' | 'changed' | 'offered' | 'silence' | 'watched';
  at: string;
  until?: string;
  by?: Message['sender'];
  to?: Person;
  taken_from?: Person;
  text?: string;
  latency_ms?: number;
  notice?: string;
  event?: string;
  state?: string;
  queue?: string;
  reason?: string;
  details?: Record<string, unknown>;
  result?: string;
  decided_by?: string;
  runner_up?: Person;
  turn?: 'agent' | 'customer';
}

export interface Timeline {
  at: string;
  items: Entry[];
  watches?: number;
  watched_s?: number;
  whispers?: number;
  more?: boolean;
}

export interface StepIn {
  id: string;
  at: string;
  kind: string;
  by: Person;
  conversation?: string;
  /** The customer of the conversation, and what they are called. */
  visitor?: string;
  customer?: string;
  agent?: Person;
  to?: Person;
  reason?: string;
  until?: string;
  details?: Record<string, unknown>;
}
