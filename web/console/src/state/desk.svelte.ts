import type { Agent, AgentConversation, AgentSession, Alert, Message, Offer, OfferEnded, Status, Task, Whisper } from '../wire';
import { Outbox } from '@kefu/shared/outbox.svelte.ts';
import { Book } from './book.svelte';
import { Health } from './health.svelte';
import type { Kept } from './kept';
import type { Answer, Line } from './line';
import { Offers } from './offers.svelte';
import { sender } from './sender';
import type { Shown } from './shown';
import { Standing } from './standing.svelte';
import { Sync } from './sync.svelte';
import { Threads } from './threads.svelte';

/** What the rest of the page does when something happens here. */
export interface DeskEars {
  offered(offer: Offer): void;
  offer_ended(offer: Offer, event: OfferEnded): void;
  customer_said(message: Message): void;
  /** Whom we asked has taken over, or a note says that they have not. */
  taken_over(conversation: AgentConversation): void;
  not_taken_over(note: Message): void;
  /** A supervisor has given us a conversation; `note` says who, and why. */
  assigned(conversation: AgentConversation, note: Message): void;
  /** Somebody who leads has said something to us alone. */
  whispered(whisper: Whisper): void;
  /** Somebody who leads has set our status. */
  status_set(status: Status, by: string, reason: string): void;
  /** Everybody who could take it has declined or missed it. */
  unclaimed(conversation: AgentConversation): void;
  /** Something in the shop is not as those who lead want it. */
  alerted(alert: Alert): void;
  /** Something that is to be done later was changed, is due soon, or is due. */
  task(news: 'changed' | 'reminded' | 'due', task: Task): void;
  /** A session began: what is told is told from now on. */
  began(): void;
  ended(code: string): void;
}

/** An agent's desk: what is in hand, what waits, what is offered, and the threads that are open. */
export class Desk {
  readonly book = new Book();
  readonly health = new Health();
  readonly offers: Offers;
  readonly standing = new Standing();
  readonly outbox: Outbox;
  readonly threads: Threads;
  me = $state.raw<Agent | null>(null);
  status = $state<Status>('away');
  limits = $state.raw<Record<string, number>>({});
  /** Whether one may take who waits, without an offer. */
  may_pick = $state(false);
  /** False once too many offers were missed: nothing is offered until we say that we are back. */
  responding = $state(true);
  /** We have touched nothing for longer than the shop allows: nothing is offered until we do. */
  idle = $state(false);
  /** The conversation on the screen. */
  open_id = $state<string | null>(null);
  /** Whether we look at it unseen. */
  watching = $state(false);
  /** Notes of assignments whose conversation was not told of yet. */
  readonly #assigned = new Map<string, Message>();
  readonly #sync: Sync;
  /** What we chose is told in the order in which it was chosen, however long the line is away. */
  #told: Promise<unknown> = Promise.resolve();

