import { isComposing } from '@kefu/shared/ime.ts';
import type { Key } from '../i18n';
import { customer_name } from '../lib/customer';
import { combination, is_heard } from '../lib/keys';
import type { Status } from '../wire';
import type { App, Seat } from './app.svelte';
import type { Kind } from './drafts.svelte';
import { tabs_of, type Tab } from './inbox.svelte';
import { begin_to_leave } from './leaving';
import type { Answer } from './line';
import { ADMIN_PAGES, admin_pages, QUALITY_PAGES } from './pages';
import { tell_failure } from './telling';

export type Group = 'go' | 'conversation' | 'offer' | 'status' | 'look' | 'help';

/** What accepts the first offer; where the first of them goes elsewhere, the second does it. */
export const ACCEPTING = ['Enter', 'alt+KeyA'];

/** Something that can be done from the keyboard, from the palette and, mostly, with a button. */
export interface Command {
  id: string;
  group: Group;
  title: Key;
  /** The part of the console that it is a page of. */
  within?: Key;
  keys?: string[];
  /** Only for who leads: others are not even told of it. */
  leads?: true;
  /** Absent: always. */
  can?: () => boolean;
  run: () => unknown;
}

/** Every command there is. One list for the shortcuts, the sheet that shows them, and the palette. */
export function commands(app: App, seat: Seat): Command[] {
  return [...going(app, seat), ...talking(app, seat), ...offering(app, seat), ...statuses(app, seat), ...looks(app, seat), ...pages(app, seat)];
}

/** Those that somebody may ever do. */
export function known_to(leads: boolean, all: Command[]): Command[] {
  return all.filter((command) => leads || !command.leads);
}

function going(app: App, seat: Seat): Command[] {
  const step = (by: 1 | -1) => () => {
    const id = seat.inbox.beside(open_id(app), by);
    if (!id) return;
    if (seat.inbox.tab === 'team') app.route.watch(id);
    else app.route.conversation(id);
  };
  const tab = (which: Tab) => () => {
    const id = open_id(app);
    if (id) app.route.look(id);
    else app.route.conversation(null);
    seat.inbox.show(which);
  };
  return [
    { id: 'palette', group: 'help', title: 'command.palette', keys: ['mod+KeyK'], run: () => app.surface.toggle('palette') },
    { id: 'sheet', group: 'help', title: 'command.sheet', keys: ['?'], run: () => app.surface.toggle('shortcuts') },
    { id: 'next', group: 'go', title: 'command.next', keys: ['KeyJ', 'alt+ArrowDown'], run: step(1) },
    { id: 'previous', group: 'go', title: 'command.previous', keys: ['KeyK', 'alt+ArrowUp'], run: step(-1) },
    ...tabs_of(true).map((which) => ({
      id: which,
      group: 'go' as const,
      title: `command.${which}` as const,
      get keys() {
        return [`alt+Digit${tabs_of(seat.desk.leads).indexOf(which) + 1}`];
      },
      ...(which === 'team' && { leads: true as const, can: () => seat.desk.leads }),
      run: tab(which),
    })),
    { id: 'inbox', group: 'go', title: 'command.inbox', can: () => app.route.place.page !== 'inbox', run: () => app.route.conversation(null) },
    { id: 'live', group: 'go', title: 'command.live', leads: true, can: () => seat.desk.leads, run: () => app.route.live() },
    { id: 'tasks', group: 'go', title: 'command.tasks', keys: ['alt+Digit5'], run: () => app.route.tasks() },
    { id: 'schedule', group: 'go', title: 'command.schedule', run: () => app.route.schedule() },
    { id: 'quality', group: 'go', title: 'command.quality', run: () => app.route.quality() },
    { id: 'admin', group: 'go', title: 'command.admin', run: () => app.route.admin() },
  ];
}

