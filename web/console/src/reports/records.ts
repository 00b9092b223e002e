/** Reports as the REST API has them. Shares are 0 to 1, durations seconds. */
export const BYS = ['queue', 'agent', 'topic', 'language', 'channel', 'day', 'weekday', 'hour'] as const;
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
}
export type Figures = Record<string, Figure>;

export interface Line {
  key?: string | null;
  name?: string | null;
  figures: Figures;
  before?: Figures | null;
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
  queue_name?: string | null;
  agent_name?: string | null;
}

export interface Rows {
  column: Column;
  figure: Figure;
  items: Row[];
  next?: string | null;
}
