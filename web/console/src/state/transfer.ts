import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type { Key } from '../i18n';
import { can_take, type Directory } from './directory.svelte';

export interface TransferChoice {
  key: string;
  to: { agent: string } | { queue: string };
  name: string;
  detail: string;
  /** Who is not here or not available stands there, but cannot be chosen. */
  can: boolean;
}

/** Where a conversation may go: queues first, then colleagues, those who can take it before the others. */
export function transfer_choices(
  { queues, agents }: Directory,
  { t, locale }: I18n<Key>,
  queue_now: string | undefined,
  me: string | undefined,
): TransferChoice[] {
  const to_queues = queues
    .filter((queue) => queue.id !== queue_now)
    .map(({ id, name }) => ({ key: `q${id}`, to: { queue: id }, name, detail: t('transfer.queue'), can: true }));
  const to_agents = agents
    .filter((agent) => agent.id !== me)
    .sort((a, b) => Number(can_take(b)) - Number(can_take(a)) || a.name.localeCompare(b.name, locale))
    .map((agent) => {
      const detail = agent.online ? t(`status.${agent.status}`) : t('transfer.offline');
      return { key: `a${agent.id}`, to: { agent: agent.id }, name: agent.name, detail, can: can_take(agent) };
    });
  return [...to_queues, ...to_agents];
}