/** The pages behind the first one of each part, as far as one may open them. */
function pages(app: App, seat: Seat): Command[] {
  const leads = () => seat.desk.leads;
  const page = (id: string, title: Key, within: Key, can: () => boolean, run: () => unknown): Command => ({ id, group: 'go', title, within, can, run });
  return [
    page('wall', 'live.wall', 'command.live', leads, () => app.route.live(true)),
    page('adherence', 'schedule.adherence', 'command.schedule', () => true, () => app.route.adherence()),
    ...ADMIN_PAGES.map((one) => page(`admin-${one}`, `admin.${one}`, 'command.admin', () => admin_pages(leads()).includes(one), () => app.route.admin(one))),
    ...QUALITY_PAGES.map((one) => page(`quality-${one}`, `quality.${one}`, 'command.quality', leads, () => app.route.quality(one))),
    ...(['reviews', 'follow_ups'] as const).map((one) =>
      page(`own-${one}`, one === 'reviews' ? 'quality.mine' : `quality.${one}`, 'command.quality', () => !leads(), () => app.route.quality(one)),
    ),
  ];
}

function talking(app: App, seat: Seat): Command[] {
  const active = () => app.route.place.page === 'inbox' && held(app, seat)?.state === 'active';
  const wrapping = () => held(app, seat)?.state === 'wrap_up';
  const shown = () => Boolean(open_id(app));
  const id = () => open_id(app) ?? '';
  const open = () => seat.desk.book.get(id())?.state ?? '';
  const leads = (...states: string[]) => () => seat.desk.leads && states.includes(open());
  const write = (kind: Kind) => () => {
    seat.drafts.turn(id(), seat.drafts.of(id()).kind === kind ? 'reply' : kind);
    app.surface.focus_composer();
  };
  const move = (ask: (which: string) => Promise<Answer<unknown>>) => async () => {
    const about = held(app, seat);
    const answer = about && (await ask(about.id));
    if (about && answer && !answer.ok) tell_failure(app, about, answer.error);
  };
  const others = (...states: string[]) => () => leads(...states)() && seat.desk.book.get(id())?.agent?.id !== seat.desk.me?.id;
  const group = 'conversation';
  return [
    { id: 'reply', group, title: 'command.reply', keys: ['KeyR'], can: shown, run: () => app.surface.focus_composer() },
    { id: 'note', group, title: 'command.note', keys: ['alt+KeyN'], can: shown, run: write('note') },
    { id: 'whisper', group, title: 'command.whisper', leads: true, keys: ['alt+KeyW'], can: others('active'), run: write('whisper') },
    { id: 'take_over', group, title: 'command.take_over', leads: true, keys: ['alt+KeyO'], can: others('offered', 'active'), run: () => app.surface.toggle('take_over') },
    { id: 'requeue', group, title: 'command.requeue', leads: true, keys: ['alt+KeyQ'], can: others('queued', 'offered', 'active'), run: () => app.surface.toggle('requeue') },
    { id: 'watch', group, title: 'command.watch', leads: true, keys: ['alt+KeyV'], can: others('queued', 'offered', 'active'), run: () => (seat.desk.watching ? app.route.conversation(id()) : app.route.watch(id())) },
    { id: 'transfer', group, title: 'command.transfer', keys: ['alt+KeyT'], can: active, run: () => app.surface.toggle('transfer') },
    { id: 'assign', group, title: 'command.assign', leads: true, keys: ['alt+KeyG'], can: leads('queued', 'offered', 'active'), run: () => app.surface.toggle('assign') },
    { id: 'priority', group, title: 'command.priority', leads: true, keys: ['alt+KeyP'], can: others('queued', 'offered'), run: () => app.surface.toggle('priority') },
    { id: 'task', group, title: 'task.add', keys: ['alt+KeyU'], can: shown, run: () => app.surface.toggle('task') },
    { id: 'close', group, title: 'command.close', keys: ['alt+KeyC', 'alt+KeyE'], can: active, run: () => app.surface.toggle('close') },
    { id: 'finish', group, title: 'command.finish', keys: ['alt+KeyF'], can: wrapping, run: move((which) => seat.actions.finish(which)) },
    { id: 'resume', group, title: 'command.resume', keys: ['alt+KeyZ'], can: wrapping, run: move((which) => seat.actions.resume(which)) },
    { id: 'why', group, title: 'trace.button.title', keys: ['alt+KeyY'], can: shown, run: () => app.route.look(id(), 'why') },
    { id: 'timeline', group, title: 'command.timeline', leads: true, keys: ['alt+KeyL'], can: () => shown() && seat.desk.leads, run: () => app.route.look(id(), 'timeline') },
    { id: 'customer', group, title: 'command.customer', keys: ['alt+KeyI'], can: shown, run: () => app.surface.toggle('customer') },
  ];
}

