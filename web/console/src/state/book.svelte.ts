import { further, newer } from '@kefu/shared/conversation.svelte.ts';
import { SvelteMap } from 'svelte/reactivity';
import type { AgentConversation, Message, Person, Read, Visitor, Why } from '../wire';
import { of_replies, timed } from './timing';

const HELD = new Set(['active', 'wrap_up']);
const WAITING = new Set(['queued', 'offered']);
const CLOSED_KEPT = 300;

/** Every conversation this console knows of. Events may arrive in any order; the newer view wins. */
export class Book {
  #known = new SvelteMap<string, AgentConversation>();
  #viewers = new SvelteMap<string, Person[]>();
  #whys = new SvelteMap<string, Why>();
  me = $state('');
  /** The conversation on the screen: it is never forgotten. */
  in_view: string | null = null;

  readonly mine = $derived(
    [...this.#known.values()].filter((c) => HELD.has(c.state) && c.agent?.id === this.me),
  );
  /** How many places mine take: those that are quiet none, some more than one. */
  readonly in_hand = $derived(this.mine.reduce((sum, c) => sum + (c.quiet ? 0 : (c.units ?? 1)), 0));
  readonly waiting = $derived(
    [...this.#known.values()].filter((c) => WAITING.has(c.state)).sort(by_turn),
  );
  readonly unread = $derived(this.mine.filter(is_unread).length);

  get size(): number {
    return this.#known.size;
  }

  get(id: string): AgentConversation | undefined {
    return this.#known.get(id);
  }

  viewers(id: string): Person[] {
    return (this.#viewers.get(id) ?? []).filter((p) => p.id !== this.me);
  }

  /** Why it came to us: offers and answers say it, events do not. Known while it is ours. */
  why(id: string): Why | null {
    return this.#whys.get(id) ?? null;
  }

  offered(id: string, why: Why): void {
    this.#whys.set(id, why);
  }

  seen_by(id: string, viewers: Person[]): void {
    this.#viewers.set(id, viewers);
  }

  /** Keeps whichever of the two views is newer. */
  put(next: AgentConversation): void {
    const old = this.#known.get(next.id);
    // A row told before our last message was stored must not bring the old preview back.
    if (old && old.epoch === next.epoch && old.head > next.head) return;
    // A change of state may be told later than words that it does not know of.
    const now = old && old.head > next.head ? with_words_of(old, newer(old, next)) : newer(old, next);
    if (now.state === 'closed') this.#forget_old(now.id);
    this.#known.set(next.id, now);
    this.#learn_why(now, next.why);
  }

  /** Of what is closed, what was heard of last is kept: `id` is about to be put at the end. */
  #forget_old(id: string): void {
    this.#known.delete(id);
    const closed = [...this.#known.values()].filter((c) => c.state === 'closed' && c.id !== this.in_view);
    for (const old of closed.slice(0, -CLOSED_KEPT)) {
      this.#known.delete(old.id);
      this.#viewers.delete(old.id);
    }
  }

  #learn_why(now: AgentConversation, why: Why | null | undefined): void {
    const is_ours = HELD.has(now.state) && now.agent?.id === this.me;
    if (why && is_ours) this.#whys.set(now.id, why);
    else if (!is_ours && now.state !== 'offered') this.#whys.delete(now.id);
  }

  /**
   * After a reconnect: what the server lists is all that there is in hand and waiting. On a fresh line its word
   * counts even where it is older than what we know, of the others with the next view: it may have lost something.
   */
  replace(listed: AgentConversation[], is_fresh = false): void {
    const heads = new Map(listed.map((c) => [c.id, c.head]));
    for (const old of [...this.#known.values()]) {
      const ours = HELD.has(old.state) && old.agent?.id === this.me;
      if ((ours || WAITING.has(old.state)) && !heads.has(old.id)) this.#known.delete(old.id);
      else if (is_fresh) this.#doubt(old, heads.get(old.id) ?? 0);
    }
    listed.forEach((c) => this.put(c));
  }

  /** Any view is newer from now on; what was read stays read as far as there is something to read. */
  #doubt(old: AgentConversation, head: number): void {
    const read = { agent: Math.min(old.read?.agent ?? 0, head) };
    this.#known.set(old.id, { ...old, epoch: 0, head: 0, note_head: 0, read });
  }

  /** A message changes the row in the list before the server tells of the row itself. */
  said(message: Message): void {
    const old = this.#known.get(message.conversation);
    if (!old) return;
    if (message.private) {
      this.#known.set(old.id, { ...old, note_head: Math.max(old.note_head, message.seq) });
    } else if (message.seq > old.head) {
      this.#known.set(old.id, after_message(old, message));
    }
  }

  read(id: string, read: Read): void {
    const old = this.#known.get(id);
    if (old) this.#known.set(id, { ...old, read: further(old.read, read) });
  }

  visitor(visitor: Visitor): void {
    for (const c of [...this.#known.values()]) {
      if (c.visitor.id === visitor.id) this.#known.set(c.id, { ...c, visitor });
    }
  }
}

/** Emergencies stand first, then who waits longest. */
function by_turn(a: AgentConversation, b: AgentConversation): number {
  return Number(b.emergency ?? false) - Number(a.emergency ?? false) || age(a).localeCompare(age(b)) || a.id.localeCompare(b.id);
}

function age(c: AgentConversation): string {
  return c.queued_at ?? c.created_at;
}

export function is_unread(c: AgentConversation): boolean {
  return c.state === 'active' && c.preview?.sender === 'customer' && c.head > (c.read?.agent ?? 0);
}

function with_words_of(old: AgentConversation, row: AgentConversation): AgentConversation {
  const timing = { ...row.timing, ...of_replies(old.timing) };
  return { ...row, preview: old.preview ?? null, unanswered_since: old.unanswered_since ?? null, timing };
}

function after_message(old: AgentConversation, message: Message): AgentConversation {
  const { kind } = message.sender;
  if (kind === 'system') return { ...old, head: message.seq };
  const { unanswered_since, ...rest } = old;
  const since = kind === 'customer' ? (unanswered_since ?? message.at) : undefined;
  return {
    ...rest,
    head: message.seq,
    ...(kind === 'agent' ? { timing: timed(old, message) } : {}),
    preview: { text: message.text.slice(0, 200), sender: kind, at: message.at, by: kind === 'agent' ? person(message) : null },
    ...(since ? { unanswered_since: since } : {}),
  };
}

function person({ sender: { id, name } }: Message): Person | null {
  return id ? { id, name: name ?? '' } : null;
}
