/** What the administration reads and writes, as server/protocol/setup.py has it. */
export type Role = 'agent' | 'supervisor' | 'admin';

export interface AgentSkill {
  skill: string;
  level: number;
}

export interface AgentRecord {
  id: string;
  name: string;
  email: string;
  role: Role;
  capacity: number;
  status: 'available' | 'busy' | 'away';
  active: boolean;
  online: boolean;
  skills: AgentSkill[];
}

export interface SkillRecord {
  id: string;
  key: string;
  name: string;
  kind: 'skill' | 'language';
}

export interface QueueSkill {
  skill: string;
  level: number;
  required: boolean;
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
  snippet: string;
  greeting?: string | null;
  hours?: OpeningHours | null;
}
