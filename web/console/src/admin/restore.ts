import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type { Key } from '../i18n';
import { Problem } from '../state/api';
import type { Notices } from '../state/notices.svelte';
import { EXPLAINED, explain } from '../state/words';
import type { Resource } from './resource.svelte';

/** Takes something back into use from its row, and says so, or says why not. */
export async function restore<T extends { id: string; name: string }>(
  all: Resource<T>,
  one: T,
  change: object,
  words: I18n<Key>,
  notices: Notices,
): Promise<void> {
  try {
    await all.save(one.id, change);
    notices.say('admin.restored', { name: one.name }, 'good');
  } catch (thrown) {
    const why = explain(words, thrown instanceof Problem ? thrown.body : EXPLAINED.internal);
    notices.say('admin.not_restored', { name: one.name, why }, 'warning');
  }
}
