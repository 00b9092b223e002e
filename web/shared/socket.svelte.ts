/**
 * The line to the server: typed commands and events, one connection that heals itself.
 *
 * `ask` sends a command once and answers or throws a Refusal; `insist` repeats it while repeating may help.
 * `state` is reactive. It becomes `online` with `session:started`, when everything needed is known.
 */
import { pause, RECONNECT, RETRY, wait_ms } from './backoff.ts';
import type { Ack, SessionEnded } from './protocol.gen.ts';
import { asRefusal, offline, Refusal, timedOut } from './refusal.ts';
import { Watchdog } from './watchdog.ts';
import { SocketIo, type Rejection, type Wire, type WireEars } from './wire.ts';

export type Ask<C, N extends keyof C> = C[N] extends { ask: infer A } ? A : never;
export type Answer<C, N extends keyof C> = C[N] extends { answer: infer A } ? A : never;

/** connecting: the first time · online · offline: being healed · ended: will not come back by itself. */
export type LineState = 'idle' | 'connecting' | 'online' | 'offline' | 'ended';

export const ANSWER_MS = 8_000;

export interface Options {
  /** Asked anew for each connection, so that it may carry the newest token. */
  auth: () => Record<string, unknown>;
  url?: string;
  path?: string;
  /** Replaced in tests. */
  wire?: (namespace: string, ears: WireEars) => Wire;
}

export class Socket<C extends object, E extends object> {
  state = $state<LineState>('idle');
  /** When the connection was lost (ms since 1970), or null while it is well. */
  lost_at = $state<number | null>(null);
  /** When the server was last in step with this page (ms since 1970). */
  synced_at = $state<number | null>(null);
  ended = $state.raw<SessionEnded | null>(null);

  readonly #wire: Wire;
  readonly #auth: Options['auth'];
  readonly #ears = new Map<string, Set<(payload: never) => void>>();
  readonly #watchdog = new Watchdog(() => this.#lost());
  readonly #closers: (() => void)[] = [];
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #hold_ms: number | null = null;
  #wanted = false;
  #away = false;
  #wake = new AbortController();

  constructor(namespace: string, { auth, url, path, wire }: Options) {
    this.#auth = auth;
    const ears: WireEars = {
      heard: () => this.#watchdog.heard(),
      event: (name, payload) => this.#event(name, payload),
      lost: (why) => this.#lost(why),
    };
    const address = (url ?? location.origin) + (path ?? '/socket.io/');
    this.#wire = wire ? wire(namespace, ears) : new SocketIo(address, namespace, ears);
    this.#watchPage();
  }

  connect(): void {
    this.#wanted = true;
    this.ended = null;
    if (this.state === 'idle' || this.state === 'ended') this.state = 'connecting';
    this.#dial();
  }

  /** Leaves now and comes back with fresh auth. */
  reconnect(): void {
    this.#drop();
    this.#attempt = 0;
    this.state = 'connecting';
    this.connect();
  }

