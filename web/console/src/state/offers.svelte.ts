import type { AgentConversation, Offer, OfferEnded } from '../wire';
import type { Line } from './line';

/** Conversations held for us until they expire. */
export class Offers {
  live = $state.raw<Offer[]>([]);
  /** Offers whose answer is on its way; their buttons wait. */
  busy = $state.raw<string[]>([]);
  /** Made, and ended, before this line's session told of them. */
  #news = new Set<string>();
  #over = new Set<string>();
  /** Whether a session told of them on this line already. */
  is_told = false;

  constructor(private readonly line: Line) {}

  /**
   * After a reconnect or reload: the same offers with the time that is left (A2). News may come first.
   * What a server tells again on a line that lives on is all that there is: the end of the others was lost.
   */
  replace(offers: Offer[]): void {
    const told = offers.filter((o) => !this.#over.has(o.offer));
    const news = this.live.filter((o) => this.#news.has(o.offer) && !told.some((t) => t.offer === o.offer));
    this.live = [...told, ...news].sort(by_expiry);
    this.#news.clear();
    this.#over.clear();
    this.is_told = true;
  }

  /** The line went away: what was told before it counts no more than what will be told after. */
  forget_news(): void {
    this.#news.clear();
    this.is_told = false;
  }

  made(offer: Offer): boolean {
    if (!this.is_told) this.#news.add(offer.offer);
    if (this.live.some((o) => o.offer === offer.offer)) return false;
    // A conversation has one live offer; an older card of it is stale.
    const others = this.live.filter((o) => o.conversation.id !== offer.conversation.id);
    this.live = [...others, offer].sort(by_expiry);
    return true;
  }

  /** Takes the card away; gives it back for whoever wants to say why. */
  ended(event: OfferEnded): Offer | undefined {
    this.#over.add(event.offer);
    const over = this.live.find((o) => o.offer === event.offer);
    this.live = this.live.filter((o) => o.offer !== event.offer);
    return over;
  }

  /** A conversation that is no longer offered has no card, even if nobody told of the offer's end. */
  settle(view: AgentConversation): void {
    this.live = this.live.filter((o) => o.conversation.id !== view.id || o.conversation.epoch >= view.epoch || stands(o, view));
  }

  async accept(offer: string) {
    return this.#busily(offer, () => this.line.ask('offer:accept', { offer }));
  }

  async decline(offer: string) {
    return this.#busily(offer, () => this.line.ask('offer:decline', { offer }));
  }

  async #busily<T extends { ok: boolean; error?: { retryable: boolean } }>(
    offer: string,
    ask: () => Promise<T>,
  ): Promise<T> {
    this.busy = [...this.busy, offer];
    const answer = await ask();
    this.busy = this.busy.filter((id) => id !== offer);
    const settled = answer.ok || !answer.error?.retryable;
    if (settled) this.live = this.live.filter((o) => o.offer !== offer);
    return answer;
  }
}

/** Of who waits the offer stands while it is offered; of a colleague's question, while that is asked. */
function stands({ offer, conversation }: Offer, now: AgentConversation): boolean {
  return conversation.handover ? now.handover?.offer === offer : now.state === 'offered';
}

function by_expiry(a: Offer, b: Offer): number {
  return a.expires_at.localeCompare(b.expires_at) || a.offer.localeCompare(b.offer);
}
