import { SvelteMap } from 'svelte/reactivity';
import type { AgentConversation, Visitor } from '../wire';
import type { Api } from './api';

export interface CustomerFile {
  visitor: Visitor;
  conversations: AgentConversation[];
}

/** What the shop knows of a customer beyond this conversation. */
export class Customers {
  #files = new SvelteMap<string, CustomerFile | 'failed'>();

  constructor(private readonly api: Api) {}

  get(id: string): CustomerFile | 'failed' | undefined {
    return this.#files.get(id);
  }

  async load(id: string): Promise<void> {
    try {
      const file = await this.api.get<CustomerFile>(`/visitors/${encodeURIComponent(id)}`);
      this.#files.set(id, file);
    } catch {
      if (!this.#files.has(id)) this.#files.set(id, 'failed');
    }
  }
}
