import { in_language } from '../lib/about';
import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type { Key } from '../i18n';
import { can_take, is_ready_for, type Colleague, type Directory } from './directory.svelte';
import { shown } from './shown';

export type TransferTo = { agent: string } | { queue: string } | { back: true };

export interface TransferChoice {
  key: string;
  to: TransferTo;
  name: string;
  detail: string;
  /** Who is not here or not available stands there, but cannot be chosen. */
  can: boolean;
  /** The name of the person it goes to, who may be asked first. */
  person?: string;
}

/** One thing that happened to a conversation, as far as it tells whose it was. */
export interface Happened {
  kind: string;
  actor_id?: string | null;
  data?: Record<string, unknown>;
}

/** Where a conversation may go: back first, then queues, then colleagues, those who can take it before the others. */
export function transfer_choices(
  { queues, agents }: Pick<Directory, 'queues' | 'agents'>,
  words: I18n<Key>,
  queue_now: string | undefined,
  me: string | undefined,
  before?: string,
): TransferChoice[] {
  const { t, locale } = words;
  const to_back = agents
    .filter((agent) => agent.id === before && agent.id !== me)
    .map((agent) => {
      const choice = person_choice(agent, words);
      return { ...choice, key: 'back', to: { back: true as const }, name: t('transfer.back', { name: agent.name }) };
    });
  const to_queues = queues
    .filter((queue) => queue.id !== queue_now)
    .map((queue) => {
      const ready = agents.filter((agent) => agent.id !== me && is_ready_for(agent, queue)).length;
      return { key: `q${queue.id}`, to: { queue: queue.id }, name: in_language(queue.name, locale), detail: t('transfer.ready', { count: ready }), can: true };
    });
  const to_agents = agents
    .filter((agent) => agent.id !== me)
    .sort((a, b) => Number(can_take(b)) - Number(can_take(a)) || a.name.localeCompare(b.name, locale))
    .map((agent) => person_choice(agent, words));
  return [...to_back, ...to_queues, ...to_agents];
}

function person_choice(agent: Colleague, { t }: I18n<Key>): TransferChoice {
  return { key: `a${agent.id}`, to: { agent: agent.id }, name: agent.name, detail: t(`status.${shown(agent)}`), can: can_take(agent), person: agent.name };
}

/** Who had a conversation in hand before `me`. */
export function holder_before(events: Happened[], me: string | undefined): string | undefined {
  return events.map(holder_after).findLast((holder) => holder !== undefined && holder !== me);
}

function holder_after({ kind, actor_id, data }: Happened): string | undefined {
  if (kind === 'accepted' || kind === 'picked') return actor_id ?? undefined;
  if (kind === 'assigned') return String(data?.['agent']);
  return kind === 'transferred' && data?.['warm'] ? String(data['to_agent']) : undefined;
}
