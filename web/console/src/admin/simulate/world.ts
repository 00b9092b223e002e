import type { AgentRecord, QueueRecord, SkillRecord } from '../records';

/** The shop as it is now: what a variant is different from. Only who and what is in use. */
export interface World {
  agents: AgentRecord[];
  skills: SkillRecord[];
  queues: QueueRecord[];
  zone: string;
  /** By id, also of agents and queues that are out of use. */
  names: ReadonlyMap<string, string>;
}

const GONE = '…';

/** What an agent, a skill or a queue is called. */
export const name_of = (world: Pick<World, 'names'>, id: string): string => world.names.get(id) ?? GONE;
