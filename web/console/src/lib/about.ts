import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type { Key } from '../i18n';
import { word } from '../state/words';
import type { AgentConversation } from '../wire';

const HAN = /\p{Script=Han}/u;

/** What a conversation is about: its topic, and where it began without one, its queue. */
export function about(words: I18n<Key>, { topic, queue }: Pick<AgentConversation, 'topic' | 'queue'>): string {
  return word(words, `topic.${topic}`) || in_language(queue?.name ?? '', words.locale);
}

const BETWEEN = / [·/|] /;

/** Of a name in two languages, `Returns · 退换货`, the one for this reader; any other name as it is. */
export function in_language(name: string, locale: string): string {
  const [one, other, ...more] = name.split(BETWEEN);
  if (!one || !other || more.length || HAN.test(one) === HAN.test(other)) return name;
  return HAN.test(one) === locale.startsWith('zh') ? one : other;
}
