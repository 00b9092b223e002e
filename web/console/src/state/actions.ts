import type { AgentCommands, AgentConversation, Status } from '../wire';
import type { Desk } from './desk.svelte';
import type { Answer } from './line';
import type { TransferTo } from './transfer';

type Moving =
  | 'conversation:pick'
  | 'conversation:transfer'
  | 'conversation:assign'
  | 'conversation:prioritize'
  | 'conversation:join'
  | 'conversation:step_out'
  | 'conversation:requeue'
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

  /** What is due in it is done with it, or put off until `later`. */
  close(conversation: string, outcome: string, later?: string) {
    return this.#move('conversation:close', { conversation, outcome, ...(later && { later }) });
  }

  /** Says something to its agent alone. A retry repeats the `client_id`. */
  async whisper(conversation: string, client_id: string, text: string) {
    const answer = await this.desk.line.ask('conversation:whisper', { conversation, client_id, text });
    if (answer.ok) this.desk.threads.get(conversation)?.whispered(answer.data.whisper);
    return answer;
  }

  join(conversation: string) {
    return this.#move('conversation:join', { conversation });
  }

  step_out(conversation: string) {
    return this.#move('conversation:step_out', { conversation });
  }

  /** Lets it wait again, as it is seen now; without a `queue` in its own. */
  requeue({ id, epoch }: AgentConversation, reason: string, queue?: string) {
    return this.#move('conversation:requeue', { conversation: id, reason: reason.trim(), epoch, ...(queue && { queue }) });
  }

  /** Ends what others have in hand, or what waits, for good. */
  overrule({ id, epoch }: AgentConversation, reason: string, outcome: string) {
    return this.#move('conversation:close', { conversation: id, reason: reason.trim(), outcome, epoch });
  }

  /** Sets a colleague's status; `was` is how it was seen. */
  set_status(agent: string, status: Status, reason: string, was: Status) {
    return this.desk.line.ask('agent:set_status', { agent, status, reason: reason.trim(), was });
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
