import { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type en from './en.ts';

export type Key = keyof typeof en;

/** The panel's words; only the language that is needed is fetched. */
export function words(): I18n<Key> {
  return new I18n<Key>({ en: () => import('./en.ts'), zh: () => import('./zh.ts') });
}