  /** Undoes everything that the constructor and `connect` did. */
  close(): void {
    this.#wanted = false;
    for (const undo of this.#closers.splice(0)) undo();
    this.#drop();
    this.#ears.clear();
    this.state = 'idle';
  }

  on<N extends keyof E & string>(event: N, hear: (payload: E[N]) => void): () => void {
    const all = this.#ears.get(event) ?? new Set();
    this.#ears.set(event, all.add(hear));
    return () => void all.delete(hear);
  }

  /** Sends a command once. Throws a Refusal; `timeout` and `offline` are retryable ones. */
  async ask<N extends keyof C & string>(command: N, payload: Ask<C, N>): Promise<Answer<C, N>> {
    if (this.state !== 'online') throw offline();
    const ack = (await this.#wire.ask(command, payload, ANSWER_MS).catch(() => {
      throw timedOut();
    })) as Ack<Answer<C, N>>;
    if (ack.ok) return ack.data;
    throw new Refusal(ack.error);
  }

  /** Sends a command until it is answered; only a refusal that repeating cannot change is thrown. */
  async insist<N extends keyof C & string>(
    command: N,
    payload: Ask<C, N>,
    trouble?: (why: Refusal) => void,
    stop?: AbortSignal,
  ): Promise<Answer<C, N>> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.ask(command, payload);
      } catch (thrown) {
        const why = asRefusal(thrown);
        if (!why.retryable || stop?.aborted) throw why;
        if (attempt || why.code !== 'offline') trouble?.(why); // being a moment early is no trouble
        await this.#pause(why, attempt, stop);
        if (stop?.aborted) throw why;
      }
    }
  }

  /** Being online again ends the wait, but not one that the server asked for. */
  #pause({ details }: Refusal, attempt: number, stop?: AbortSignal): Promise<void> {
    const told_ms = Number(details['retry_after_ms'] ?? 0);
    const wake = told_ms ? undefined : this.#wake.signal;
    return pause(Math.max(told_ms, wait_ms(RETRY, attempt)), wake, stop);
  }

  #dial(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    if (!this.#wanted) return;
    this.#away = false;
    this.#wire.open(this.#auth());
  }

  #event(name: string, payload: unknown): void {
    if (name === 'session:started') this.#started();
    if (name === 'session:ended') this.#endedByServer(payload as SessionEnded);
    for (const hear of this.#ears.get(name) ?? []) hear(payload as never);
  }

  #started(): void {
    this.#attempt = 0;
    this.#hold_ms = null;
    this.#watchdog.start();
    this.state = 'online';
    this.lost_at = null;
    this.synced_at = Date.now();
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  #endedByServer(end: SessionEnded): void {
    if (typeof end.retry_after_ms !== 'number') return this.#end(end);
    this.#hold_ms = end.retry_after_ms;
    this.#lost();
  }

  #end(end: SessionEnded): void {
    this.#wanted = false;
    this.#drop();
    this.ended = end;
    this.state = 'ended';
  }

  #lost(why: Rejection | null = null): void {
    this.#drop();
    if (typeof why?.code === 'string' && why.retryable !== true) return this.#turnedAway(why);
    if (!this.#wanted || this.#away) return;
    if (this.state === 'online') this.synced_at = Date.now();
    if (this.state !== 'connecting') this.state = 'offline';
    this.lost_at ??= Date.now();
    // Told to stay away for a while: never sooner, and not all at the same moment.
    const held_ms = (this.#hold_ms ?? 0) * (1 + Math.random());
    this.#retry = setTimeout(() => {
      this.#hold_ms = null;
      this.#dial();
    }, held_ms + wait_ms(RECONNECT, this.#attempt));
    this.#attempt += 1;
  }

  #turnedAway({ code, message }: Rejection): void {
    this.#end({ code: code === 'unauthorized' ? 'unauthorized' : 'origin', message: String(message ?? '') });
  }

  #drop(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#watchdog.stop();
    this.#wire.close();
  }

  #watchPage(): void {
    const hurry = (): void => {
      if (!this.#wanted || this.#away || this.state === 'online' || this.#hold_ms !== null) return;
      this.#attempt = 0;
      this.#dial();
    };
    const seen = (): void => { if (document.visibilityState === 'visible') hurry(); };
    // A page in the back/forward cache must hold no connection, and takes it up again when shown.
    const hide = (): void => {
      if (!this.#wanted) return;
      this.#away = true;
      this.#drop();
      if (this.state === 'online') this.state = 'offline';
    };
    const show = (): void => {
      if (!this.#away) return;
      this.#attempt = 0;
      this.#dial();
    };
    this.#listen(window, 'online', hurry);
    this.#listen(document, 'visibilitychange', seen);
    this.#listen(window, 'pagehide', hide);
    this.#listen(window, 'pageshow', show);
  }

  #listen(target: EventTarget, event: string, hear: EventListener): void {
    target.addEventListener(event, hear);
    this.#closers.push(() => target.removeEventListener(event, hear));
  }
}
