import type { Pending } from '@kefu/shared/outbox.svelte.ts';
import { sameDay, sameMinute } from '@kefu/shared/time.ts';
import type { Message, Whisper } from '../wire';

/** What stands under each other in a thread. */
export type Entry =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'line'; key: string; message: Message }
  | { kind: 'said'; key: string; message: Message; is_first: boolean; is_last: boolean }
  | { kind: 'whisper'; key: string; whisper: Whisper }
  | { kind: 'pending'; key: string; pending: Pending };

/** Messages with lines between days, grouped by who spoke within a minute, whispers where they fell; what is unsent comes last. */
export function entries(messages: readonly Message[], pending: readonly Pending[], whispers: readonly Whisper[] = []): Entry[] {
  const all: Entry[] = [];
  const waiting = [...whispers];
  const whispered = (is_due: (whisper: Whisper) => boolean): boolean => {
    const before = waiting.length;
    while (waiting[0] && is_due(waiting[0])) {
      const [whisper] = waiting.splice(0, 1) as [Whisper];
      all.push({ kind: 'whisper', key: `w${whisper.seq}`, whisper });
    }
    return waiting.length < before;
  };
  messages.forEach((message, i) => {
    const cut = whispered((whisper) => precedes(whisper, message));
    const [before, next] = [cut ? undefined : messages[i - 1], messages[i + 1]];
    const is_followed = Boolean(next && waiting[0] && precedes(waiting[0], next));
    const key = `${message.private ? 'n' : 'm'}${message.seq}`;
    const earlier = messages[i - 1];
    if (!earlier || !sameDay(earlier.at, message.at)) all.push({ kind: 'day', key: `d${key}`, at: message.at });
    if (message.sender.kind === 'system') all.push({ kind: 'line', key, message });
    else {
      const [is_first, is_last] = [!together(before, message), is_followed || !together(message, next)];
      all.push({ kind: 'said', key, message, is_first, is_last });
    }
  });
  whispered(() => true);
  for (const one of pending) all.push({ kind: 'pending', key: one.client_id, pending: one });
  return all;
}

/** A whisper stands behind the public message it was said after, and before notes that are younger. */
function precedes(whisper: Whisper, message: Message): boolean {
  if (!message.private) return whisper.after < message.seq;
  return whisper.after < (message.after ?? 0) || (whisper.after === message.after && whisper.at < message.at);
}

function together(a: Message | undefined, b: Message | undefined): boolean {
  if (!a || !b || Boolean(a.private) !== Boolean(b.private)) return false;
  return a.sender.kind === b.sender.kind && a.sender.id === b.sender.id && sameMinute(a.at, b.at);
}
