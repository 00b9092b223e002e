/** Questions to the simulator and its answers, as server/protocol/simulations.py has them. */
import type { Policy } from '../records';

export interface AgentTried {
  agent: string;
  capacity?: number;
  /** Level by skill; replaces all that they have. */
  skills?: Record<string, number>;
  absent?: boolean;
}

export interface AgentsAdded {
  count: number;
  capacity: number;
  skills: Record<string, number>;
}

export interface QueueTried {
  queue: string;
  policy?: Policy;
  target_s?: number;
  priority?: number;
  weight?: number;
}

export interface Variant {
  name: string;
  agents: AgentTried[];
  added: AgentsAdded[];
  queues: QueueTried[];
}

export interface Question {
  since: string;
  until: string;
  variants: Variant[];
}

/** A mean and half the width of its 95 % interval. */
export interface Figure {
  mean: number;
  half: number;
}

export const METRICS = ['mean_wait_s', 'service_level', 'abandonment', 'p95_s', 'occupancy', 'occupancy_spread'] as const;
export type Metric = (typeof METRICS)[number];
export type Figures = Partial<Record<Metric, Figure | null>>;

export interface Outcome {
  name: string;
  total: Figures;
  queues: Record<string, Figures>;
}

export interface VariantOutcome extends Outcome {
  difference: Figures;
  queue_differences: Record<string, Figures>;
}

export interface Recorded {
  customers: number;
  mean_wait_s: number;
  p95_s: number;
  abandonment: number;
  /** Null where no queue has a target; absent in answers of before. */
  service_level?: number | null;
}

/** What was recorded and what is simulated for today, far from each other. */
export interface Apart {
  metric: 'mean_wait_s' | 'service_level' | 'abandonment';
  really: number;
  simulated: number;
}

export interface SimulationResult {
  customers: number;
  recorded: string;
  before: Outcome;
  variants: VariantOutcome[];
  really?: Recorded | null;
  queues_really: Record<string, Recorded>;
  apart?: Apart[];
}

/** What a variant found when it was made true; nothing is left out. */
export interface Before {
  agents?: { agent: string; capacity: number; skills: Record<string, number> }[];
  queues?: { queue: string; policy: Policy; priority: number; weight: number; target_s?: number | null }[];
}

/** A variant, by its place, that was made true. */
export interface MadeTrue {
  variant: number;
  by: { id: string; name: string };
  at: string;
  before: Before;
}

export interface SimulationRecord extends Question {
  id: string;
  state: 'running' | 'done' | 'failed';
  asked_by: { id: string; name: string };
  created_at: string;
  seeds: number;
  result?: SimulationResult | null;
  applied?: MadeTrue[];
  error?: string | null;
  reason?: 'nobody_came' | 'too_many_customers' | 'lost' | 'internal' | null;
}

/** Something that was changed since it was asked, and that applying would overwrite. */
export interface OvertakenItem {
  agent?: string;
  queue?: string;
  field: string;
  skill?: string;
  was: number | string | null;
  now: number | string | null;
}

export interface Applied {
  agents: number;
  queues: number;
  not_made: number;
}
