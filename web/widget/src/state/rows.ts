/** A thread as it is laid out: lines between days, notices, and bubbles grouped by person and minute. */
import type { Pending } from '@kefu/shared/outbox.svelte.ts';
import type { Message, Read } from '@kefu/shared/protocol.gen.ts';
import { sameDay, sameMinute } from '@kefu/shared/time.ts';

export interface Item {
  /** The `client_id`: the same before and after storing, so that nothing jumps. */
  key: string;
  text: string;
  seq: number | null;
  pending: Pending | null;
}
export interface Group {
  kind: 'group';
  key: string;
  side: 'mine' | 'theirs';
  sender: Message['sender'];
  at: number;
  items: Item[];
}
export type Row = Group | { kind: 'day'; key: string; at: number } | { kind: 'notice'; key: string; message: Message };
export type Tick = 'waiting' | 'failed' | 'sent' | 'delivered' | 'read';

const ME: Message['sender'] = { kind: 'customer' };

export function rows(messages: readonly Message[], pending: readonly Pending[]): Row[] {
  const found: Row[] = [];
  let last_at: number | null = null;
  const add = (at: number, sender: Message['sender'], item: Item): void => {
    const group = found.at(-1);
    const joins = group?.kind === 'group' && isSame(group.sender, sender) && sameMinute(group.at, at);
    if (joins) group.items.push(item);
    else found.push({ kind: 'group', key: item.key, side: sender.kind === 'customer' ? 'mine' : 'theirs', sender, at, items: [item] });
  };
  const dayOf = (at: number): void => {
    if (last_at === null || !sameDay(last_at, at)) found.push({ kind: 'day', key: `day-${new Date(at).toDateString()}`, at });
    last_at = at;
  };
  for (const message of messages) {
    const at = Date.parse(message.at);
    dayOf(at);
    const { client_id: key, text, seq, sender } = message;
    if (sender.kind === 'system') found.push({ kind: 'notice', key: `notice-${seq}`, message });
    else add(at, sender, { key, text, seq, pending: null });
  }
  for (const one of pending) {
    const at = Math.max(one.said_at, last_at ?? 0);
    dayOf(at);
    add(at, ME, { key: one.client_id, text: one.text, seq: null, pending: one });
  }
  return found;
}

/** How far the last word of a group has come. */
export function tick({ items }: Group, read: Read | undefined, isTaken: boolean): Tick {
  const { seq, pending } = items.at(-1) as Item;
  if (seq === null) return pending?.state === 'failed' ? 'failed' : 'waiting';
  if (seq <= (read?.agent ?? 0)) return 'read';
  return isTaken ? 'delivered' : 'sent';
}

function isSame(one: Message['sender'], other: Message['sender']): boolean {
  return one.kind === other.kind && (one.kind === 'customer' || one.id === other.id);
}
