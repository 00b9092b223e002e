import type { MailState } from '../admin/records';

/** Reports as the REST API has them. Shares are 0 to 1, durations seconds. */
export const BYS = ['queue', 'agent', 'topic', 'language', 'channel', 'day', 'weekday', 'hour', 'weekhour'] as const;
export type By = (typeof BYS)[number];
export const LEVELS = ['offered', 'excluding', 'answered', 'virtual'] as const;
export type Level = (typeof LEVELS)[number];
export type Unit = 'count' | 'seconds' | 'share' | 'score' | 'ratio';
export type Source = 'conversations' | 'stretches' | 'offers';

export interface Figure {
  rows: number;
  value?: number | null;
  /** Half of the 95 % interval. */
  half?: number | null;
  /** Read from histograms: half a second or 1.25 % off at most. */
  rough?: boolean;
}
export type Figures = Record<string, Figure>;

export interface Line {
  key?: string | null;
  name?: string | null;
  figures: Figures;
  before?: Figures | null;
  /** So many lines, added up; there are no rows of them to be listed. */
  others?: number;
}

export interface Column {
  name: string;
  unit: Unit;
  source: Source;
  meaning: string;
}

export interface Report {
  period: { first: string; last: string };
  before?: { first: string; last: string } | null;
  /** The day of the first record; nothing is known of days before it. */
  records_since?: string | null;
  time_zone: string;
  columns: Column[];
  lines: Line[];
  total: Line;
  complete: boolean;
}

/** What makes up a figure: one conversation, one stretch of one, or one offer. */
export interface Row {
  conversation: string;
  at: string;
  value: number;
  weight: number;
  visitor?: string | null;
  customer?: string | null;
  queue_name?: string | null;
  agent_name?: string | null;
}

export interface Rows {
  column: Column;
  figure: Figure;
  items: Row[];
  next?: string | null;
}

/** How an agent spent some days, in seconds; shares 0 to 1. */
export interface AgentTime {
  agent?: string | null;
  name?: string | null;
  present_s: number;
  ready_s: number;
  working_s: number;
  occupied_s: number;
  occupancy?: number | null;
  at_once?: number | null;
}

export const TIME_COLUMNS = ['present', 'ready', 'working', 'occupied', 'occupancy', 'at_once'] as const;
export type TimeColumn = (typeof TIME_COLUMNS)[number];

/** A time in which nothing changed, and what it adds to a figure of the agent's time, in seconds. */
export interface AgentPiece {
  since: string;
  until: string;
  adds_s: number;
  in_hand: number;
  present: boolean;
  state?: 'available' | 'busy' | 'away' | 'unresponsive' | null;
}

export interface AgentPieces {
  time: AgentTime;
  items: AgentPiece[];
  count: number;
  next?: string | null;
}

export interface AgentTimes {
  lines: AgentTime[];
  total: AgentTime;
  /** From when on it is known. */
  since?: string | null;
}

export const SENT_PERIODS = ['yesterday', 'days_7', 'days_28', 'last_week', 'last_month'] as const;
export const EVERY = ['day', 'week', 'month'] as const;

/** A report that is sent by e-mail on a schedule, as server/protocol/scheduled_reports.py has it. */
export interface SentReport {
  id: string;
  name: string;
  period: (typeof SENT_PERIODS)[number];
  by: By;
  hours: 'clock' | 'open';
  level: Level;
  within_s: number;
  compare: boolean;
  every: (typeof EVERY)[number];
  /** Of the shop's day. */
  at_minute: number;
  mail_to: string[];
  active: boolean;
  next_at?: string | null;
  mail?: MailState | null;
}