  constructor(
    readonly line: Line,
    kept: Kept,
    private readonly ears: DeskEars,
    wait: (ms: number) => Promise<void>,
  ) {
    this.offers = new Offers(line);
    this.outbox = new Outbox(
      kept.keep,
      sender({
        line,
        health: this.health,
        me: () => this.me,
        head: (id) => this.book.get(id)?.head ?? 0,
        stored: (message) => this.#heard(message),
        wait,
      }),
    );
    this.threads = new Threads(line, this.outbox);
    this.#sync = new Sync({
      health: this.health,
      begin: (session) => this.#begin(session),
      catch_up: () => this.#catch_up(),
      done: () => void this.outbox.flush(),
      wait,
    });
  }

  /** Listens and connects; returns what undoes both. */
  start(): () => void {
    const { line } = this;
    const ends = [
      line.on_state((state) => {
        this.health.changed(state);
        if (state === 'live') return;
        this.offers.forget_news();
        this.#sync.stop();
      }),
      line.on('session:started', (session) => void this.#sync.started(session)),
      line.on('session:ended', ({ code }) => this.ears.ended(code)),
      line.on('message:created', (message) => this.#heard(message)),
      line.on('conversation:changed', (conversation) => {
        this.#moved(conversation);
      }),
      line.on('typing:changed', (event) => {
        if (event.kind === 'customer') this.threads.get(event.conversation)?.thread.typingIs(event);
      }),
      line.on('read:changed', (e) => this.book.read(e.conversation, e.read)),
      line.on('head:changed', (event) => this.threads.get(event.conversation)?.thread.headIs(event)),
      line.on('offer:made', (offer) => {
        this.book.offered(offer.conversation.id, offer.why);
        if (this.offers.made(offer)) this.ears.offered(offer);
      }),
      line.on('offer:ended', (event) => {
        const offer = this.offers.ended(event);
        if (offer) this.ears.offer_ended(offer, event);
      }),
      line.on('viewers:changed', (e) => this.book.seen_by(e.conversation, e.viewers)),
      line.on('status:changed', (event) => {
        this.status = event.status;
        this.responding = responds(event);
        this.idle = event.idle ?? false;
        if (event.by) this.ears.status_set(event.status, event.by, event.reason ?? '');
      }),
      line.on('whisper:created', (whisper) => {
        this.threads.get(whisper.conversation)?.whispered(whisper);
        if (whisper.to.id === this.me?.id) this.ears.whispered(whisper);
      }),
      line.on('visitor:changed', ({ visitor }) => this.book.visitor(visitor)),
      line.on('task:changed', (task) => this.ears.task('changed', task)),
      line.on('task:reminded', (task) => this.ears.task('reminded', task)),
      line.on('task:due', (task) => this.ears.task('due', task)),
      line.on('alerts:changed', ({ standing }) => this.#stands(standing)),
    ];
    line.open();
    return () => {
      ends.forEach((end) => end());
      this.#sync.stop();
      this.outbox.close();
      line.close();
    };
  }

  /** Shows a conversation and begins to hear what happens in it; `unseen` without being seen at it. */
  async open(id: string, unseen = false): Promise<void> {
    if (this.open_id && this.open_id !== id) this.leave();
    this.watching = unseen;
    this.open_id = this.book.in_view = id;
    this.threads.need(id);
    await this.#load(id);
  }

  leave(): void {
    const id = this.open_id;
    this.open_id = this.book.in_view = null;
    this.watching = false;
    if (id && this.health.line === 'live') void this.line.ask('conversation:leave', { conversation: id });
  }

  /** The agent has seen everything up to `seq`. */
  read(id: string, seq: number): void {
    const conversation = this.book.get(id);
    if (!conversation || conversation.agent?.id !== this.me?.id) return;
    if (seq <= (conversation.read?.agent ?? 0) || !this.health.well) return;
    this.book.read(id, { agent: seq });
    this.#tell_read(id, seq);
  }

  /** Whether we may step in where others have the conversation, or wait for it. */
  get leads(): boolean {
    return this.me !== null && this.me.role !== 'agent';
  }

  /** What we chose, unless offers went unanswered or we touch nothing. */
  get shown(): Shown {
    if (!this.responding) return 'not_responding';
    return this.idle && this.status === 'available' ? 'idle' : this.status;
  }

  async set_status(status: Status): Promise<Answer<unknown>> {
    const before = this.status;
    this.status = status;
    const asked = this.#told.then(() => this.line.ask('status:set', { status }));
    this.#told = asked;
    const answer = await asked;
    if (answer.ok) {
      this.responding = true;
      this.idle = false;
      if (this.#told === asked) this.status = status; // a session that began meanwhile told the old one
    } else if (this.status === status) this.status = before;
    return answer;
  }

  async #load(id: string): Promise<boolean> {
    const talk = this.threads.need(id);
    const answer = await this.line.ask(this.watching ? 'conversation:watch' : 'conversation:open', { conversation: id });
    if (answer.ok) {
      this.book.put(answer.data.conversation);
      this.book.seen_by(id, answer.data.viewers);
      talk.begin(answer.data);
      return true;
    }
    // Without a line it is opened once there is one.
    const { code, retryable } = answer.error;
    if (code === 'not_found' || (talk.state !== 'ready' && code !== 'offline')) talk.state = 'failed';
    return !retryable;
  }

  #begin(session: AgentSession): void {
    this.ears.began();
    const before = this.me && new Set(this.offers.live.map(({ offer }) => offer));
    this.me = session.agent;
    this.book.me = session.agent.id;
    this.status = session.status;
    this.limits = session.limits;
    this.may_pick = session.may_pick;
    this.responding = responds(session);
    this.idle = session.idle ?? false;
    this.#read_again(session.conversations);
    const unclaimed = new Set(this.book.waiting.filter((c) => c.unclaimed).map((c) => c.id));
    this.book.replace([...session.conversations, ...session.waiting], !this.offers.is_told);
    for (const now of this.book.waiting) if (before && now.unclaimed && !unclaimed.has(now.id)) this.ears.unclaimed(now);
    this.threads.keep((id) => id === this.open_id || this.book.mine.some((c) => c.id === id));
    this.offers.replace(session.offers);
    for (const { conversation, why } of session.offers) this.book.offered(conversation.id, why);
    // What was offered or raised while the line was away is news too; what a reload shows is not.
    this.#stands(session.alerts, before !== null);
    for (const offer of this.offers.live) if (before && !before.has(offer.offer)) this.ears.offered(offer);
  }

  #stands(alerts: Alert[] = [], is_news = true): void {
    const raised = this.standing.take(alerts);
    if (is_news) raised.forEach((alert) => this.ears.alerted(alert));
  }

  async #catch_up(): Promise<boolean> {
    const others = this.threads.all().filter((talk) => talk.state === 'ready' && talk.thread.id !== this.open_id);
    const whole = await Promise.all(others.map((talk) => talk.catch_up()));
    const opened = this.open_id === null || (await this.#load(this.open_id));
    return opened && whole.every(Boolean);
  }

  /** What the agent has seen, and a line that broke may have swallowed. */
  #read_again(listed: AgentSession['conversations']): void {
    for (const { id, read } of listed) {
      const seen = this.book.get(id)?.read?.agent ?? 0;
      if (seen > (read?.agent ?? 0)) this.#tell_read(id, seen);
    }
  }

  #tell_read(conversation: string, seq: number): void {
    void this.line.ask('read:set', { conversation, seq });
  }

  #moved(now: AgentConversation): void {
    const before = this.book.get(now.id);
    this.book.put(now);
    this.offers.settle(now);
    if (this.book.get(now.id)?.unclaimed && !before?.unclaimed) this.ears.unclaimed(now);
    if (this.#is_mine(before)) this.#left(before, now);
    else this.#came(now);
    // Whose it is no more is shown out of it, also where they still look at it.
    if (now.id === this.open_id && this.#is_mine(before) && !this.#is_mine(now)) void this.#load(now.id);
  }

  #left(before: AgentConversation | undefined, now: AgentConversation): void {
    if (before?.handover && before.handover.to.id === now.agent?.id) this.ears.taken_over(now);
  }

  #came(now: AgentConversation): void {
    const note = this.#assigned.get(now.id);
    this.#assigned.delete(now.id);
    if (note && this.#is_mine(now) && note.sender.id !== this.me?.id) this.ears.assigned(now, note);
  }

  #is_mine(one: AgentConversation | undefined): boolean {
    return one?.agent?.id !== undefined && one.agent.id === this.me?.id;
  }

  #heard(message: Message): void {
    this.book.said(message);
    this.threads.get(message.conversation)?.thread.receive(message);
    if (message.sender.kind === 'customer') this.ears.customer_said(message);
    if (message.private && message.client_id.startsWith('assigned:')) this.#assigned.set(message.conversation, message);
    if (message.private && message.notice?.startsWith('handover_')) this.ears.not_taken_over(message);
  }
}

/** Servers that do not say it mean yes. */
function responds(told: { status: Status; responding?: boolean }): boolean {
  return told.responding ?? true;
}
