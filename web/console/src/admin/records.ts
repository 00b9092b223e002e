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
  hours?: { weekly: Weekly } | null;
}
