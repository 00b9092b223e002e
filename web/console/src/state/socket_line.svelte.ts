import type { AgentCommands, AgentEvents } from '@kefu/shared/protocol.gen.ts';
import { asRefusal, type Refusal } from '@kefu/shared/refusal.ts';
import { Socket, type LineState as SocketState, type Options } from '@kefu/shared/socket.svelte.ts';
import { untrack } from 'svelte';
import type { Answer, Hear, Line, LineState } from './line';

const STATES: Record<SocketState, LineState> = {
  idle: 'connecting',
  connecting: 'connecting',
  online: 'live',
  offline: 'lost',
  ended: 'ended',
};

type Command = keyof AgentCommands;

/** For so long somebody who has pressed a button waits for a line that comes back. */
const PATIENCE_MS = 15_000;

/** To be told these twice is the same to the server as once. */
const TWICE: ReadonlySet<Command> = new Set<Command>([
  'offer:accept',
  'offer:decline',
  'status:set',
  'conversation:pick',
  'conversation:close',
  'conversation:finish',
]);

/** These are said again only if they were never sent. The others have somebody who repeats them, or need not arrive. */
const UNSENT: ReadonlySet<Command> = new Set<Command>([
  'conversation:transfer',
  'conversation:assign',
  'conversation:prioritize',
  'conversation:resume',
  'transfer:cancel',
]);

/** The real line: the shared socket, signed in by the session cookie. */
export class SocketLine implements Line {
  readonly #socket: Socket<AgentCommands, AgentEvents>;
  readonly #hear_state: Hear<LineState>[] = [];
  #told: LineState = 'connecting';
  readonly #stop_watching: () => void;

  constructor(options: Partial<Options> = {}) {
    this.#socket = new Socket('/agent', { auth: () => ({}), ...options });
    this.#stop_watching = $effect.root(() => {
      $effect(() => {
        void this.#socket.state;
        untrack(() => this.#tell());
      });
    });
  }

  get state(): LineState {
    return STATES[this.#socket.state];
  }

  /** What somebody does by hand outlives a line that is gone for a moment: a server that restarts is no error. */
  async ask<C extends Command>(
    command: C,
    payload: AgentCommands[C]['ask'],
  ): Promise<Answer<AgentCommands[C]['answer']>> {
    try {
      const is_by_hand = TWICE.has(command) || UNSENT.has(command);
      const data = await (is_by_hand ? this.#insist(command, payload) : this.#socket.ask(command, payload as never));
      return { ok: true, data: data as AgentCommands[C]['answer'] };
    } catch (thrown) {
      const { code, message, retryable, field, details } = asRefusal(thrown);
      return { ok: false, error: { code, message, retryable, field, details } };
    }
  }

  async #insist<C extends Command>(command: C, payload: AgentCommands[C]['ask']): Promise<AgentCommands[C]['answer']> {
    const enough = new AbortController();
    const timer = setTimeout(() => enough.abort(), PATIENCE_MS);
    const heard = (why: Refusal): void => {
      const helps = TWICE.has(command) || why.code === 'offline';
      if (!helps || this.state === 'ended') enough.abort();
    };
    try {
      return (await this.#socket.insist(command, payload as never, heard, enough.signal)) as AgentCommands[C]['answer'];
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whoever hears an event already knows that the line is live. */
  on<E extends keyof AgentEvents>(event: E, hear: Hear<AgentEvents[E]>): () => void {
    return this.#socket.on(event, (payload) => {
      this.#tell();
      hear(payload);
    });
  }

  on_state(hear: Hear<LineState>): () => void {
    this.#hear_state.push(hear);
    return () => void this.#hear_state.splice(this.#hear_state.indexOf(hear), 1);
  }

  open(): void {
    this.#socket.connect();
  }

  close(): void {
    this.#stop_watching();
    this.#socket.close();
  }

  #tell(): void {
    if (this.#told === this.state) return;
    this.#told = this.state;
    for (const hear of [...this.#hear_state]) hear(this.#told);
  }
}
