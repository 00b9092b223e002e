/** What the loader on the shop's page and the panel in its iframe tell each other. Types only. */

export interface Identity {
  id: string;
  name?: string;
  email?: string;
  phone?: string;
  attributes?: Attributes;
  hash?: string;
}
export type Attributes = Record<string, string | number | boolean>;
export interface HostPage {
  url: string;
  title: string;
}

/** Everything the panel must know to begin. `open` is false when it only watches for unread messages. */
export interface Boot {
  kefu: 'boot';
  site: string;
  locale: string;
  identity: Identity | null;
  attributes: Attributes;
  page: HostPage;
  open: boolean;
  full: boolean;
  /** Somebody logged out before the panel was there: it forgets who sat here. */
  anew: boolean;
  /** What the host page keeps for a panel whose own storage the browser blocks. */
  kept: Record<string, string>;
}

export type ToPanel =
  | Boot
  | { kefu: 'open'; focus: boolean; full: boolean }
  | { kefu: 'close' }
  | { kefu: 'user'; identity: Identity | null }
  | { kefu: 'locale'; locale: string }
  | { kefu: 'attributes'; attributes: Attributes }
  | { kefu: 'page'; page: HostPage }
  | { kefu: 'reset' };

/** The events that a shop's page may listen to with `Kefu('on', name, hear)`. */
export interface HostEvents {
  ready: undefined;
  opened: undefined;
  closed: undefined;
  message: { conversation: string; seq: number; text: string; sender: string };
  'conversation:started': { conversation: string };
  'conversation:ended': { conversation: string };
  unread: number;
  error: { code: string; message: string };
}

export type FromPanel =
  | { kefu: 'hello' }
  | { kefu: 'close' }
  | { kefu: 'unread'; count: number }
  | { kefu: 'accent'; accent: string }
  | { kefu: 'keep'; key: string; value: string | null }
  | { [N in keyof HostEvents]: { kefu: 'event'; name: N; detail: HostEvents[N] } }[keyof HostEvents];
