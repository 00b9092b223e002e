import type { Metric } from '../lib/alert_words';
import type { Seen } from '../state/shown';

/** What the administration reads and writes, as server/protocol/setup.py and preview.py have it. */
export type Role = 'agent' | 'supervisor' | 'admin';

export interface AgentSkill {
  skill: string;
  level: number;
}

export interface AgentRecord extends Seen {
  id: string;
  name: string;
  email: string;
  role: Role;
  capacity: number;
  active: boolean;
  skills: AgentSkill[];
}

export interface SkillRecord {
  id: string;
  key: string;
  name: string;
  kind: 'skill' | 'language';
}

export const POLICIES = [
  'min_cost', 'least_loaded', 'longest_idle', 'round_robin', 'least_flexible', 'fastest_first', 'random',
] as const;
export type Policy = (typeof POLICIES)[number];

/** From an age in seconds on a level is enough; 0 drops the skill. */
export type Step = [after_s: number, level: number];

export interface QueueSkill {
  skill: string;
  level: number;
  required: boolean;
  steps?: Step[];
}

export interface Overflow {
  queue: string;
  after_s: number;
  skip_if_empty: boolean;
}

export interface QueueRecord {
  id: string;
  key: string;
  name: string;
  topics: string[];
  priority: number;
  offer_timeout_s: number;
  wrap_up_s: number;
  auto_accept: boolean;
  match_language: boolean;
  archived: boolean;
  skills: QueueSkill[];
  policy: Policy;
  weight: number;
  units: number;
  sticky_s: number;
  offers_at_once: number;
  overflow: Overflow[];
  takes_transfers_when_empty: boolean;
  target_s?: number | null;
  per_agent_max?: number | null;
  length_max?: number | null;
  wait_max_s?: number | null;
  quiet_after_s?: number | null;
  /** Tells whether anything of it has changed since. */
  version?: string;
}

export type Reason = 'full' | 'limit' | 'busy' | 'away' | 'not_responding' | 'idle' | 'offline';

export interface PreviewRing {
  from_s: number;
  until_s?: number | null;
  asks: { skill: string; level: number }[];
  helps: string[];
  early: string[];
  eased: boolean;
  able: { id: string; name: string; in_hand: number; capacity: number }[];
  able_count: number;
  unable: { id: string; name: string; reason: Reason }[];
  unable_count: number;
  covered: boolean;
}

export interface QueuePreview {
  rings: PreviewRing[];
  ring: number;
  uncovered: boolean;
  waiting: number;
  taken_at_once: number;
  decided_by?: string | null;
}

/** How the newest e-mail fared; `problem` is a word, as server/protocol/alerts.py has it. */
export interface MailState {
  at: string;
  tries: number;
  arrived?: boolean;
  problem?: string | null;
  ended_at?: string | null;
  next_try_at?: string | null;
}

/** What those who lead want to be told of, as server/protocol/alerts.py has it. */
export interface AlertRuleRecord {
  id: string;
  name: string;
  metric: Metric;
  threshold: number;
  hold_s: number;
  clear_s: number;
  active: boolean;
  webhook_secret: string;
  queue?: string | null;
  agent?: string | null;
  webhook_url?: string | null;
  mail_to?: string[];
  mail?: MailState | null;
  webhook?: {
    kind: 'raised' | 'cleared' | 'test';
    tries: number;
    arrived?: boolean;
    problem?: string | null;
    ended_at?: string | null;
    next_try_at?: string | null;
  } | null;
}

export type Span = [string, string];
export type Weekly = Partial<Record<string, Span[]>>;

/** A day on which the week does not count; `open` empty: closed. */
export interface SpecialDay {
  date: string;
  open: Span[];
  name?: string;
  yearly?: boolean;
}

/** `weekly` null: round the clock. */
export interface OpeningHours {
  weekly: Weekly | null;
  special?: SpecialDay[];
}

/** Hours that some queues keep instead of the shop's; `queues` are their keys. */
export interface HoursPlan extends OpeningHours {
  name: string;
  queues: string[];
}

/** One of the days ahead as the shop's clock has it, from 00:00 to 24:00. */
export interface DayAhead {
  date: string;
  open: Span[];
  special?: boolean;
  name?: string;
}

/** What opening hours would mean from now on. */
export interface HoursAhead {
  open: boolean;
  changes: string[];
  days: DayAhead[];
}

export interface ShopRecord {
  id: string;
  key: string;
  name: string;
  locale: string;
  time_zone: string;
  accent: string;
  identity_required: boolean;
  allowed_origins: string[];
  topics: string[];
  agents_may_pick: boolean;
  wait_notice_s: number;
  wait_urgent_s: number;
  lost_agent: 'stay' | 'requeue';
  lost_agent_s: number;
  misses_max: number;
  snippet: string;
  greeting?: string | null;
  hours?: OpeningHours | null;
  plans?: HoursPlan[];
  idle_after_s?: number | null;
  blurs_watched?: boolean;
}
