import type { AgentCommands, AgentEvents, ErrorBody } from '../wire';

export type Answer<T> = { ok: true; data: T } | { ok: false; error: ErrorBody };
export type Hear<T> = (event: T) => void;

/** `connecting` and `lost` heal by themselves; `ended` does not. */
export type LineState = 'connecting' | 'live' | 'lost' | 'ended';

/** The way to the server, as the stores see it. Tests use one that lives in memory. */
export interface Line {
  readonly state: LineState;
  /** Never throws: no answer in time is an answer with the code `timeout`. */
  ask<C extends keyof AgentCommands>(
    command: C,
    payload: AgentCommands[C]['ask'],
  ): Promise<Answer<AgentCommands[C]['answer']>>;
  on<E extends keyof AgentEvents>(event: E, hear: Hear<AgentEvents[E]>): () => void;
  on_state(hear: Hear<LineState>): () => void;
  open(): void;
  close(): void;
}
