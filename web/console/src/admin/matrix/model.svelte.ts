import { shown } from '../../state/shown';
import type { AgentRecord, SkillRecord } from '../records';

/** The column of capacities; every other column is a skill's id. */
export const CAPACITY = '#capacity';
export const LEVEL_MAX = 5;
export const CAPACITY_MAX = 100;

export interface Edit {
  row: Row;
  column: string;
  value: number;
}

/** One cell as it is to be, and as it was when it was read. */
export interface Change extends Edit {
  was: number;
}

type Values = Readonly<Record<string, number>>;

/** What somebody can and how much they take, as it is stored and as it is drafted. */
export class Row {
  stored = $state.raw<Values>({});
  values = $state.raw<Values>({});
  /** Cells that somebody else has changed since they were read, and what stood there before. */
  contested = $state.raw<ReadonlyMap<string, number>>(new Map());

  constructor(
    readonly agent: AgentRecord,
    /** Only an administrator changes an administrator. */
    readonly is_locked: boolean,
  ) {
    this.stored = values_of(agent.capacity, agent.skills);
    this.values = this.stored;
  }

  get id(): string {
    return this.agent.id;
  }

  /** Whether a new conversation could come to them now, as far as their status goes. */
  get is_here(): boolean {
    return shown(this.agent) === 'available';
  }

  of(column: string): number {
    return this.values[column] ?? 0;
  }

  was(column: string): number {
    return this.stored[column] ?? 0;
  }

  is_changed(column: string): boolean {
    return this.of(column) !== this.was(column);
  }

  /** Whether what somebody else stored would be lost. */
  is_contested(column: string): boolean {
    return this.contested.has(column) && this.is_changed(column);
  }

  contest(column: string, now: number, seen: number): void {
    this.stored = { ...this.stored, [column]: now };
    this.contested = new Map([...this.contested, [column, this.contested.get(column) ?? seen]]);
  }

  /** Whoever begins anew where theirs stands has seen it. */
  begin(column: string): void {
    if (this.is_changed(column) || !this.contested.has(column)) return;
    this.contested = new Map([...this.contested].filter(([one]) => one !== column));
  }

  changes(): Change[] {
    const columns = new Set([...Object.keys(this.stored), ...Object.keys(this.values)]);
    return [...columns]
      .filter((column) => this.is_changed(column))
      .map((column) => ({ row: this, column, value: this.of(column), was: this.was(column) }));
  }
}

interface Level {
  skill: string;
  level: number;
}

/** What the server says after a change, or of a cell that is no longer as it was. */
export interface Saved {
  agent: string;
  capacity: number;
  skills: Level[];
}
export interface Stale {
  agent: string;
  skill: string | null;
  now: number;
}

/** Agents × skills × level: what is stored, and a draft over it that can be undone step by step. */
export class Matrix {
  readonly rows: readonly Row[];
  readonly changes = $derived.by(() => this.rows.flatMap((row) => row.changes()));
  readonly changed_agents = $derived(new Set(this.changes.map(({ row }) => row)).size);
  /** Where somebody else was quicker: `was` is theirs, `value` the draft. Nothing is saved until one of them is chosen. */
  readonly contested = $derived.by(() => this.changes.filter(({ row, column }) => row.is_contested(column)));
  #done = $state.raw<Change[][]>([]);
  #undone = $state.raw<Change[][]>([]);

  constructor(
    agents: readonly AgentRecord[],
    readonly skills: readonly SkillRecord[],
    may_administer: boolean,
  ) {
    const locked = (agent: AgentRecord) => agent.role === 'admin' && !may_administer;
    this.rows = agents.filter((agent) => agent.active).map((agent) => new Row(agent, locked(agent)));
  }

  get can_undo(): boolean {
    return this.#done.length > 0;
  }

  get can_redo(): boolean {
    return this.#undone.length > 0;
  }

  /** Drafts values as one step; what cannot be or is so already is left out. Returns how many cells changed. */
  write(edits: readonly Edit[]): number {
    const step = edits
      .filter(({ row, column, value }) => !row.is_locked && is_possible(column, value) && row.of(column) !== value)
      .map((edit) => ({ ...edit, was: edit.row.of(edit.column) }));
    if (step.length === 0) return 0;
    for (const { row, column } of step) row.begin(column);
    put(step, 'value');
    this.#done = [...this.#done, step];
    this.#undone = [];
    return step.length;
  }

