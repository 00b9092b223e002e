import type { AgentCommands, AgentConversation } from '../wire';
import type { Desk } from './desk.svelte';
import type { Answer } from './line';

type Moving =
  | 'conversation:pick'
  | 'conversation:transfer'
  | 'conversation:close'
  | 'conversation:resume'
  | 'conversation:finish';

/** What an agent does with a whole conversation. Each answers with the conversation afterwards. */
export class Actions {
  constructor(private readonly desk: Desk) {}

  pick(conversation: string) {
    return this.#move('conversation:pick', { conversation });
  }

  transfer(conversation: string, to: { agent: string } | { queue: string }, note: string) {
    const text = note.trim();
    return this.#move('conversation:transfer', { conversation, to, ...(text ? { note: text } : {}) });
  }

  close(conversation: string, outcome: string) {
    return this.#move('conversation:close', { conversation, outcome });
  }

  resume(conversation: string) {
    return this.#move('conversation:resume', { conversation });
  }

  finish(conversation: string, outcome?: string) {
    return this.#move('conversation:finish', { conversation, ...(outcome ? { outcome } : {}) });
  }

  async accept(offer: string): Promise<Answer<{ conversation: AgentConversation }>> {
    return this.#keep(await this.desk.offers.accept(offer));
  }

  async #move<C extends Moving>(command: C, payload: AgentCommands[C]['ask']) {
    return this.#keep(await this.desk.line.ask(command, payload));
  }

  #keep<T extends { conversation: AgentConversation }>(answer: Answer<T>): Answer<T> {
    if (answer.ok) this.desk.book.put(answer.data.conversation);
    return answer;
  }
}
