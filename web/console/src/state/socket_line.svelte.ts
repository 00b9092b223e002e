import type { AgentCommands, AgentEvents } from '@kefu/shared/protocol.gen.ts';
import { asRefusal } from '@kefu/shared/refusal.ts';
import { Socket, type LineState as SocketState } from '@kefu/shared/socket.svelte.ts';
import { untrack } from 'svelte';
import type { Answer, Hear, Line, LineState } from './line';

const STATES: Record<SocketState, LineState> = {
  idle: 'connecting',
  connecting: 'connecting',
  online: 'live',
  offline: 'lost',
  ended: 'ended',
};

/** The real line: the shared socket, signed in by the session cookie. */
export class SocketLine implements Line {
  readonly #socket = new Socket<AgentCommands, AgentEvents>('/agent', { auth: () => ({}) });
  readonly #hear_state: Hear<LineState>[] = [];
  #told: LineState = 'connecting';
  readonly #stop_watching = $effect.root(() => {
    $effect(() => {
      void this.#socket.state;
      untrack(() => this.#tell());
    });
  });

  get state(): LineState {
    return STATES[this.#socket.state];
  }

  async ask<C extends keyof AgentCommands>(
    command: C,
    payload: AgentCommands[C]['ask'],
  ): Promise<Answer<AgentCommands[C]['answer']>> {
    try {
      const data = await this.#socket.ask(command, payload as never);
      return { ok: true, data: data as AgentCommands[C]['answer'] };
    } catch (thrown) {
      const { code, message, retryable, field, details } = asRefusal(thrown);
      return { ok: false, error: { code, message, retryable, field, details } };
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
