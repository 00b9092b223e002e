import type { Answer, Hear, Line, LineState } from '../src/state/line.ts';
import type { AgentCommands, AgentConversation, AgentEvents, AgentSession, Message, Offer, Visitor } from '../src/wire.ts';

type Command = keyof AgentCommands;
type Reply = (payload: never) => Answer<unknown> | Promise<Answer<unknown>>;

/** A line that lives in memory: what is asked is written down, what is answered is set beforehand. */
export class FakeLine implements Line {
  state: LineState = 'connecting';
  asked: [Command, Record<string, unknown>][] = [];
  #replies = new Map<Command, Reply>();
  #ears = new Map<string, Hear<never>[]>();
  #state_ears: Hear<LineState>[] = [];

  answer<C extends Command>(command: C, reply: (asked: AgentCommands[C]['ask']) => unknown): void {
    this.#replies.set(command, async (payload) => ({ ok: true, data: await reply(payload) }));
  }

  refuse(command: Command, code: string, retryable = false, details: Record<string, string> = {}): void {
    this.#replies.set(command, () => ({ ok: false, error: { code, message: code, retryable, details } }));
  }

  async ask<C extends Command>(command: C, payload: AgentCommands[C]['ask']) {
    this.asked.push([command, payload as unknown as Record<string, unknown>]);
    const reply = this.#replies.get(command);
    const found = reply ? await reply(payload as never) : { ok: true, data: {} };
    return found as Answer<AgentCommands[C]['answer']>;
  }

  on<E extends keyof AgentEvents>(event: E, hear: Hear<AgentEvents[E]>): () => void {
    this.#ears.set(event, [...(this.#ears.get(event) ?? []), hear as Hear<never>]);
    return () => undefined;
  }

  on_state(hear: Hear<LineState>): () => void {
    this.#state_ears.push(hear);
    return () => undefined;
  }

  open(): void {
    this.asked = [];
  }

  close(): void {
    this.turn('ended');
  }

  turn(state: LineState): void {
    this.state = state;
    this.#state_ears.forEach((hear) => hear(state));
  }

  tell<E extends keyof AgentEvents>(event: E, payload: AgentEvents[E]): void {
    if (event === 'session:started') this.turn('live');
    this.#ears.get(event)?.forEach((hear) => hear(payload as never));
  }

  of(command: Command): Record<string, unknown>[] {
    return this.asked.filter(([name]) => name === command).map(([, payload]) => payload);
  }
}

export const AT = '2026-03-02T10:00:00Z';
export const ME = { id: 'a1', name: 'Lin Mei', email: 'mei@shop.example', role: 'agent', capacity: 4, shop: { id: 's', name: 'Shop' } } as const;

export function visitor(name = 'Wang Fang'): Visitor {
  return { id: `v-${name}`, signed: true, created_at: AT, name };
}

export function conversation(id: string, change: Partial<AgentConversation> = {}): AgentConversation {
  return { id, state: 'active', head: 0, note_head: 0, epoch: 1, created_at: AT, visitor: visitor(), agent: ME, ...change };
}

export function session(change: Partial<AgentSession> = {}): AgentSession {
  return { agent: ME, status: 'available', conversations: [], waiting: [], offers: [], limits: {}, may_pick: true, ...change };
}

export function said(seq: number, change: Partial<Message> = {}): Message {
  return { conversation: 'c1', seq, client_id: `client-${seq}`, sender: { kind: 'customer' }, text: `text ${seq}`, at: AT, ...change };
}

export function offer(id: string, of: AgentConversation, left_s = 20): Offer {
  const expires_at = new Date(Date.now() + left_s * 1000).toISOString();
  return { offer: id, conversation: of, made_at: AT, expires_at, why: { sentence: 'You are free.' } };
}
