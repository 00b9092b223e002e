import type { AgentEvents } from '../wire';
import type { Line } from '../state/line';

type Changed = AgentEvents['live:changed'];
export type LiveQueue = NonNullable<Changed['queues']>[number];
export type LiveAgent = NonNullable<Changed['agents']>[number];
export type LiveTalk = NonNullable<Changed['talks']>[number];

/** The server says something every two seconds; after so long what is shown is old. */
export const OLD_MS = 4500;
const AGAIN_MS = 2000;

/** The shop as the server last told it. Whatever was missed leads to a fresh look. */
export class Feed {
  queues = $state.raw<LiveQueue[]>([]);
  agents = $state.raw<LiveAgent[]>([]);
  talks = $state.raw<LiveTalk[]>([]);
  /** When the server last said anything, by this machine's clock; null until it first did. */
  heard_at = $state<number | null>(null);
  refused = $state(false);
  #version = 0;
  #looking = false;
  /** Told while we look: newer than what we are about to be shown, or already in it. */
  #early: Changed[] = [];
  #again: ReturnType<typeof setTimeout> | undefined;
  readonly #queues = new Map<string, LiveQueue>();
  readonly #agents = new Map<string, LiveAgent>();
  readonly #talks = new Map<string, LiveTalk>();

  constructor(private readonly line: Line) {}

  /** Begins to watch; returns what ends it. */
  start(): () => void {
    const stops = [
      this.line.on('live:changed', (changed) => this.#hear(changed)),
      this.line.on_state((state) => state === 'live' && void this.#look()),
    ];
    if (this.line.state === 'live') void this.#look();
    return () => {
      for (const stop of stops) stop();
      clearTimeout(this.#again);
      void this.line.ask('live:leave', {});
    };
  }

  /** Whether what is shown may be untrue by now. */
  is_old(now: number): boolean {
    return this.heard_at !== null && now - this.heard_at > OLD_MS;
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    this.#early = [];
    clearTimeout(this.#again);
    const answer = await this.line.ask('live:watch', {});
    this.#looking = false;
    if (!answer.ok) {
      this.refused = answer.error.code === 'forbidden';
      if (!this.refused && this.line.state === 'live') this.#again = setTimeout(() => void this.#look(), AGAIN_MS);
      return;
    }
    for (const known of [this.#queues, this.#agents, this.#talks]) known.clear();
    this.heard_at = null;
    this.#version = answer.data.version;
    this.#take({ ...answer.data });
    for (const changed of this.#early) this.#hear(changed);
  }

  #hear(changed: Changed): void {
    if (this.#looking) {
      this.#early.push(changed);
    } else if (changed.version > this.#version + 1) {
      void this.#look();
    } else if (changed.version === this.#version + 1) {
      this.#version = changed.version;
      this.#take(changed);
    }
  }

  #take(changed: Partial<Changed>): void {
    const gone = changed.gone ?? [];
    const all = this.heard_at === null;
    if (put(this.#queues, changed.queues ?? [], gone) || all) this.queues = [...this.#queues.values()];
    if (put(this.#agents, changed.agents ?? [], gone) || all) this.agents = [...this.#agents.values()];
    if (put(this.#talks, changed.talks ?? [], gone) || all) this.talks = [...this.#talks.values()];
    this.heard_at = Date.now();
  }
}

/** Takes over what is new and forgets what is gone; whether anything was. */
function put<T extends { id: string }>(known: Map<string, T>, news: T[], gone: string[]): boolean {
  for (const each of news) known.set(each.id, each);
  const forgotten = gone.filter((id) => known.delete(id));
  return news.length + forgotten.length > 0;
}
