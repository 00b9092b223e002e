import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type { Key } from '../i18n';
import type { Task } from '../wire';
import { is_overdue, is_to_do, late, moment } from './times';

/** When it is to be done, how late it is, or when it was done. */
export function when_words(words: I18n<Key>, task: Task, now_ms: number): string {
  if (!is_to_do(task)) return moment(task.done_at ?? task.due_at, now_ms, words.locale);
  if (!is_overdue(task, now_ms)) return moment(task.due_at, now_ms, words.locale);
  const time = late(task.due_at, now_ms, words.locale);
  return time ? words.t('task.late', { time }) : words.t('task.now');
}
