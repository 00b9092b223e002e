import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type { Key } from '../i18n';
import type { Visitor } from '../wire';

type Known = Pick<Visitor, 'id' | 'name'>;

/** What a customer is called; whoever has given no name keeps the last four signs of their id, to be told from others. */
export function customer_name({ t }: Pick<I18n<Key>, 't'>, { id, name }: Known): string {
  return name || `${t('customer.unnamed')} ${mark_of(id)}`;
}

/** `3F7K` of an id, always the same. */
export function mark_of(id: string): string {
  return id.replace(/[^\p{L}\p{N}]/gu, '').slice(-4).toUpperCase();
}
