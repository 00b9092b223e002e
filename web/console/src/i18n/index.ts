import { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type { Values } from '@kefu/shared/i18n/icu.ts';
import type words from './en.ts';

export type Key = keyof typeof words;
export type { Values };

/** The console's words; each language is a file of its own, fetched when it is needed. */
export function console_words(): I18n<Key> {
  return new I18n<Key>({ en: () => import('./en.ts'), zh: () => import('./zh.ts') });
}
