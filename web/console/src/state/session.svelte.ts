import type { Agent } from '../wire';
import type { Api } from './api';

export type SessionState = 'asking' | 'signed_in' | 'signed_out' | 'unreachable';

interface Answer {
  agent: Agent;
  mails?: boolean;
}

/** Who is signed in at this browser. */
export class Session {
  state = $state<SessionState>('asking');
  agent = $state.raw<Agent | null>(null);
  /** E-mail goes out; where it does not, nothing of it is shown. */
  mails = $state(false);
  /** True when a running session ended, so that the sign-in page can say so. */
  was_ended = $state(false);

  constructor(private readonly api: Api) {
    api.signed_out = () => this.ended();
  }

  /** Asks who is signed in; called on load. */
  async ask(): Promise<void> {
    this.state = 'asking';
    try {
      this.#is(await this.#asked());
    } catch (problem) {
      const status = (problem as { status?: number }).status;
      this.state = status === 401 || status === 404 ? 'signed_out' : 'unreachable';
    }
  }

  /** That nobody is signed in is no error, which the browser would list. A node of the version before knows only the other way. */
  async #asked(): Promise<Answer | null> {
    try {
      return (await this.api.get<{ items: Answer[] }>('/sessions')).items[0] ?? null;
    } catch (problem) {
      if (![404, 405].includes((problem as { status?: number }).status ?? 0)) throw problem;
      return this.api.get<Answer>('/sessions/current');
    }
  }

  /** Throws a `Problem` that says why not. */
  async sign_in(email: string, password: string): Promise<Agent> {
    const answer = await this.api.post<Answer>('/sessions', { email, password });
    this.#is(answer);
    this.was_ended = false;
    return answer.agent;
  }

  async sign_out(): Promise<void> {
    await this.api.delete('/sessions/current').catch(() => undefined);
    this.#is(null);
  }

  /** Signs out only if the server hears of it; false when it did not. */
  async sign_out_told(): Promise<boolean> {
    try {
      await this.api.delete('/sessions/current');
    } catch (problem) {
      if ((problem as { status?: number }).status !== 401) return false;
    }
    this.#is(null);
    return true;
  }

  /** The server says that this session is over. */
  ended(): void {
    if (this.state !== 'signed_in') return;
    this.was_ended = true;
    this.agent = null;
    this.state = 'signed_out';
  }

  #is(answer: Answer | null): void {
    this.agent = answer?.agent ?? null;
    this.mails = answer?.mails ?? false;
    this.state = this.agent ? 'signed_in' : 'signed_out';
  }
}
