/** One numbered stream of messages: in order, each once, and holes are noticed. */
import { RETRY, wait_ms } from './backoff.ts';
import type { Message, MessagePage } from './protocol.gen.ts';
import { asRefusal } from './refusal.ts';

export type Fetch = (after: number) => Promise<MessagePage>;

export class Stream {
  messages = $state.raw<readonly Message[]>([]);
  /** True while something is known to be missing. */
  behind = $state(false);
  /** The number up to which nothing is missing here. */
  readonly last = $derived(this.messages.at(-1)?.seq ?? 0);

  readonly #fetch: Fetch;
  #early = new Map<number, Message>();
  #filling: Promise<void> | null = null;
  #head = 0;
  #again: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #closed = false;

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  /**
   * Takes a message from wherever it came: ack, broadcast or a page. Hearing it twice shows it once.
   * Another one under a number that is known tells that the server lost what it had: it is asked what there is.
   */
  receive(message: Message): void {
    const { last } = this;
    if (this.messages[message.seq - this.#first]?.client_id === message.client_id) return;
    this.#early.set(message.seq, message);
    this.#settle();
    if (message.seq > last) this.headIs(message.seq);
    else void this.fill();
  }

  /** Starts with the newest messages; `earlier` reads the older ones when they are wanted. */
  seed(messages: readonly Message[], head = 0): void {
    const known = this.messages.at(-1)?.client_id;
    const whole = messages.some(({ client_id }) => client_id === known) ? this.messages : []; // else begin anew
    this.#join([...whole, ...messages]);
    this.headIs(Math.max(head, this.last));
  }

  /** Whether there is something before the first message here. */
  get hasEarlier(): boolean {
    return this.#first > 1;
  }

  get #first(): number {
    return this.messages[0]?.seq ?? 1;
  }

  /** Reads up to 200 messages before the first one here. */
  async earlier(): Promise<void> {
    if (!this.hasEarlier) return;
    const page = await this.#fetch(Math.max(0, this.#first - 201));
    this.#join([...page.messages, ...this.messages]);
  }

  /** The server's newest number is `head`; fetches when that is news. */
  headIs(head: number): void {
    this.#head = Math.max(this.#head, head);
    if (this.#head > this.last) void this.fill();
  }

  /** Reads everything that is missing. Concurrent calls share one reading; one that failed leaves `behind` true. */
  fill(): Promise<void> {
    this.behind = true;
    clearTimeout(this.#again);
    this.#filling ??= this.#read()
      .then(() => { this.#failures = 0; }, (thrown: unknown) => this.#later(thrown))
      .finally(() => { this.#filling = null; });
    return this.#filling;
  }

  /** Nobody looks any more: nothing is tried again. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
  }

  /** The server believes that it told us everything: only we know of the hole, so we ask again. */
  #later(thrown: unknown): void {
    if (this.#closed || !asRefusal(thrown).retryable) return;
    this.#again = setTimeout(() => void this.fill(), wait_ms(RETRY, this.#failures++));
  }

  /** Asks with the last message that is here: unless it comes back, the server lost it, and all is read anew. */
  async #read(): Promise<void> {
    let known: Message | undefined, told;
    do {
      known = this.messages.at(-1);
      told = this.#head;
      const page = await this.#fetch(Math.max(0, this.last - 1));
      if (known && page.messages[0]?.client_id !== known.client_id) {
        this.messages = [];
        this.#early.clear();
      }
      // What was heard of meanwhile may be newer than the page; what was heard of before it is not.
      this.#head = this.#head > told ? Math.max(this.#head, page.head) : page.head;
      for (const message of page.messages) this.#early.set(message.seq, message);
      this.#settle();
      // Nothing new is to be had: the next head or message asks again.
    } while (this.last < this.#head && (this.messages.at(-1) !== known || this.#head > told));
    this.behind = this.last < this.#head;
  }

  #join(messages: readonly Message[]): void {
    const known = new Map(messages.map((message) => [message.seq, message]));
    this.messages = [...known.values()].sort((one, other) => one.seq - other.seq);
    for (const seq of this.#early.keys()) if (seq <= this.last) this.#early.delete(seq);
    if (this.last >= this.#head) this.behind = false;
  }

  #settle(): void {
    const ready: Message[] = [];
    for (let next; (next = this.#early.get(this.last + ready.length + 1)); ) ready.push(next);
    if (ready.length) this.#join([...this.messages, ...ready]);
  }
}
