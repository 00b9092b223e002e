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

/** How soon something is served, as it was seen. */
export type Urgency = Pick<AgentConversation, 'priority' | 'emergency'>;

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
  assign(seen: AgentConversation, agent: string, reason: string) {
    return this.#move('conversation:assign', { ...as_seen(seen), agent, reason: reason.trim() });
  }

  /** Says how soon it is served; `was` is how that was seen. */
  prioritize(conversation: string, priority: number, emergency: boolean, reason: string, was: Urgency) {
    const text = reason.trim();
    const before = { was: was.priority ?? 0, was_emergency: was.emergency ?? false };
    return this.#move('conversation:prioritize', { conversation, priority, emergency, ...before, ...(text && { reason: text }) });
  }

  /** What is due in it is done with it, or put off until `later`. */
  close(conversation: string, outcome: string, later?: string) {
    return this.#move('conversation:close', { conversation, outcome, ...(later && { later }) });
  }

  /** Says something to its agent alone. A retry repeats the `client_id`. */
  async whisper(conversation: string, client_id: string, text: string, to: string) {
    const answer = await this.desk.line.ask('conversation:whisper', { conversation, client_id, text, to });
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
  requeue(seen: AgentConversation, reason: string, queue?: string) {
    return this.#move('conversation:requeue', { ...as_seen(seen), reason: reason.trim(), ...(queue && { queue }) });
  }

  /** Ends what others have in hand, or what waits, for good. */
  overrule(seen: AgentConversation, reason: string, outcome: string) {
    return this.#move('conversation:close', { ...as_seen(seen), reason: reason.trim(), outcome });
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

/** What one decides on: which conversation, how it stood, and who had it. */
function as_seen({ id, epoch, agent }: AgentConversation) {
  return { conversation: id, epoch, ...(agent && { held_by: agent.id }) };
}
