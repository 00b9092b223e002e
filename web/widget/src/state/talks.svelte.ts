/** The customer's conversations: the open one, the earlier ones, and what is on its way. */
import { newer, Thread } from '@kefu/shared/conversation.svelte.ts';
import type { Keep } from '@kefu/shared/keep.ts';
import { Outbox, type Pending } from '@kefu/shared/outbox.svelte.ts';
import type { Conversation, Message, Started } from '@kefu/shared/protocol.gen.ts';
import type { Refusal } from '@kefu/shared/refusal.ts';
import type { Host } from './host.ts';
import type { Session } from './session.svelte.ts';

const TYPING_AGAIN_MS = 3_000;
const FIRST_PAGE = 100;
/** For so long somebody who has pressed a button waits for a line that comes back. */
const PATIENCE_MS = 15_000;

export class Talks {
  /** The conversation in front: open, just ended, or null while none has begun. */
  current = $state.raw<Conversation | null>(null);
  earlier = $state.raw<readonly Conversation[]>([]);
  next = $state<string | null>(null);
  readonly outbox: Outbox;

  readonly isOpen: boolean = $derived.by(() => this.current !== null && !isOver(this.current));
  thread = $state.raw<Thread | null>(null);
  /** What is on its way in front; what was refused elsewhere waits here, too, for somebody to see it. */
  readonly pending: readonly Pending[] = $derived.by(() => {
    const front = this.current?.id ?? null;
    const strays = this.outbox.pending.filter((one) => one.state === 'failed' && one.conversation !== front);
    return [...strays, ...(this.thread?.pending ?? this.outbox.of(null))];
  });
  readonly unread: number = $derived.by(() => {
    const read = this.current?.read?.customer ?? 0;
    return this.thread?.messages.filter((message) => message.seq > read && isTheirs(message)).length ?? 0;
  });

  readonly #session: Session;
  readonly #host: Host;
  readonly #threads = new Map<string, Thread>();
  #typed_at = 0;
  /** Hears of each message of the other side as it arrives. */
  heard: (message: Message) => void = () => {};
  /** Hears that it is known again where the customer left off. */
  resumed: () => void = () => {};

