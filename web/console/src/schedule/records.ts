/** The plan of work as the REST API has it. Minutes count from midnight of `day` by the shop's clock. */
export type Span = [start: number, end: number];

export interface Shift {
  id: string;
  agent: string;
  day: string;
  start: number;
  end: number;
  breaks: Span[];
  worked_min: number;
  /** The moments at which it begins and is over; absent while the page makes it up. */
  starts_at?: string;
  ends_at?: string;
  version: number;
  /** Planned only after it had begun: all of it can be corrected. */
  noted_late?: boolean;
}

/** What somebody wants of a shift. */
export type Draft = Pick<Shift, 'agent' | 'day' | 'start' | 'end' | 'breaks'>;

export interface Planner {
  id: string;
  name: string;
  skills?: string[];
}

interface Named {
  id: string;
  name: string;
}

export interface TimeOff {
  id: string;
  agent: Named;
  first: string;
  last: string;
  state: 'asked' | 'approved' | 'refused' | 'withdrawn';
  note?: string | null;
}

export interface Swap {
  id: string;
  shift: Shift;
  by: Named;
  to?: Named | null;
  state: 'asked' | 'accepted' | 'approved' | 'declined' | 'refused' | 'withdrawn' | 'lapsed';
}

export interface WeekPlan {
  first: string;
  today: string;
  time_zone: string;
  /** Opening hours of each day. */
  open: Span[][];
  agents: Planner[];
  shifts: Shift[];
  /** What began on the evening before the first day and goes on into it. */
  carried?: Shift[];
  time_off: TimeOff[];
  asked_off: TimeOff[];
  asked_swaps: Swap[];
}

export interface OwnPlan {
  first: string;
  today: string;
  time_zone: string;
  shifts: Shift[];
  time_off: TimeOff[];
  swaps: Swap[];
  colleagues: Named[];
}

/** Minute of the day, agents needed, agents planned, customers expected. */
export type NeedRow = [minute: number, need: number, planned: number, arrivals: number];

export interface QueueNeed {
  queue: Named;
  skills: string[];
  able: string[];
  level: number;
  within_s: number;
  days: NeedRow[][];
}

export interface Gap {
  day: string;
  start: number;
  end: number;
  kind: 'nobody' | 'short';
  short: number;
  to_the_end: boolean;
  queue?: Named | null;
  skills?: string[];
}

export interface WeekNeed {
  first: string;
  since: string;
  until: string;
  customers: number;
  queues: QueueNeed[];
  gaps: Gap[];
}

export interface Copied {
  shifts: Shift[];
  left_out?: { agent: string; day: string; reason: string }[];
}

export interface Figure {
  mean: number;
  half: number;
}

export interface Figures {
  service_level?: Figure | null;
  mean_wait_s?: Figure | null;
  abandonment?: Figure | null;
}

export interface DayTried {
  day: string;
  customers: number;
  filled: Gap[];
  planned: { total: Figures };
  with_filled?: { total: Figures; difference: Figures } | null;
}
