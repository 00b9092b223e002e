/** Where in the console somebody is. `#/` inbox, `#/c/ID` a conversation, `#/c/ID/why` its routing, `#/admin/PAGE/ID`. */
export type Place =
  | { page: 'inbox'; conversation: string | null; why?: true }
  | { page: 'admin'; section: string; item: string | null };

export function read_place(hash: string): Place {
  const [head = '', ...rest] = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  if (head === 'admin') return { page: 'admin', section: rest[0] || 'agents', item: rest[1] ?? null };
  const conversation = head === 'c' && rest[0] ? rest[0] : null;
  return conversation && rest[1] === 'why' ? { page: 'inbox', conversation, why: true } : { page: 'inbox', conversation };
}

export function write_place(place: Place): string {
  if (place.page === 'admin') return ['#/admin', place.section, place.item].filter(Boolean).join('/');
  if (!place.conversation) return '#/';
  return `#/c/${encodeURIComponent(place.conversation)}${place.why ? '/why' : ''}`;
}

/** The address in the address bar, so that back, forward and reload do what one expects. */
export class Route {
  place = $state<Place>(read_place(location.hash));

  start(): () => void {
    const follow = () => (this.place = read_place(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }

  go(place: Place): void {
    location.hash = write_place(place);
    this.place = place;
  }

  conversation(id: string | null): void {
    this.go({ page: 'inbox', conversation: id });
  }

  /** How a conversation was routed. */
  why(conversation: string): void {
    this.go({ page: 'inbox', conversation, why: true });
  }

  admin(section = 'agents', item: string | null = null): void {
    this.go({ page: 'admin', section, item });
  }
}
