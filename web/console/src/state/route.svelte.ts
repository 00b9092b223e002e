import type { Agent } from '../wire';

type Role = Agent['role'];

/**
 * Where in the console somebody is. `#/` inbox, `#/c/ID` a conversation, `#/c/ID/why` its routing, `#/c/ID/timeline` what happened in it,
 * with `/watch` behind the ID unseen by anybody; `#/live`, `#/live/wall`, `#/tasks`, `#/schedule/2026-11-23`, `#/schedule/mine`, `#/schedule/adherence/2026-11-23`, `#/quality/PAGE/ID`, `#/admin/PAGE/ID`.
 */
export type Aspect = 'why' | 'timeline';
export type Place =
  | { page: 'inbox'; conversation: string | null; watch?: true; why?: true; timeline?: true }
  | { page: 'live'; wall: boolean }
  | { page: 'tasks' }
  | { page: 'quality'; section: string; item: string | null }
  | { page: 'schedule'; day: string | null; own: boolean; adherence?: true }
  | { page: 'admin'; section: string; item: string | null };

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function read_place(hash: string): Place {
  const [head = '', ...rest] = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  if (is_paged(head)) return paged(head, rest);
  if (head === 'live') return { page: 'live', wall: rest[0] === 'wall' };
  if (head === 'tasks') return { page: 'tasks' };
  if (head === 'schedule') return of_schedule(rest);
  if (head !== 'c' || !rest[0]) return { page: 'inbox', conversation: null };
  const [conversation, ...more] = rest;
  const watch = more[0] === 'watch';
  const aspect = more[watch ? 1 : 0];
  return {
    page: 'inbox',
    conversation,
    ...(watch && { watch }),
    ...((aspect === 'why' || aspect === 'timeline') && { [aspect]: true }),
  };
}

function is_paged(head: string): head is 'admin' | 'quality' {
  return head === 'admin' || head === 'quality';
}

/** A page of several; without one it is the first. */
function paged(page: 'admin' | 'quality', [section, item]: string[]): Place {
  return { page, section: section || (page === 'admin' ? 'agents' : ''), item: item ?? null };
}

function of_schedule([word = '', behind = '']: string[]): Place {
  const adherence = word === 'adherence';
  const day = adherence ? behind : word;
  return { page: 'schedule', day: DAY.test(day) ? day : null, own: word === 'mine', ...(adherence && { adherence }) };
}

export function write_place(place: Place): string {
  if (place.page === 'admin' || place.page === 'quality') return [`#/${place.page}`, place.section, place.item].filter(Boolean).join('/');
  if (place.page === 'live') return place.wall ? '#/live/wall' : '#/live';
  if (place.page === 'tasks') return '#/tasks';
  if (place.page === 'schedule') return ['#/schedule', place.adherence && 'adherence', place.own ? 'mine' : place.day].filter(Boolean).join('/');
  return place.conversation ? write_conversation(place.conversation, place) : '#/';
}

function write_conversation(conversation: string, { watch, why, timeline }: { watch?: true; why?: true; timeline?: true }): string {
  return `#/c/${encodeURIComponent(conversation)}${watch ? '/watch' : ''}${why ? '/why' : timeline ? '/timeline' : ''}`;
}

/** The address in the address bar, so that back, forward and reload do what one expects. */
export class Route {
  place = $state<Place>(read_place(location.hash));
  /** What one wanted to do, where it would lose something unsaved: to be asked about first. */
  held = $state.raw<(() => void) | null>(null);
  /** Whether one came to this conversation from the live view, and will want to go back there. */
  from_live = $state(false);
  readonly #unsaved = new Set<() => boolean>();

  start(): () => void {
    const follow = () => this.#follow();
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }

  /** From now on nobody leaves while `is_unsaved` without being asked; returns what ends that. */
  guard(is_unsaved: () => boolean): () => void {
    const warn = (event: BeforeUnloadEvent) => is_unsaved() && event.preventDefault();
    this.#unsaved.add(is_unsaved);
    addEventListener('beforeunload', warn);
    return () => {
      this.#unsaved.delete(is_unsaved);
      this.held = null; // with the page the question is gone
      removeEventListener('beforeunload', warn);
    };
  }

  /** Does what ends the page one is on, or lets one be asked first. */
  leave(act: () => void): void {
    if ([...this.#unsaved].some((is_unsaved) => is_unsaved())) this.held = act;
    else act();
  }

  /** The answer to the question. */
  answer(leaves: boolean): void {
    const act = this.held;
    this.held = null;
    if (leaves) act?.();
  }

  go(place: Place): void {
    if (write_place(place) === write_place(this.place)) this.#put(place);
    else this.leave(() => this.#put(place));
  }

  #put(place: Place): void {
    const talks = place.page === 'inbox' && place.conversation !== null;
    this.from_live = talks && (this.from_live || (this.place.page === 'live' && !this.place.wall));
    location.hash = write_place(place);
    this.place = place;
  }

  /** The browser is there already; where that is to be asked about first, it is taken back. */
  #follow(): void {
    const place = read_place(location.hash);
    const here = write_place(this.place);
    if (write_place(place) === here) return;
    this.held = null;
    this.leave(() => this.#put(place));
    if (this.held) history.pushState(null, '', here);
  }

  /** Where somebody who has just signed in works, unless an address or a session that ended there says where. */
  begin(role: Role, was_ended: boolean): void {
    const { place } = this;
    if (role === 'supervisor' && !was_ended && place.page === 'inbox' && !place.conversation) this.live();
  }

  conversation(id: string | null): void {
    this.go({ page: 'inbox', conversation: id });
  }

  /** A colleague's conversation, without being seen. */
  watch(conversation: string): void {
    this.go({ page: 'inbox', conversation, watch: true });
  }

  /** A conversation, or how it was routed, or what happened in it: whoever watches it goes on watching. */
  look(conversation: string, aspect?: Aspect): void {
    this.go(this.#looking(conversation, aspect));
  }

  /** The address of the same. */
  address(conversation: string, aspect?: Aspect): string {
    return write_place(this.#looking(conversation, aspect));
  }

  #looking(conversation: string, aspect?: Aspect): Place {
    const { place } = this;
    const watches = place.page === 'inbox' && place.conversation === conversation && place.watch;
    return { page: 'inbox', conversation, ...(watches && { watch: true }), ...(aspect && { [aspect]: true }) };
  }

  /** What goes on in the shop. */
  live(wall = false): void {
    this.go({ page: 'live', wall });
  }

  /** What is to be done for customers later. */
  tasks(): void {
    this.go({ page: 'tasks' });
  }

  /** How well conversations went. */
  quality(section = '', item: string | null = null): void {
    this.go({ page: 'quality', section, item });
  }

  /** The plan of work, of the week of a day. */
  schedule(day: string | null = null): void {
    this.go({ page: 'schedule', day, own: false });
  }

  /** How a day's plan was kept. */
  adherence(day: string | null = null): void {
    this.go({ page: 'schedule', day, own: false, adherence: true });
  }

  admin(section = 'agents', item: string | null = null): void {
    this.go({ page: 'admin', section, item });
  }
}
