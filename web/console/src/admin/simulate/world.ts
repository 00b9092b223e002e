import type { AgentRecord, QueueRecord, SkillRecord } from '../records';

/** The shop as it is now: what a variant is different from. */
export interface World {
  agents: AgentRecord[];
  skills: SkillRecord[];
  queues: QueueRecord[];
  zone: string;
}

const GONE = '…';
const named = (all: { id: string; name: string }[], id: string) => all.find((one) => one.id === id)?.name ?? GONE;

export const agent_name = (world: World, id: string) => named(world.agents, id);
export const skill_name = (world: World, id: string) => named(world.skills, id);
export const queue_name = (world: World, id: string) => named(world.queues, id);