function offering(app: App, seat: Seat): Command[] {
  const some = () => seat.desk.offers.live.length > 0;
  const accept = () => {
    const offer = seat.desk.offers.live[0];
    if (offer) void accept_offer(app, seat, offer.offer);
  };
  const decline = () => {
    const offer = seat.desk.offers.live[0];
    if (offer) void decline_offer(app, seat, offer.offer);
  };
  return [
    { id: 'accept', group: 'offer', title: 'command.accept', keys: ACCEPTING, can: some, run: accept },
    { id: 'decline', group: 'offer', title: 'command.decline', keys: ['alt+KeyX'], can: some, run: decline },
  ];
}

function statuses(app: App, seat: Seat): Command[] {
  const set = async (status: Status) => {
    const answer = await seat.desk.set_status(status);
    if (!answer.ok) app.notices.say('status.failed', {}, 'warning');
  };
  return [
    { id: 'available', group: 'status', title: 'command.available', run: () => set('available') },
    { id: 'busy', group: 'status', title: 'command.busy', run: () => set('busy') },
    { id: 'away', group: 'status', title: 'command.away', run: () => set('away') },
  ];
}

function looks(app: App, seat: Seat): Command[] {
  const { preferences: choice } = app;
  const group = 'look';
  return [
    { id: 'light', group, title: 'command.light', run: () => choice.set('theme', 'light') },
    { id: 'dark', group, title: 'command.dark', run: () => choice.set('theme', 'dark') },
    { id: 'system', group, title: 'command.system', run: () => choice.set('theme', 'system') },
    { id: 'english', group, title: 'command.english', run: () => choice.set('language', 'en') },
    { id: 'chinese', group, title: 'command.chinese', run: () => choice.set('language', 'zh') },
    { id: 'compact', group, title: 'command.compact', run: () => choice.set('density', 'compact') },
    { id: 'comfortable', group, title: 'command.comfortable', run: () => choice.set('density', 'comfortable') },
    { id: 'sound', group, title: 'command.sound', run: () => choice.set('sound', !choice.get('sound')) },
    { id: 'sign_out', group: 'help', title: 'command.sign_out', run: () => begin_to_leave(app, seat) },
  ];
}

/** Accepts, shows the conversation and puts the cursor where the answer goes. Says so when it fails. */
export async function accept_offer(app: App, seat: Seat, id: string): Promise<void> {
  const offer = seat.desk.offers.live.find((o) => o.offer === id);
  const answer = await seat.actions.accept(id);
  if (answer.ok) {
    seat.inbox.show('mine');
    app.route.conversation(answer.data.conversation.id);
    app.surface.focus_composer();
    return;
  }
  const name = offer ? customer_name(app, offer.conversation.visitor) : app.t('customer.unnamed');
  const by = answer.error.details?.['by'];
  if (typeof by === 'string') app.notices.say('offer.taken', { name, by });
  else app.notices.say(answer.error.retryable ? 'offer.unreached' : 'offer.gone', { name }, 'warning');
}

export async function decline_offer(app: App, seat: Seat, id: string): Promise<void> {
  const answer = await seat.desk.offers.decline(id);
  if (!answer.ok && answer.error.retryable) app.notices.say('offer.unreached', {}, 'warning');
}

/** Runs the command that the keys stand for, when it can be run here and now. */
export function run_keys(all: Command[], event: KeyboardEvent): boolean {
  if (isComposing(event) || event.defaultPrevented) return false;
  const keys = combination(event);
  if (!is_heard(keys, event.target)) return false;
  const command = all.find((c) => c.keys?.includes(keys) && (c.can?.() ?? true));
  if (!command) return false;
  event.preventDefault();
  void command.run();
  return true;
}

function open_id(app: App): string | null {
  return app.route.place.page === 'inbox' ? app.route.place.conversation : null;
}

function held(app: App, seat: Seat) {
  const conversation = seat.desk.book.get(open_id(app) ?? '');
  return conversation?.agent?.id === seat.desk.me?.id ? conversation : undefined;
}
