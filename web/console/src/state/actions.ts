import type { AgentCommands, AgentConversation } from '../wire';
import type { Desk } from './desk.svelte';
import type { Answer } from './line';
import type { TransferTo } from './transfer';

type Moving =
  | 'conversation:pick'
  | 'conversation:transfer'
  | 'conversation:assign'
  | 'conversation:prioritize'
  | 'transfer:cancel'
  | 'conversation:close'
  | 'conversation:resume'
  | 'conversation:finish';

/** What an agent does with a whole conversation. Each answers with the conversation afterwards. */
export class Actions {
  constructor(private readonly desk: Desk) {}

  pick(conversation: string) {
    return this.#move('conversation:pick', { conversation });
  }

  /** With `warm` a colleague is asked first; until they accept it stays here. */
  transfer(conversation: string, to: TransferTo, note: string, warm = false) {
    const text = note.trim();
    return this.#move('conversation:transfer', { conversation, to, ...(text && { note: text }), ...(warm && { warm }) });
  }

  /** Takes the question to a colleague back. */
  keep(conversation: string) {
    return this.#move('transfer:cancel', { conversation });
  }

  /** Gives it to somebody, as it is seen now: whoever takes it meanwhile keeps it. */
  assign({ id, epoch }: AgentConversation, agent: string, reason: string) {
    return this.#move('conversation:assign', { conversation: id, agent, reason: reason.trim(), epoch });
  }

  prioritize(conversation: string, priority: number, emergency: boolean, reason: string) {
    const text = reason.trim();
    return this.#move('conversation:prioritize', { conversation, priority, emergency, ...(text && { reason: text }) });
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
