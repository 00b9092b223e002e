/** Who the customer is, for which shop, and the line to it. */
import type { Attributes, Boot, HostPage, Identity } from '@kefu/shared/bridge.ts';
import type { Keep } from '@kefu/shared/keep.ts';
import type {
  Hours, SetUser, ShopFace, VisitorCommands, VisitorEvents, VisitorSession,
} from '@kefu/shared/protocol.gen.ts';
import { Socket, type Options } from '@kefu/shared/socket.svelte.ts';

export type Line = Socket<VisitorCommands, VisitorEvents>;

const PATIENCE_MS = 10_000;

export class Session {
  readonly line: Line;
  shop = $state.raw<ShopFace | null>(null);
  hours = $state.raw<Hours | null>(null);
  visitor = $state.raw<VisitorSession['visitor'] | null>(null);
  limits = $state.raw<Record<string, number>>({});

  readonly #keep: Keep;
  readonly #site: string;
  #identity: Identity | null;
  #locale: string;
  #page: HostPage;
  #attributes: Attributes;
  /** Told when somebody else sits here than before: who, and whether what waits to be sent comes along. */
  readonly #change: (owner: string, bring: boolean) => void;

  constructor(boot: Boot, keep: Keep, change: (owner: string, bring: boolean) => void, wire?: Options['wire']) {
    this.#keep = keep;
    this.#site = boot.site;
    this.#change = change;
    this.#identity = boot.identity;
    this.#locale = boot.locale;
    this.#page = boot.page;
    this.#attributes = boot.attributes;
    this.shop = remembered(keep.get('shop'));
    this.#recognise(boot.anew);
    this.line = new Socket('/visitor', { auth: () => this.#auth(), ...(wire && { wire }) });
    this.line.on('session:started', (started) => this.#started(started));
    this.line.on('service:changed', ({ hours, agents }) => {
      this.hours = hours;
      if (this.shop) this.shop = { ...this.shop, agents: agents ?? [] };
    });
  }

  /** Whose things are kept in this browser: the shop's id of the customer, or nothing for a stranger. */
  get owner(): string {
    return this.#identity?.id ?? '';
  }

  /** The shop says who this is; somebody else than before sees nothing of the former. */
  user(identity: Identity | null): void {
    if (identity === null) return this.reset();
    const isSame = JSON.stringify(identity) === JSON.stringify(this.#identity);
    if (isSame && this.line.state !== 'ended') return; // pages say it again with every view of theirs
    this.#identity = identity;
    this.#recognise();
    if (this.line.state !== 'idle') this.line.reconnect();
  }

  /** Somebody logged out. */
  reset(): void {
    this.#identity = null;
    this.#attributes = {};
    this.#recognise(true);
    if (this.line.state !== 'idle') this.line.reconnect();
  }

  /** How to reach the customer, kept where agents see it. Throws a `Refusal`. */
  async contact(name: string, reach: string): Promise<void> {
    const known = { ...(name && { name }), [reach.includes('@') ? 'email' : 'phone']: reach };
    await this.line.insist('user:set', known, undefined, AbortSignal.timeout(PATIENCE_MS));
    if (this.visitor) this.visitor = { ...this.visitor, ...known };
  }

  attributes(more: Attributes): void {
    this.#attributes = { ...this.#attributes, ...more };
    this.#set({ attributes: more });
  }

  page(page: HostPage): void {
    if (page.url === this.#page.url && page.title === this.#page.title) return;
    this.#page = page;
    this.#set({ page });
  }

  /** What the customer reads, as the server was told. */
  get speaks(): string {
    return this.#locale;
  }

  locale(locale: string): void {
    if (locale === this.#locale) return;
    this.#locale = locale;
    this.#set({ locale });
  }

  #started(started: VisitorSession): void {
    this.#keep.set('token', started.token);
    this.#keep.set('shop', JSON.stringify({ ...started.shop, agents: [], reply_s: null }));
    this.shop = started.shop;
    this.hours = started.hours;
    this.visitor = started.visitor;
    this.limits = started.limits;
    if (Object.keys(this.#attributes).length) this.#set({ attributes: this.#attributes });
  }

  /** What is known of the customer only helps the agent: one that got lost is sent with the next session. */
  #set(known: SetUser): void {
    if (this.line.state === 'online') this.line.ask('user:set', known).catch(() => {});
  }

  #auth(): Record<string, unknown> {
    const token = this.#keep.get('token');
    return {
      site: this.#site,
      locale: this.#locale,
      page: this.#page,
      ...(token && { token }),
      ...(this.#identity && { identity: this.#identity }),
    };
  }

  #recognise(anew = false): void {
    const former = this.#keep.get('user') ?? '';
    if (!anew && former === this.owner) return;
    if (anew) this.#keep.remove('token');
    this.#keep.set('user', this.owner);
    this.#change(this.owner, !anew && former === '');
  }
}

function remembered(text: string | null): ShopFace | null {
  try {
    return JSON.parse(text ?? 'null') as ShopFace | null;
  } catch {
    return null;
  }
}
