/** A task as it is being written. */
import type { NewTask } from '../state/tasks.svelte';
import type { Task } from '../wire';
import { tomorrow } from './times';

export interface Draft {
  kind: Task['kind'];
  text: string;
  /** Milliseconds since 1970; null: not chosen. */
  at: number | null;
  /** Empty: whoever can. */
  assignee: string;
  /** Empty: the queue of its conversation. */
  queue: string;
}

export function fresh(me: string, now_ms: number): Draft {
  return { kind: 'follow_up', text: '', at: tomorrow(now_ms), assignee: me, queue: '' };
}

export function draft_of(task: Task): Draft {
  const queue = task.own_queue ? (task.queue?.id ?? '') : '';
  return { kind: task.kind, text: task.text, at: Date.parse(task.due_at), assignee: task.assignee?.id ?? '', queue };
}

/** A moment that is not chosen is refused by the server, with its field. */
export function given(draft: Draft): Omit<NewTask, 'conversation' | 'client_id'> {
  return {
    kind: draft.kind,
    text: draft.text.trim(),
    due_at: new Date(draft.at ?? 0).toISOString(),
    assignee: draft.assignee || null,
    queue: draft.queue || null,
  };
}

/** Only what is otherwise than it was. */
export function changes(task: Task, draft: Draft): Partial<Omit<NewTask, 'conversation' | 'kind' | 'client_id'>> {
  const before = given(draft_of(task));
  const now = given(draft);
  const is_moved = Date.parse(now.due_at) !== Date.parse(task.due_at);
  return {
    ...(now.text !== before.text && { text: now.text }),
    ...(is_moved && { due_at: now.due_at }),
    ...(now.assignee !== before.assignee && { assignee: now.assignee }),
    ...(now.queue !== before.queue && { queue: now.queue }),
  };
}
