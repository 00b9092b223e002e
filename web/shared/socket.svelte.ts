/**
 * The line to the server: typed commands and events, one connection that heals itself.
 *
 * `ask` sends a command once and answers or throws a Refusal; `insist` repeats it while repeating may help.
 * `state` is reactive. It becomes `online` with `session:started`, when everything needed is known.
 */
import { io, type Socket as Wire } from 'socket.io-client';
import { pause, RECONNECT, RETRY, wait_ms } from './backoff.ts';
import type { Ack, SessionEnded } from './protocol.gen.ts';
import { asRefusal, offline, Refusal, timedOut } from './refusal.ts';
import { Watchdog } from './watchdog.ts';

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
  wire?: (namespace: string, options: Options) => Wire;
}

export class Socket<C extends object, E extends object> {
  state = $state<LineState>('idle');
  /** When the connection was lost (ms since 1970), or null while it is well. */
  lost_at = $state<number | null>(null);
  /** When the server was last in step with this page (ms since 1970). */
  synced_at = $state<number | null>(null);
  ended = $state.raw<SessionEnded | null>(null);

  readonly #wire: Wire;
  readonly #watchdog = new Watchdog(() => this.#lost('silence'));
  readonly #closers: (() => void)[] = [];
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #hold_ms: number | null = null;
  #wanted = false;
  #away = false;
  #wake = new AbortController();

  constructor(namespace: string, options: Options) {
    this.#wire = (options.wire ?? dial)(namespace, options);
    this.#wire.on('connect_error', (error: Error & { data?: unknown }) => this.#refused(error));
    this.#wire.on('disconnect', (reason) => this.#lost(reason));
    this.#wire.on('session:started', () => this.#started());
    this.#wire.on('session:ended', (end: SessionEnded) => this.#endedByServer(end));
    this.#wire.io.on('open', () => {
      this.#watchdog.start();
      this.#wire.io.engine.on('packet', () => this.#watchdog.heard());
    });
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
    this.connect();
  }

  /** Undoes everything that the constructor and `connect` did. */
  close(): void {
    this.#wanted = false;
    for (const undo of this.#closers.splice(0)) undo();
    this.#drop();
    this.#wire.removeAllListeners();
    this.state = 'idle';
  }

  on<N extends keyof E & string>(event: N, hear: (payload: E[N]) => void): () => void {
    this.#wire.on(event as string, hear as never);
    return () => void this.#wire.off(event as string, hear as never);
  }

  /** Sends a command once. Throws a Refusal; `timeout` and `offline` are retryable ones. */
  async ask<N extends keyof C & string>(command: N, payload: Ask<C, N>): Promise<Answer<C, N>> {
    if (this.state !== 'online') throw offline();
    const ack = (await this.#wire
      .timeout(ANSWER_MS)
      .emitWithAck(command, payload)
      .catch(() => { throw timedOut(); })) as Ack<Answer<C, N>>;
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
        trouble?.(why);
        const told_ms = Number(why.details['retry_after_ms'] ?? 0);
        // Being online again ends the wait, but not one that the server asked for.
        await pause(Math.max(told_ms, wait_ms(RETRY, attempt)), told_ms ? undefined : this.#wake.signal, stop);
        if (stop?.aborted) throw why;
      }
    }
  }

  #dial(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    if (this.#wanted && !this.#wire.connected && !this.#wire.active) this.#wire.connect();
  }

  #started(): void {
    this.#attempt = 0;
    this.#hold_ms = null;
    this.state = 'online';
    this.lost_at = null;
    this.synced_at = Date.now();
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  #endedByServer(end: SessionEnded): void {
    if (typeof end.retry_after_ms === 'number') {
      this.#hold_ms = end.retry_after_ms;
      return;
    }
    this.#end(end);
  }

  #end(end: SessionEnded): void {
    this.#wanted = false;
    this.ended = end;
    this.#drop();
    this.state = 'ended';
  }

  #refused(error: Error & { data?: unknown }): void {
    const why = refusalIn(error);
    if (why && !why.retryable) {
      const code = why.code === 'origin' ? 'origin' : 'unauthorized';
      this.#end({ code, message: why.message });
      return;
    }
    this.#lost('refused');
  }

  #lost(reason: string): void {
    if (!this.#wanted) return;
    if (this.state === 'online') this.synced_at = Date.now();
    if (this.state !== 'connecting') this.state = 'offline';
    this.lost_at ??= Date.now();
    if (reason === 'silence' || this.#wire.active) this.#drop();
    if (this.#away || this.#retry !== undefined || this.#wire.active) return;
    const spread = wait_ms(RECONNECT, this.#attempt);
    // Told to stay away for a while: never sooner, and not all at the same moment.
    const ms = this.#hold_ms === null ? spread : this.#hold_ms * (1 + Math.random()) + spread;
    this.#hold_ms = null;
    this.#attempt += 1;
    this.#retry = setTimeout(() => this.#dial(), ms);
  }

  #drop(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#watchdog.stop();
    this.#wire.disconnect();
    this.#wire.io.engine?.close();
  }

  #watchPage(): void {
    const hurry = (): void => {
      if (this.state !== 'offline' || this.#hold_ms !== null) return;
      this.#attempt = 0;
      this.#dial();
    };
    const seen = (): void => { if (document.visibilityState === 'visible') hurry(); };
    // A page in the back/forward cache must hold no connection, and takes it up again when shown.
    const hide = (): void => {
      if (!this.#wanted) return;
      this.#away = true;
      this.#drop();
    };
    const show = (): void => {
      if (!this.#away) return;
      this.#away = false;
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

function dial(namespace: string, options: Options): Wire {
  return io(`${options.url ?? ''}${namespace}`, {
    path: options.path ?? '/socket.io/',
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    autoConnect: false,
    reconnection: false,
    forceNew: true,
    timeout: 8_000,
    auth: (tell) => tell(options.auth()),
  });
}

function refusalIn(error: Error & { data?: unknown }): Refusal | null {
  const data = error.data as { code?: unknown; retryable?: unknown; message?: unknown } | undefined;
  if (typeof data?.code !== 'string') return null;
  const message = typeof data.message === 'string' ? data.message : error.message;
  return new Refusal({ code: data.code, message, retryable: data.retryable === true });
}
