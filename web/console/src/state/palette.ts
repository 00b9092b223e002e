import { in_language } from '../lib/about';
import { customer_name } from '../lib/customer';
import type { IconName } from '../parts/Icon.svelte';
import type { App, Seat } from './app.svelte';
import type { Command, Group } from './commands';
import { can_take } from './directory.svelte';
import { fill } from './replies.svelte';
import { explain, word } from './words';

export interface PaletteEntry {
  id: string;
  icon: IconName;
  title: string;
  detail: string;
  /** Found by it, not shown. */
  more: string;
  keys?: string | undefined;
  run: () => unknown;
}

const ICONS: Record<Group, IconName> = {
  go: 'inbox',
  conversation: 'note',
  offer: 'bell',
  status: 'person',
  look: 'eye',
  help: 'keyboard',
};

/** Everything that can be gone to or done from here: conversations first, then commands, replies, people. */
export function palette_entries(app: App, seat: Seat, all: Command[]): PaletteEntry[] {
  return [...talks(app, seat), ...deeds(app, all), ...replies(app, seat), ...hands(app, seat)];
}

function talks(app: App, seat: Seat): PaletteEntry[] {
  return [...seat.inbox.mine, ...seat.desk.book.waiting].map((c) => ({
    id: `c-${c.id}`,
    icon: 'person',
    title: customer_name(app, c.visitor),
    detail: c.preview?.text ?? word(app.words, `topic.${c.topic}`),
    more: c.visitor.email ?? '',
    run: () => (app.route.conversation(c.id), app.surface.focus_composer()),
  }));
}

function deeds(app: App, all: Command[]): PaletteEntry[] {
  return all
    .filter((c) => c.id !== 'palette' && (c.can?.() ?? true))
    .map((c) => ({
      id: c.id,
      icon: ICONS[c.group],
      title: app.t(c.title),
      detail: app.t(c.within ?? `group.${c.group}`),
      more: '',
      keys: c.keys?.[0],
      run: c.run,
    }));
}

function replies(app: App, seat: Seat): PaletteEntry[] {
  const conversation = active(app, seat);
  if (!conversation) return [];
  return seat.replies.find('', conversation.locale).map((reply) => ({
    id: `r-${reply.id}`,
    icon: 'bolt',
    title: `/${reply.shortcut}`,
    detail: reply.text,
    more: app.t('palette.reply'),
    run: () => {
      const known = { name: conversation.visitor.name ?? '', agent: seat.desk.me?.name ?? '' };
      seat.drafts.turn(conversation.id, 'reply');
      const before = seat.drafts.text(conversation.id);
      seat.drafts.write(conversation.id, [before, fill(reply.text, known)].filter(Boolean).join(' '));
      app.surface.focus_composer();
    },
  }));
}

function hands(app: App, seat: Seat): PaletteEntry[] {
  const conversation = active(app, seat);
  if (!conversation) return [];
  const give = (to: { agent: string } | { queue: string }, name: string) => async () => {
    const answer = await seat.actions.transfer(conversation.id, to, '');
    if (answer.ok) app.notices.say('transfer.done', { name });
    else app.notices.say('transfer.failed', { name, why: explain(app.words, answer.error) }, 'warning');
  };
  const agents = seat.directory.agents.filter((a) => a.id !== seat.desk.me?.id && can_take(a));
  const queues = seat.directory.queues.filter((q) => q.id !== conversation.queue?.id);
  const entry = (id: string, name: string, detail: string, run: () => unknown): PaletteEntry => ({
    id,
    icon: 'hand',
    title: app.t('transfer.to', { name }),
    detail,
    more: '',
    run,
  });
  return [
    ...agents.map((a) => entry(`a-${a.id}`, a.name, app.t(`status.${a.status}`), give({ agent: a.id }, a.name))),
    ...queues.map((q) => entry(`q-${q.id}`, in_language(q.name, app.words.locale), app.t('transfer.queue'), give({ queue: q.id }, in_language(q.name, app.words.locale)))),
  ];
}

function active(app: App, seat: Seat) {
  const { place } = app.route;
  const conversation = place.page === 'inbox' && place.conversation ? seat.desk.book.get(place.conversation) : undefined;
  return conversation?.state === 'active' && conversation.agent?.id === seat.desk.me?.id ? conversation : undefined;
}
