/** What a pointer does to shifts: it draws new ones, moves them, and pulls their ends. */
import type { Plan } from './plan.svelte';
import type { Draft } from './records';
import { moved, QUARTER, resized, snapped } from './times';

type Kind = 'create' | 'move' | 'start' | 'end';

/** Where the pointer is: whose day, and which minute of it. */
export interface Spot {
  agent: string;
  day: string;
  minute: number;
}

interface Held {
  kind: Kind;
  /** The shift; of a new one none yet. */
  id: string | null;
  from: Spot;
  was: Draft | null;
}

/** Pixels that a pointer goes before it is meant: until then it is a click. */
const SLACK = 4;

export class Dragging {
  /** The shift that is being drawn and does not exist yet. */
  drawn = $state.raw<Draft | null>(null);
  held = $state.raw<Held | null>(null);
  is_going = $state(false);
  #x = 0;
  #y = 0;

  constructor(
    private readonly plan: Plan,
    /** Told which shift was drawn. */
    private readonly made: (id: string) => void,
  ) {}

  begin(event: PointerEvent, spot: Spot, id: string | null, edge: 'start' | 'end' | null): void {
    const was = id === null ? null : (this.plan.get(id) ?? null);
    this.held = { kind: edge ?? (id === null ? 'create' : 'move'), id, from: spot, was };
    [this.#x, this.#y, this.is_going] = [event.clientX, event.clientY, false];
  }

  to(event: PointerEvent, spot: Spot | null): void {
    const held = this.held;
    if (!held) return;
    if (!this.is_going && Math.hypot(event.clientX - this.#x, event.clientY - this.#y) < SLACK) return;
    this.is_going = true;
    if (!spot) return;
    if (held.kind === 'create') this.drawn = between(held.from, spot);
    else if (held.id && held.was) this.plan.draft(held.id, pulled(held.kind, held.was, held.from, spot));
  }

  /** Let go; true when something was dragged, so that it is no click. */
  end(): boolean {
    const { held, drawn, is_going } = this;
    [this.held, this.drawn, this.is_going] = [null, null, false];
    if (!is_going) return false;
    if (held?.id) void this.plan.save(held.id);
    else if (drawn) this.made(this.plan.create(drawn));
    return true;
  }

  cancel(): void {
    const { held } = this;
    [this.held, this.drawn, this.is_going] = [null, null, false];
    if (held?.id) this.plan.forget(held.id);
  }
}

/** A new shift on the day where it was begun, in whichever direction it is drawn. */
function between(from: Spot, to: Spot): Draft {
  const [one, other] = [snapped(from.minute), snapped(to.minute)];
  const draft = { agent: from.agent, day: from.day, start: Math.max(0, Math.min(one, other)), end: 0, breaks: [] };
  return resized({ ...draft, end: draft.start + QUARTER }, 'end', Math.max(one, other));
}

function pulled(kind: Exclude<Kind, 'create'>, was: Draft, from: Spot, to: Spot): Draft {
  const by = snapped(to.minute - from.minute);
  if (kind === 'move') return { ...moved(was, by), agent: to.agent, day: to.day };
  return resized(was, kind, was[kind] + by);
}
