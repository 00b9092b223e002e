import type { Pending } from '@kefu/shared/outbox.svelte.ts';
import { sameDay, sameMinute } from '@kefu/shared/time.ts';
import type { Message } from '../wire';

/** What stands under each other in a thread. */
export type Entry =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'line'; key: string; message: Message }
  | { kind: 'said'; key: string; message: Message; is_first: boolean; is_last: boolean }
  | { kind: 'pending'; key: string; pending: Pending };

/** Messages with lines between days, grouped by who spoke within a minute; what is unsent comes last. */
export function entries(messages: readonly Message[], pending: readonly Pending[]): Entry[] {
  const all: Entry[] = [];
  messages.forEach((message, i) => {
    const [before, next] = [messages[i - 1], messages[i + 1]];
    const key = `${message.private ? 'n' : 'm'}${message.seq}`;
    if (!before || !sameDay(before.at, message.at)) all.push({ kind: 'day', key: `d${key}`, at: message.at });
    if (message.sender.kind === 'system') all.push({ kind: 'line', key, message });
    else {
      const [is_first, is_last] = [!together(before, message), !together(message, next)];
      all.push({ kind: 'said', key, message, is_first, is_last });
    }
  });
  for (const one of pending) all.push({ kind: 'pending', key: one.client_id, pending: one });
  return all;
}

function together(a: Message | undefined, b: Message | undefined): boolean {
  if (!a || !b || Boolean(a.private) !== Boolean(b.private)) return false;
  return a.sender.kind === b.sender.kind && a.sender.id === b.sender.id && sameMinute(a.at, b.at);
}
