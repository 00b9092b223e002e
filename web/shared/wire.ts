/**
 * Socket.IO's protocol (version 5, texts only) for one namespace: commands with acks, events, refusals.
 *
 * Our own 150 lines instead of the general client, which alone would be a third of what the widget may weigh.
 * It does not reconnect: that is Socket's business.
 */
import { polling, websocket, type Ears, type Transport } from './transport.ts';

export const CONNECT_MS = 8_000;

/** What the server said when it refused the connection. */
export interface Rejection {
  code?: unknown;
  message?: unknown;
  retryable?: unknown;
}
export interface WireEars {
  /** Anything at all came in. */
  heard(): void;
  event(name: string, payload: unknown): void;
  /** The connection is gone and stays gone until `open`. */
  lost(rejection: Rejection | null): void;
}
export interface Wire {
  open(auth: Record<string, unknown>): void;
  close(): void;
  /** Resolves with the acknowledgement; rejects when none came within `timeout_ms` or the line is gone. */
  ask(name: string, payload: unknown, timeout_ms: number): Promise<unknown>;
}
type Make = (address: string, ears: Ears) => Transport;

export class SocketIo implements Wire {
  readonly #address: string;
  readonly #namespace: string;
  readonly #ears: WireEars;
  #transport: Transport | null = null;
  #asked = new Map<number, { tell: (ack: unknown) => void; fail: () => void }>();
  #next = 0;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #auth: Record<string, unknown> = {};

  constructor(address: string, namespace: string, ears: WireEars) {
    this.#address = address;
    this.#namespace = namespace;
    this.#ears = ears;
  }

  open(auth: Record<string, unknown>): void {
    this.close();
    this.#auth = auth;
    this.#start(websocket, () => this.#start(polling, () => this.#lose(null)));
  }

  close(): void {
    clearTimeout(this.#patience);
    if (this.#transport) {
      this.#send('41');
      this.#transport?.close();
    }
    this.#transport = null;
    for (const { fail } of [...this.#asked.values()]) fail();
    this.#asked.clear();
  }

  ask(name: string, payload: unknown, timeout_ms: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      const done = (): void => {
        clearTimeout(timer);
        this.#asked.delete(id);
      };
      const fail = (): void => { done(); reject(new Error('no answer')); };
      const timer = setTimeout(fail, timeout_ms);
      this.#asked.set(id, { tell: (ack) => { done(); resolve(ack); }, fail });
      this.#send('42', `${id}${JSON.stringify([name, payload])}`);
    });
  }

  /** Tries one way; `otherwise` is taken when that way cannot even be opened. */
  #start(make: Make, otherwise: () => void): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      transport.close();
      otherwise();
    }, CONNECT_MS);
    const mine = (): boolean => this.#transport === transport;
    const transport = make(this.#address, {
      packet: (packet) => { if (mine()) this.#packet(packet); },
      gone: (opened) => { if (mine()) (opened ? () => this.#lose(null) : otherwise)(); },
    });
    this.#transport = transport;
  }

  #packet(packet: string): void {
    this.#ears.heard();
    const kind = packet[0];
    if (kind === '0') this.#send('40', JSON.stringify(this.#auth));
    else if (kind === '2') this.#transport?.send('3');
    else if (kind === '1') this.#lose(null);
    else if (kind === '4') this.#message(packet.slice(1));
  }

  #message(message: string): void {
    const [, kind, namespace, id, body] = /^(\d)(?:(\/[^,]*),)?(\d*)(.*)$/s.exec(message) ?? [];
    if ((namespace ?? '/') !== this.#namespace) return;
    const data: unknown = body ? JSON.parse(body) : undefined;
    if (kind === '1') this.#lose(null);
    else if (kind === '2') {
      clearTimeout(this.#patience); // the first event begins the session: from now on others watch the line
      this.#ears.event(...(data as [string, unknown]));
    }
    else if (kind === '3') this.#asked.get(Number(id))?.tell((data as unknown[])[0]);
    else if (kind === '4') this.#lose(rejection(data));
  }

  #send(kind: string, body = ''): void {
    try {
      this.#transport?.send(`${kind}${this.#namespace},${body}`);
    } catch {
      // Not open, or no longer: whoever waits for an answer hears of it.
    }
  }

  #lose(why: Rejection | null): void {
    if (!this.#transport) return;
    this.close();
    this.#ears.lost(why);
  }
}

function rejection(data: unknown): Rejection {
  const said = (data ?? {}) as { message?: unknown; data?: unknown };
  return typeof said.data === 'object' && said.data !== null ? said.data : { message: said.message };
}
