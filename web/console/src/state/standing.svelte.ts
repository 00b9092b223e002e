import type { Alert } from '../wire';

/** What is wrong in the shop now, as the server tells those who lead; the newest first. */
export class Standing {
  all = $state.raw<Alert[]>([]);
  /** What one has seen and put away; it is shown again when it is raised again. */
  #put_away = $state.raw<ReadonlySet<string>>(new Set());
  /** What began and what ended last, to be read out. */
  news = $state.raw<{ raised: Alert[]; cleared: Alert[] }>({ raised: [], cleared: [] });
  readonly shown = $derived(this.all.filter(({ id }) => !this.#put_away.has(id)));

  /** Takes over what stands; returns what is new. */
  take(alerts: Alert[]): Alert[] {
    const before = this.all;
    const is_in = (some: Alert[], one: Alert) => some.some(({ id }) => id === one.id);
    this.all = alerts;
    this.#put_away = new Set([...this.#put_away].filter((id) => alerts.some((one) => one.id === id)));
    const raised = alerts.filter((one) => !is_in(before, one));
    const cleared = before.filter((one) => !is_in(alerts, one));
    if (raised.length || cleared.length) this.news = { raised, cleared };
    return raised;
  }

  put_away(ids: string[]): void {
    this.#put_away = new Set([...this.#put_away, ...ids]);
  }
}
