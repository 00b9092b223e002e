import type { AgentConversation } from '../wire';
import type { Api, Page } from './api';
import type { Book } from './book.svelte';

export type Tab = 'mine' | 'waiting' | 'team' | 'closed';

/** Only who leads lists what colleagues have in hand. */
export function tabs_of(leads: boolean): Tab[] {
  return leads ? ['mine', 'waiting', 'team', 'closed'] : ['mine', 'waiting', 'closed'];
}

/** The list on the left: its tabs, an order that holds still under the pointer. */
export class Inbox {
  tab = $state<Tab>('mine');
  closed = $state.raw<AgentConversation[]>([]);
  closed_state = $state<'idle' | 'loading' | 'failed'>('idle');
  /** What colleagues have in hand, as it was when it was last read. */
  team = $state.raw<AgentConversation[]>([]);
  team_state = $state<'idle' | 'loading' | 'failed'>('idle');
  sought = $state('');
  /** Only closed ones that bear this tag; empty: all. */
  tag = $state('');
  #next = $state<string | null>(null);
  #held = $state.raw<string[] | null>(null);
  #round = 0;

  constructor(
    private readonly book: Book,
    private readonly api: Api,
  ) {}

  readonly mine = $derived.by(() => this.#in_order([...this.book.mine].sort(by_patience)));
  readonly rows = $derived.by(() => this.#rows());
  readonly more = $derived.by(() => this.tab === 'closed' && this.#next !== null);

  #rows(): AgentConversation[] {
    if (this.tab === 'mine') return this.mine;
    if (this.tab === 'team') return this.#in_order(this.team);
    return this.tab === 'waiting' ? this.#in_order(this.book.waiting) : this.closed;
  }

  /** While the pointer is over the list, rows stay where they are; new ones come below. */
  hold(): void {
    this.#held ??= this.rows.map((c) => c.id);
  }

  release(): void {
    this.#held = null;
  }

  show(tab: Tab): void {
    this.release();
    this.tab = tab;
    if (tab === 'closed') void this.load();
    if (tab === 'team') void this.load_team();
  }

  /** The conversation `step` rows further down, around the end. */
  beside(id: string | null, step: 1 | -1): string | null {
    const ids = this.rows.map((c) => c.id);
    if (ids.length === 0) return null;
    const at = id === null ? -1 : ids.indexOf(id);
    const from = at < 0 && step < 0 ? 0 : at;
    return ids[(from + step + ids.length) % ids.length] ?? null;
  }

  /** The first page of closed conversations, or the first that fit what is sought. */
  async load(): Promise<void> {
    await this.#fetch(null);
  }

  /** Reads what colleagues have in hand; what was read before stays in view until then. */
  async load_team(): Promise<void> {
    this.team_state = 'loading';
    try {
      const { items } = await this.api.get<Page<AgentConversation>>('/conversations', { view: 'in_hand', limit: 100 });
      this.team = items.filter((c) => c.agent?.id !== this.book.me);
      this.team_state = 'idle';
    } catch {
      this.team_state = 'failed';
    }
  }

  async load_more(): Promise<void> {
    if (this.#next && this.closed_state !== 'loading') await this.#fetch(this.#next);
  }

  async #fetch(before: string | null): Promise<void> {
    const round = ++this.#round;
    this.closed_state = 'loading';
    try {
      const page = await this.api.get<Page<AgentConversation>>('/conversations', {
        view: 'closed',
        before,
        limit: 50,
        ...(this.tag ? { tag: this.tag } : { q: this.sought.trim() }),
      });
      if (round !== this.#round) return;
      this.closed = before ? [...this.closed, ...page.items] : page.items;
      this.#next = page.next ?? null;
      this.closed_state = 'idle';
    } catch {
      if (round === this.#round) this.closed_state = 'failed';
    }
  }

  #in_order(rows: AgentConversation[]): AgentConversation[] {
    const held = this.#held;
    if (!held) return rows;
    const place = (c: AgentConversation) => (held.includes(c.id) ? held.indexOf(c.id) : held.length);
    return [...rows].sort((a, b) => place(a) - place(b));
  }
}

/** Who has waited longest for us first, then the newest talk, then what only needs wrapping up. */
function by_patience(a: AgentConversation, b: AgentConversation): number {
  const wrap = Number(a.state === 'wrap_up') - Number(b.state === 'wrap_up');
  if (wrap) return wrap;
  if (a.unanswered_since && b.unanswered_since)
    return a.unanswered_since.localeCompare(b.unanswered_since) || a.id.localeCompare(b.id);
  if (a.unanswered_since || b.unanswered_since) return a.unanswered_since ? -1 : 1;
  return last(b).localeCompare(last(a)) || a.id.localeCompare(b.id);
}

function last(c: AgentConversation): string {
  return c.preview?.at ?? c.created_at;
}
