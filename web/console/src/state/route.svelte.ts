/** Where in the console somebody is. `#/` inbox, `#/c/ID` a conversation, `#/c/ID/why` its routing, `#/live`, `#/live/wall`, `#/schedule/2026-11-23`, `#/schedule/mine`, `#/admin/PAGE/ID`. */
export type Place =
  | { page: 'inbox'; conversation: string | null; why?: true }
  | { page: 'live'; wall: boolean }
  | { page: 'schedule'; day: string | null; own: boolean }
  | { page: 'admin'; section: string; item: string | null };

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function read_place(hash: string): Place {
  const [head = '', ...rest] = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  if (head === 'admin') return { page: 'admin', section: rest[0] || 'agents', item: rest[1] ?? null };
  if (head === 'live') return { page: 'live', wall: rest[0] === 'wall' };
  if (head === 'schedule') return of_schedule(rest[0]);
  const conversation = head === 'c' && rest[0] ? rest[0] : null;
  return conversation && rest[1] === 'why' ? { page: 'inbox', conversation, why: true } : { page: 'inbox', conversation };
}

function of_schedule(word = ''): Place {
  return { page: 'schedule', day: DAY.test(word) ? word : null, own: word === 'mine' };
}

export function write_place(place: Place): string {
  if (place.page === 'admin') return ['#/admin', place.section, place.item].filter(Boolean).join('/');
  if (place.page === 'live') return place.wall ? '#/live/wall' : '#/live';
  if (place.page === 'schedule') return ['#/schedule', place.own ? 'mine' : place.day].filter(Boolean).join('/');
  if (!place.conversation) return '#/';
  return `#/c/${encodeURIComponent(place.conversation)}${place.why ? '/why' : ''}`;
}

/** The address in the address bar, so that back, forward and reload do what one expects. */
export class Route {
  place = $state<Place>(read_place(location.hash));
  /** What one wanted to do, where it would lose something unsaved: to be asked about first. */
  held = $state.raw<(() => void) | null>(null);
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

  conversation(id: string | null): void {
    this.go({ page: 'inbox', conversation: id });
  }

  /** How a conversation was routed. */
  why(conversation: string): void {
    this.go({ page: 'inbox', conversation, why: true });
  }

  /** What goes on in the shop. */
  live(wall = false): void {
    this.go({ page: 'live', wall });
  }

  /** The plan of work, of the week of a day. */
  schedule(day: string | null = null): void {
    this.go({ page: 'schedule', day, own: false });
  }

  admin(section = 'agents', item: string | null = null): void {
    this.go({ page: 'admin', section, item });
  }
}
