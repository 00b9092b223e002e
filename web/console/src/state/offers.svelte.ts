import type { Offer, OfferEnded } from '../wire';
import type { Line } from './line';

/** Conversations held for us until they expire. */
export class Offers {
  live = $state.raw<Offer[]>([]);
  /** Offers whose answer is on its way; their buttons wait. */
  busy = $state.raw<string[]>([]);

  constructor(private readonly line: Line) {}

  /** After a reconnect or reload: the same offers with the time that is left (A2). */
  replace(offers: Offer[]): void {
    this.live = [...offers].sort(by_expiry);
  }

  made(offer: Offer): boolean {
    if (this.live.some((o) => o.offer === offer.offer)) return false;
    this.live = [...this.live, offer].sort(by_expiry);
    return true;
  }

  /** Takes the card away; gives it back for whoever wants to say why. */
  ended(event: OfferEnded): Offer | undefined {
    const over = this.live.find((o) => o.offer === event.offer);
    this.live = this.live.filter((o) => o.offer !== event.offer);
    return over;
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

function by_expiry(a: Offer, b: Offer): number {
  return a.expires_at.localeCompare(b.expires_at) || a.offer.localeCompare(b.offer);
}
