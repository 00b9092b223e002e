import type { Api, Page } from './api';
import { shown, type Seen } from './shown';
import type { Happened } from './transfer';

/** A colleague, as far as a transfer needs to know them. */
export interface Colleague extends Seen {
  id: string;
  name: string;
  active: boolean;
  capacity: number;
  /** Places that are taken, perhaps more than there are. */
  in_hand?: number;
  skills?: { skill: string; level: number }[];
}

export interface QueueName {
  id: string;
  name: string;
  archived: boolean;
  skills?: { skill: string; level: number; required: boolean; steps?: unknown[] }[];
  units?: number;
}

/** Colleagues and queues that a conversation may be handed to, fetched when a transfer is begun; and skills by name. */
export class Directory {
  agents = $state.raw<Colleague[]>([]);
  queues = $state.raw<QueueName[]>([]);
  /** The names of skills by their keys. */
  skills = $state.raw<ReadonlyMap<string, string>>(new Map());
  #asked_skills = false;
  state = $state<'idle' | 'loading' | 'failed'>('idle');

  constructor(private readonly api: Api) {}

  /** Once; until then, and if it fails, a skill is its key. */
  async load_skills(): Promise<void> {
    if (this.#asked_skills) return;
    this.#asked_skills = true;
    try {
      const { items } = await this.api.get<Page<{ key: string; name: string }>>('/skills');
      this.skills = new Map(items.map(({ key, name }) => [key, name]));
    } catch {
      this.#asked_skills = false;
    }
  }

  /** What happened to a conversation, oldest first; nothing when it cannot be read. */
  async events(conversation: string): Promise<Happened[]> {
    try {
      return (await this.api.get<Page<Happened>>(`/conversations/${encodeURIComponent(conversation)}/events`)).items;
    } catch {
      return [];
    }
  }

  async load(): Promise<void> {
    this.state = 'loading';
    try {
      const [agents, queues] = await Promise.all([
        this.api.get<Page<Colleague>>('/agents'),
        this.api.get<Page<QueueName>>('/queues'),
      ]);
      this.agents = agents.items.filter((a) => a.active);
      this.queues = queues.items.filter((q) => !q.archived);
      this.state = 'idle';
    } catch {
      this.state = 'failed';
    }
  }
}

/** Whether a conversation handed to this colleague could be offered at once. */
export function can_take(agent: Colleague): boolean {
  return shown(agent) === 'available';
}

/** Whether a colleague could be offered a conversation of this queue the moment it comes: here, with room, knowing what it asks for. */
export function is_ready_for(agent: Colleague, { skills = [], units = 1 }: QueueName): boolean {
  const levels = new Map(agent.skills?.map(({ skill, level }) => [skill, level]));
  // A preferred skill is asked for, too, as long as its steps have not dropped it.
  const asked = skills.filter(({ required, steps }) => required || steps?.length);
  const has_room = (agent.in_hand ?? 0) + units <= agent.capacity;
  return can_take(agent) && has_room && asked.every(({ skill, level }) => (levels.get(skill) ?? 0) >= level);
}