  constructor(session: Session, keep: Keep, host: Host) {
    this.#session = session;
    this.#host = host;
    this.outbox = new Outbox(keep, (...all) => this.#send(...all), session.owner);
    const { line } = session;
    line.on('session:started', ({ conversation }) => void this.#resume(conversation));
    line.on('conversation:changed', (heard) => this.#changed(heard));
    line.on('message:created', (message) => this.#created(message));
    line.on('head:changed', (change) => this.threadOf(change.conversation).headIs(change));
    line.on('typing:changed', (change) => {
      if (change.kind === 'agent') this.threadOf(change.conversation).typingIs(change);
    });
    line.on('read:changed', ({ conversation, read }) => this.#update(conversation, { read }));
  }

  threadOf(id: string): Thread {
    const known = this.#threads.get(id);
    if (known) return known;
    const since = (conversation: string, after: number) =>
      this.#session.line.insist('message:since', { conversation, after, limit: 200 });
    const thread = new Thread(id, { since, outbox: this.outbox });
    this.#threads.set(id, thread);
    return thread;
  }

  say(text: string, topic: string | null): void {
    this.#typed_at = 0;
    if (this.isOpen && this.thread) this.thread.say(text);
    else {
      this.#front(null);
      this.outbox.add(text, { conversation: null, ...(topic && { topic }) });
    }
  }

  /** Says in a new conversation what came too late for the one that has ended. */
  sayAnew(pending: Pending): void {
    this.outbox.drop(pending.client_id);
    this.startAgain();
    this.say(pending.text, null);
  }

  startAgain(): void {
    if (!this.isOpen) this.#front(null);
  }

  /** Tells the other side that the customer types; at most every 3 s. */
  typing(on: boolean): void {
    const now = Date.now();
    if (!this.isOpen || !this.current || (on ? now - this.#typed_at < TYPING_AGAIN_MS : this.#typed_at === 0)) return;
    this.#typed_at = on ? now : 0;
    this.#session.line.ask('typing:set', { conversation: this.current.id, on }).catch(() => {});
  }

  /** Everything here has been seen. */
  seen(): void {
    const { current, thread } = this;
    const last = thread?.public.last ?? 0;
    if (!current || last <= (current.read?.customer ?? 0)) return;
    this.#update(current.id, { read: { customer: last, delivered: last } });
    this.#tellRead(current.id, last);
  }

  async end(): Promise<void> {
    if (!this.current) return;
    const ask = { conversation: this.current.id };
    const enough = AbortSignal.timeout(PATIENCE_MS);
    this.#changed((await this.#session.line.insist('conversation:end', ask, undefined, enough)).conversation);
  }

  async rate(id: string, score: number, comment: string): Promise<void> {
    const said = comment.trim();
    const ask = { conversation: id, score, ...(said && { comment: said }) };
    const enough = AbortSignal.timeout(PATIENCE_MS);
    this.#changed((await this.#session.line.insist('conversation:rate', ask, undefined, enough)).conversation);
  }

  /** Reads the list of earlier conversations, or the part of it that comes next. */
  async list(more = false): Promise<void> {
    const before = more && this.next ? { before: this.next } : {};
    const page = await this.#session.line.insist('conversation:list', { limit: 10, ...before });
    const known = more ? this.earlier : [];
    this.earlier = [...known, ...page.conversations.filter((one) => !known.some(({ id }) => id === one.id))];
    this.next = page.next ?? null;
    const current = page.conversations.find(({ id }) => id === this.current?.id);
    if (current) this.#changed(current);
  }

  /** Reads the newest messages of a conversation that nothing is known of yet; of others what is missing. */
  async read({ id, head }: Pick<Conversation, 'id' | 'head'>): Promise<void> {
    const stream = this.threadOf(id).public;
    if (stream.last) return stream.fill();
    const ask = { conversation: id, after: Math.max(0, head - FIRST_PAGE), limit: 200 };
    // Refused when somebody else signed in meanwhile: then there is nothing to be read.
    const page = await this.#session.line.insist('message:since', ask).catch(() => null);
    if (page) stream.seed(page.messages, page.head);
  }

  /** Another customer sits here now. */
  belongTo(owner: string, bring: boolean): void {
    this.outbox.belongsTo(owner, bring);
    this.#front(null);
    for (const thread of this.#threads.values()) thread.close();
    this.#threads.clear();
    this.earlier = [];
    this.next = null;
  }

  async #resume(open: Conversation | null): Promise<void> {
    this.#believe(open);
    if (open) {
      if (!this.current) this.#front(open); // also one that has just ended: it may want a rating
      this.#changed(open);
      if (!isOver(open)) this.outbox.adopt(open.id);
      void this.#catchUp(open);
      this.resumed();
    }
    void this.outbox.flush();
    await this.list().catch(() => {});
  }

  /** The server's word counts: it may have lost what we know, and then counts from where it is. */
  #believe(open: Conversation | null): void {
    const { current } = this;
    if (open && current?.id === open.id) {
      this.current = { ...open, state: current.state, read: { customer: Math.min(current.read?.customer ?? 0, open.head) } };
    } else if (this.isOpen) this.#front(null);
  }

  /** Reads what is missing, and says again what a line that broke may have swallowed. */
  async #catchUp({ id, head, read = {} }: Conversation): Promise<void> {
    const seen = this.current?.id === id ? (this.current.read?.customer ?? 0) : 0;
    if (seen > (read.customer ?? 0)) this.#tellRead(id, seen);
    await this.read({ id, head });
    if (head > Math.max(seen, read.delivered ?? 0)) this.#tellRead(id, head, true);
  }

  async #send(pending: Pending, trouble: (why: Refusal) => void, stop: AbortSignal): Promise<void> {
    const { line } = this.#session;
    const { client_id, text, topic } = pending;
    let { conversation } = pending;
    if (conversation === null) {
      const ask = { client_id, text, ...(topic && { topic }) };
      const started = await line.insist('conversation:start', ask, trouble, stop);
      this.#began(started);
      if (started.message) return;
      conversation = started.conversation.id; // it was open already, and the words are still to be said
    }
    const { seq, at } = await line.insist('message:send', { conversation, client_id, text }, trouble, stop);
    const sender = { kind: 'customer' as const, id: this.#session.visitor?.id ?? null };
    this.threadOf(conversation).receive({ conversation, seq, client_id, sender, text, at });
  }

  #began({ conversation, message }: Started): void {
    this.#changed(conversation);
    this.outbox.adopt(conversation.id);
    if (message) this.threadOf(conversation.id).receive(message);
  }

  #changed(heard: Conversation): void {
    const listed = this.earlier.some(({ id }) => id === heard.id);
    if (listed) this.earlier = this.earlier.map((known) => (known.id === heard.id ? newer(known, heard) : known));
    else if (isOver(heard)) this.earlier = [heard, ...this.earlier];
    const { current } = this;
    if (current?.id !== heard.id) {
      if (isOver(heard)) return;
      this.#host.emit('conversation:started', { conversation: heard.id }); // here, or in another tab
      this.#front(heard);
    } else {
      const changed = newer(current, heard);
      this.#front(changed);
      if (!isOver(current) && isOver(changed)) this.#host.emit('conversation:ended', { conversation: heard.id });
    }
    this.threadOf(heard.id).headIs(heard);
  }

  #front(conversation: Conversation | null): void {
    this.thread = conversation && this.threadOf(conversation.id);
    this.current = conversation;
  }

  #created(message: Message): void {
    const thread = this.threadOf(message.conversation);
    const isNews = message.seq > thread.public.last;
    thread.receive(message);
    if (!isNews || !isTheirs(message)) return;
    const { conversation, seq, text, sender } = message;
    this.#host.emit('message', { conversation, seq, text, sender: sender.name ?? '' });
    this.#tellRead(conversation, seq, true);
    this.heard(message);
  }

  #tellRead(conversation: string, seq: number, delivered = false): void {
    this.#session.line.ask('read:set', { conversation, seq, ...(delivered && { delivered }) }).catch(() => {});
  }

  #update(id: string, change: Pick<Conversation, 'read'>): void {
    const { current } = this;
    if (current?.id === id) this.current = newer(current, { ...current, ...change } as Conversation);
  }
}

export function isOver({ state }: Conversation): boolean {
  return state === 'wrap_up' || state === 'closed';
}

export function isTheirs({ sender }: Message): boolean {
  return sender.kind === 'agent' || sender.kind === 'assistant';
}
