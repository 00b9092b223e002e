import { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import en from './en.ts';
import zh from './zh.ts';

export type Key = keyof typeof en;

/** The panel's words. Both languages are at hand: together they weigh less than fetching one would. */
export function words(): I18n<Key> {
  return new I18n<Key>({ en: () => Promise.resolve({ default: en }), zh: () => Promise.resolve({ default: zh }) });
}
