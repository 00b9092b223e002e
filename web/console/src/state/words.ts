import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type { Key } from '../i18n';
import type { ErrorBody } from '../wire';

export const EXPLAINED = { internal: { code: 'internal', message: '', retryable: true } satisfies ErrorBody };

/** A refusal in the reader's language: by its reason, else by its code, else in the server's words. */
export function explain(words: I18n<Key>, error: ErrorBody): string {
  // Of a colleague; our own line says so by its code.
  const reason = error.details?.['reason'] === 'offline' ? 'not_here' : error.details?.['reason'];
  for (const name of [reason, error.code]) {
    const key = `refusal.${String(name)}`;
    if (words.has(key)) return words.t(key);
  }
  return error.message || words.t('refusal.internal');
}

/** The word for a key made of something the server said, `topic.returns`; without one, what it said. */
export function word(words: I18n<Key>, key: string): string {
  const said = key.slice(key.indexOf('.') + 1);
  if (said === 'undefined' || said === 'null') return '';
  return words.has(key) ? words.t(key) : said;
}
