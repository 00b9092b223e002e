/** Sentences that are put together from facts; kept apart from the components so that they can be tested. */
import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type { Conversation, Hours, Message, ShopFace } from '@kefu/shared/protocol.gen.ts';
import { clock, day } from '@kefu/shared/time.ts';
import type { Key } from '../i18n/index.ts';

type Words = I18n<Key>;

/** Who will answer. Nobody is said to be here who is not. */
export function who(words: Words, shop: ShopFace | null, hours: Hours | null): string {
  const { t } = words;
  if (!hours) return '';
  if (hours.service === 'closed') return hours.opens_at ? t('who.closed_until', opening(words, hours.opens_at, hours.time_zone)) : t('who.closed');
  if (hours.service === 'nobody') return t('who.nobody');
  const [a, b, ...more] = (shop?.agents ?? []).map(({ name }) => name);
  if (!a) return t('who.open');
  if (!b) return t('who.one', { a });
  return more.length ? t('who.many', { a, b, n: more.length }) : t('who.two', { a, b });
}

/** How long an answer usually takes, in words; nothing while it is not known or nobody is here. */
export function reply({ t }: Words, shop: ShopFace | null, hours: Hours | null): string {
  const reply_s = shop?.reply_s;
  if (typeof reply_s !== 'number' || hours?.service !== 'open') return '';
  const minutes = Math.ceil(reply_s / 60);
  if (minutes <= 1) return t('reply.minute');
  return minutes < 60 ? t('reply.minutes', { n: minutes }) : t('reply.hours', { n: Math.ceil(minutes / 60) });
}

/** The hours that count: those of the conversation's queue, where they are not the shop's. */
export function hours_for(shop: Hours | null, conversation: Conversation | null): Hours | null {
  return conversation?.hours ?? shop;
}

/** What a customer may hope for: the shop's state, and while it is open that of their own conversation. */
export function prospect(hours: Hours | null, conversation: Conversation | null): Hours['service'] {
  const shop = hours?.service ?? 'open';
  const isQueued = shop === 'open' && conversation?.state === 'queued';
  // That nobody here has the skills is the shop's affair: to a customer nobody is free.
  return isQueued && (conversation.service === 'nobody' || conversation.service === 'uncovered') ? 'nobody' : shop;
}

/** When the shop opens, by the clock of whoever reads it, to stand inside a sentence. */
export function opening({ locale, t }: Words, at: string, zone?: string): { day: string; time: string } {
  const named = day(at, locale);
  const isRelative = /^(Today|Tomorrow|Yesterday)$/.test(named);
  const time = clock(at, locale);
  return { day: isRelative ? named.toLowerCase() : named, time: isElsewhere(at, zone) ? t('time.yours', { time }) : time };
}

/** The clock there shows another time than the reader's. */
function isElsewhere(at: string, zone?: string): boolean {
  const shown = (timeZone?: string) =>
    new Intl.DateTimeFormat('en', { dateStyle: 'short', timeStyle: 'short', ...(timeZone && { timeZone }) }).format(Date.parse(at));
  try {
    return shown() !== shown(zone);
  } catch {
    return false; // a zone that this browser does not know
  }
}

/** Where the customer stands and how long it usually takes. */
export function place({ t, language }: Words, { position, eta_s }: Conversation): string {
  const where = !position ? t('queue.waiting') : position === 1 ? t('queue.next') : t('queue.position', { n: position });
  if (!eta_s) return where;
  const [low, high] = [Math.floor(eta_s[0] / 60), Math.ceil(eta_s[1] / 60)];
  const gap = language === 'zh' ? '' : ' ';
  if (high <= 1) return where + gap + t('queue.eta_short');
  return where + gap + (low === high || low === 0 ? t('queue.eta_about', { n: high }) : t('queue.eta', { low, high }));
}

/** What a system line says. An unknown one has only its text, perhaps none. */
export function notice(words: Words, message: Message): string {
  const key = `notice.${message.notice ?? ''}`;
  return words.has(key) ? words.t(key, { name: message.sender.name ?? words.t('agent') }) : message.text;
}

/** A kind word on why this agent: nothing of the shop, nothing of anybody else. */
export function matched(words: Words, conversation: Conversation | null, locale: string): string {
  const key = `why.${conversation?.why ?? ''}`;
  if (!conversation?.agent || !words.has(key)) return '';
  return words.t(key, { name: conversation.agent.name, language: languageName(locale, words.locale) });
}

function languageName(locale: string, reader: string): string {
  const [language = ''] = locale.split(/[-_]/);
  try {
    return new Intl.DisplayNames([reader], { type: 'language' }).of(language) ?? language;
  } catch {
    return language; // no language at all, but what the page said
  }
}

/** A topic by its name; one that a shop made up is its own name. */
export function topicName(words: Words, topic: string | null | undefined): string {
  if (!topic) return words.t('topic.none');
  const key = `topic.${topic}`;
  return words.has(key) ? words.t(key) : topic;
}
