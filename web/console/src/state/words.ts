import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type { Key } from '../i18n';
import type { AgentConversation, ErrorBody } from '../wire';

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

/** Who of us wrote what a list shows of a conversation, as words before it; nothing before a customer's. */
export function said_by(words: I18n<Key>, { preview, agent }: Pick<AgentConversation, 'preview' | 'agent'>, me: string | undefined): string {
  if (preview?.sender !== 'agent') return '';
  const who = preview.by ?? agent; // an older server names nobody: its agent, mostly
  return who && who.id === me ? words.t('row.you') : words.t('row.by', { name: who?.name || words.t('role.agent') });
}
