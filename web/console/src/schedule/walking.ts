/** Where the focus goes in the plan, and what keys do to a shift. */
import { combination } from '../lib/keys';
import type { Draft, Planner, Shift } from './records';
import { moved, QUARTER, resized } from './times';

/** A cell without shifts, or one shift in it. */
export interface Stop {
  agent: string;
  day: string;
  id: string | null;
}

export interface Grounds {
  agents: Planner[];
  days: string[];
  of: (agent: string, day: string) => Shift[];
}

const STEPS: Record<string, [across: number, down: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The stop that an arrow key leads to; null where there is none, or for any other key. */
export function walked(grounds: Grounds, from: Stop, event: KeyboardEvent): Stop | null {
  const step = STEPS[event.key];
  if (!step || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return null;
  const [across, down] = step;
  if (down) {
    const at = grounds.agents.findIndex(({ id }) => id === from.agent);
    const agent = grounds.agents[at + down];
    return agent ? first_of(grounds, agent.id, from.day) : null;
  }
  const stops = grounds.days.flatMap((day) => stops_of(grounds, from.agent, day));
  const at = stops.findIndex((one) => one.day === from.day && one.id === from.id);
  return stops[at + across] ?? null;
}

export function first_of(grounds: Grounds, agent: string, day: string): Stop {
  return stops_of(grounds, agent, day)[0] as Stop;
}

function stops_of(grounds: Grounds, agent: string, day: string): Stop[] {
  const shifts = grounds.of(agent, day);
  return shifts.length ? shifts.map(({ id }) => ({ agent, day, id })) : [{ agent, day, id: null }];
}

/** What keys make of a shift: how it is pulled, or how far it goes to another person or day. */
const PULLS: Record<string, (draft: Draft) => Draft> = {
  'shift+ArrowLeft': (draft) => moved(draft, -QUARTER),
  'shift+ArrowRight': (draft) => moved(draft, QUARTER),
  'alt+ArrowLeft': (draft) => resized(draft, 'end', draft.end - QUARTER),
  'alt+ArrowRight': (draft) => resized(draft, 'end', draft.end + QUARTER),
  'alt+shift+ArrowLeft': (draft) => resized(draft, 'start', draft.start - QUARTER),
  'alt+shift+ArrowRight': (draft) => resized(draft, 'start', draft.start + QUARTER),
};
const TO_AGENT: Record<string, number> = { 'shift+ArrowUp': -1, 'shift+ArrowDown': 1 };
const TO_DAY: Record<string, number> = { 'shift+PageUp': -1, 'shift+PageDown': 1 };

/** What a key makes of a shift; null where it makes nothing. */
export function keyed(draft: Draft, event: KeyboardEvent, { agents, days }: Grounds): Draft | null {
  const keys = combination(event);
  const [down, across] = [TO_AGENT[keys], TO_DAY[keys]];
  if (down !== undefined) return { ...draft, agent: agents[agents.findIndex(({ id }) => id === draft.agent) + down]?.id ?? draft.agent };
  if (across !== undefined) return { ...draft, day: days[days.indexOf(draft.day) + across] ?? draft.day };
  return PULLS[keys]?.(draft) ?? null;
}
