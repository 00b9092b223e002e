import type { Status } from '../wire';
import type { Api, Page } from './api';

/** A colleague, as far as a transfer needs to know them. */
export interface Colleague {
  id: string;
  name: string;
  status: Status;
  active: boolean;
  online: boolean;
}

export interface QueueName {
  id: string;
  name: string;
  archived: boolean;
}

/** Colleagues and queues that a conversation may be handed to; fetched when a transfer is begun. */
export class Directory {
  agents = $state.raw<Colleague[]>([]);
  queues = $state.raw<QueueName[]>([]);
  state = $state<'idle' | 'loading' | 'failed'>('idle');

  constructor(private readonly api: Api) {}

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
  return agent.status === 'available' && agent.online;
}