  undo(): number {
    const step = this.#done.at(-1);
    if (!step) return 0;
    this.#done = this.#done.slice(0, -1);
    this.#undone = [...this.#undone, step];
    put(step, 'was');
    return step.length;
  }

  redo(): number {
    const step = this.#undone.at(-1);
    if (!step) return 0;
    this.#undone = this.#undone.slice(0, -1);
    this.#done = [...this.#done, step];
    put(step, 'value');
    return step.length;
  }

  /** Gives up the draft; that can be undone too. */
  discard(): void {
    this.write(this.changes.map(({ row, column, was }) => ({ row, column, value: was })));
  }

  /** What the server is asked to save. */
  patch(): object {
    const levels = this.changes.filter(({ column }) => column !== CAPACITY);
    const rooms = this.changes.filter(({ column }) => column === CAPACITY);
    return {
      changes: levels.map(({ row, column, value, was }) => ({ agent: row.id, skill: column, level: value, was })),
      capacities: rooms.map(({ row, value, was }) => ({ agent: row.id, capacity: value, was })),
    };
  }

  /** Everything was saved: the draft is what is stored. */
  saved(items: readonly Saved[]): void {
    for (const { agent, capacity, skills } of items) {
      const row = this.rows.find(({ id }) => id === agent);
      if (row) row.values = row.stored = values_of(capacity, skills);
    }
    this.#done = [];
    this.#undone = [];
    this.keep_mine();
  }

  /** Somebody else was quicker: what they stored is what is stored; the draft stands over it, marked. */
  stale(items: readonly Stale[]): void {
    for (const { agent, skill, now } of items) {
      const row = this.rows.find(({ id }) => id === agent);
      const column = skill ?? CAPACITY;
      row?.contest(column, now, row.was(column));
    }
  }

  /** Takes what others stored where they were quicker. Undone, it is to be decided again. */
  take_theirs(): void {
    this.write(this.contested.map(({ row, column, was }) => ({ row, column, value: was })));
  }

  /** Lets the draft replace what others stored. */
  keep_mine(): void {
    for (const row of this.rows) if (row.contested.size) row.contested = new Map();
  }

  /** The draft as it can be kept in the browser; what is contested stays so. */
  kept(): [string, string, number, number][] {
    return this.changes.map(({ row, column, value, was }) => [row.id, column, value, row.contested.get(column) ?? was]);
  }

  /** Takes up a draft again; cells that were changed since then are marked. */
  resume(kept: readonly [string, string, number, number][]): void {
    const rows = new Map(this.rows.map((row) => [row.id, row]));
    const known = new Set([CAPACITY, ...this.skills.map(({ id }) => id)]);
    const cells = kept.flatMap(([id, column, value, was]) => {
      const row = rows.get(id);
      return row && known.has(column) ? [{ row, column, value, was }] : [];
    });
    this.write(cells);
    const others = cells.filter(({ row, column, was, value }) => row.was(column) !== was && row.was(column) !== value);
    for (const { row, column, was } of others) row.contest(column, row.was(column), was);
  }
}

/** Whether such a number can stand in such a column. */
export function is_possible(column: string, value: number): boolean {
  if (!Number.isInteger(value)) return false;
  return column === CAPACITY ? value >= 1 && value <= CAPACITY_MAX : value >= 0 && value <= LEVEL_MAX;
}

function put(step: readonly Change[], which: 'value' | 'was'): void {
  const rows = new Map<Row, Record<string, number>>();
  for (const change of step) {
    const values = rows.get(change.row) ?? { ...change.row.values };
    values[change.column] = change[which];
    rows.set(change.row, values);
  }
  for (const [row, values] of rows) row.values = values;
}

function values_of(capacity: number, skills: readonly Level[]): Values {
  return { [CAPACITY]: capacity, ...Object.fromEntries(skills.map(({ skill, level }) => [skill, level])) };
}
