import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type { Key } from '../i18n';
import type { Colleague } from './directory.svelte';
import { shown, type Shown } from './shown';

export interface AssignChoice {
  id: string;
  name: string;
  detail: string;
  /** Who is not here, or has it already, stands there but cannot be chosen. */
  can: boolean;
  in_hand: number;
  capacity: number;
  status: Shown;
  /** It would be more than they have places for. */
  over: boolean;
}

/** To whom a supervisor may give a conversation: who is available and has room first, then who is here with room, then who has none, then who is not here. */
export function assign_choices(agents: Colleague[], { t, locale }: I18n<Key>, holder: string | undefined, units = 1): AssignChoice[] {
  return agents
    .map((agent) => {
      const { id, name, capacity, in_hand = 0, online } = agent;
      const status = shown(agent);
      const load = t('assign.load', { in_hand, capacity });
      const state = t(id === holder ? 'assign.has_it' : `status.${status}`);
      return { id, name, capacity, in_hand, status, detail: `${state} · ${load}`, can: online && id !== holder, over: in_hand + units > capacity };
    })
    .sort((a, b) => rank(a) - rank(b) || a.in_hand - b.in_hand || a.name.localeCompare(b.name, locale));
}

function rank({ can, over, status }: AssignChoice): number {
  if (!can) return 3;
  return over ? 2 : Number(status !== 'available');
}
