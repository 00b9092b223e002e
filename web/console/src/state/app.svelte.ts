import { pause } from '@kefu/shared/backoff.ts';
import { kept } from '@kefu/shared/keep.ts';
import { getContext, setContext } from 'svelte';
import { console_words } from '../i18n';
import { Actions } from './actions';
import { Alerts } from './alerts.svelte';
import { Api } from './api';
import { Clock } from './clock.svelte';
import { Customers } from './customers.svelte';
import { Desk } from './desk.svelte';
import { Directory } from './directory.svelte';
import { Drafts } from './drafts.svelte';
import { desk_ears } from './ears';
import { Inbox } from './inbox.svelte';
import { Inputs, neighbours } from './inputs';
import { Kept } from './kept';
import { Keyboard } from './keyboard.svelte';
import type { Look } from '../live/look.svelte';
import type { Line } from './line';
import { Notices } from './notices.svelte';
import { Preferences } from './preferences.svelte';
import { Replies } from './replies.svelte';
import { Route } from './route.svelte';
import { Session } from './session.svelte';
import { Surface } from './surface.svelte';
import { Tasks } from './tasks.svelte';

/** What belongs to one signed-in agent; made at sign-in, thrown away at sign-out. */
export class Seat {
  readonly desk: Desk;
  readonly drafts: Drafts;
  readonly actions: Actions;
  readonly inbox: Inbox;
  readonly replies: Replies;
  readonly directory: Directory;
  readonly customers: Customers;
  readonly inputs: Inputs;
  readonly tasks: Tasks;
  /** How one looks at the live view, once one has: who watched a conversation comes back to what they saw. */
  look: Look | null = null;

  constructor(app: App, line: Line, agent_id: string) {
    const own = new Kept(kept(`kefu:console:${agent_id}:`));
    this.tasks = new Tasks(app.api, agent_id);
    this.desk = new Desk(line, own, desk_ears(app, () => this.desk, this.tasks), pause);
    this.drafts = new Drafts(own);
    this.actions = new Actions(this.desk);
    this.inbox = new Inbox(this.desk.book, app.api);
    this.replies = new Replies(app.api);
    this.directory = new Directory(app.api);
    this.customers = new Customers(app.api);
    this.inputs = new Inputs(this.desk, neighbours(`kefu:input:${agent_id}`));
  }
}

/** The whole console: what outlives a session, and the seat of whoever is signed in. */
export class App {
  readonly words = console_words();
  readonly t = this.words.t;
  readonly api: Api;
  readonly clock = new Clock();
  readonly preferences = new Preferences(new Kept(kept('kefu:console:')));
  readonly route = new Route();
  readonly notices = new Notices();
  readonly alerts = new Alerts(this.preferences);
  readonly surface = new Surface();
  readonly keyboard = new Keyboard();
  readonly session: Session;
  seat = $state.raw<Seat | null>(null);

  constructor(
    private readonly dial: () => Line,
    api = new Api(),
  ) {
    this.api = api;
    this.api.heard_time = (date) => this.clock.learn(Date.parse(date) + 500);
    this.session = new Session(this.api);
  }

  /** The line was ended for good: whoever is still signed in connects again. */
  async come_back(): Promise<void> {
    const { seat } = this;
    await this.session.ask();
    if (seat && this.seat === seat && this.session.state === 'signed_in') seat.desk.line.open();
  }

  /** Takes a seat for whoever is signed in; returns what gives it up. */
  sit(agent_id: string): () => void {
    const seat = new Seat(this, this.dial(), agent_id);
    this.seat = seat;
    const stop = seat.desk.start();
    void seat.replies.load();
    return () => {
      stop();
      this.seat = null;
    };
  }
}

const KEY = Symbol('app');

export function provide(app: App): App {
  return setContext(KEY, app);
}

export function use_app(): App {
  return getContext<App>(KEY);
}

/** The seat, for components that only exist while somebody is signed in. */
export function use_seat(): Seat {
  const { seat } = use_app();
  if (!seat) throw new Error('Nobody is signed in.');
  return seat;
}
