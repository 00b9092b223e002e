/** The grid of people and days: where the focus is, and what keys and the pointer do there. */
import { tick } from 'svelte';
import { combination } from '../lib/keys';
import { Dragging, type Spot } from './dragging.svelte';
import type { Plan } from './plan.svelte';
import type { Planner, Shift, Span, TimeOff } from './records';
import { carried, is_open, standing_in, type Standing } from './happening';
import { grouped, usual } from './times';
import { first_of, keyed, walked, type Stop } from './walking';

const SAVED_AFTER_MS = 700;
const EDGE_PX = 7;
const LATEST = 1_425;

/** Which days are shown, from which minute to which; and what time it is. */
interface Shown {
  days: string[];
  span: Span;
  now: number;
}

export class Board {
  root = $state.raw<HTMLElement | null>(null);
  readonly dragging: Dragging;
  readonly #by_cell = $derived.by(() => grouped([...this.plan.shifts].sort((a, b) => a.start - b.start), ({ agent, day }) => `${agent} ${day}`));
  readonly #tabbed = $derived.by(() => this.#first_stop());
  #stop = $state.raw<Stop | null>(null);
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #unsaved: string | null = null;

  constructor(
    private readonly plan: Plan,
    private readonly shown: () => Shown,
  ) {
    plan.flush = () => this.save();
    this.dragging = new Dragging(plan, (id) => void this.go(this.#stop_of(id)));
  }

  get agents(): Planner[] {
    return this.plan.week?.agents ?? [];
  }

  /** The shifts of somebody on a day. */
  readonly of = (agent: string, day: string): Shift[] => this.#by_cell.get(`${agent} ${day}`) ?? [];

  /** What goes on into a day from the day before. */
  carried(agent: string, day: string): { shift: Shift; end: number }[] {
    const { week } = this.plan;
    if (day === week?.first) return carried((week.carried ?? []).filter((one) => one.agent === agent));
    return carried(this.of(agent, day_before(day)));
  }

  standing(id: string): Standing {
    return standing_in(this.plan, id, this.shown().now);
  }

  open(day: string): Span[] {
    const { week } = this.plan;
    return week?.open[Math.round((Date.parse(day) - Date.parse(week.first)) / 86_400_000)] ?? [];
  }

  off(agent: string, day: string): TimeOff | undefined {
    return this.plan.week?.time_off.find((one) => one.agent.id === agent && one.first <= day && day <= one.last);
  }

  worked(agent: string): number {
    const own = this.plan.shifts.filter((one) => one.agent === agent);
    return own.reduce((sum, one) => sum + (one.worked_min || one.end - one.start), 0);
  }

  /** Whether Tab leads to it: to one place in the whole grid. */
  is_stop(agent: string, day: string, id: string | null): boolean {
    const tabbed = this.#tabbed;
    return tabbed?.agent === agent && tabbed.day === day && (tabbed.id === null ? null : this.plan.id(tabbed.id)) === id;
  }

  stand(agent: string, day: string, id: string | null): void {
    this.#stop = { agent, day, id };
  }

  /** Puts the focus on a cell or a shift. */
  async go(to: Stop): Promise<void> {
    this.#stop = to;
    await tick();
    const cell = this.#cell(to.agent, to.day);
    const target = to.id === null ? cell : cell?.querySelector(`[data-shift="${this.plan.id(to.id)}"]`);
    if (target instanceof HTMLElement) target.focus();
  }

  /** Saves what keys have done, now rather than in a moment. */
  save(): void {
    clearTimeout(this.#waiting);
    if (this.#unsaved !== null) void this.plan.save(this.#unsaved);
    this.#unsaved = null;
  }

  on_shift(event: KeyboardEvent, shift: Shift): void {
    const { agent, day, id } = shift;
    const state = this.standing(id);
    const draft = keyed(shift, event, this.#grounds);
    if (draft && !is_open(state, shift, draft)) event.preventDefault();
    else if (draft) {
      event.preventDefault();
      if (this.#unsaved !== null && this.#unsaved !== id) this.save();
      this.plan.draft(id, draft);
      this.#unsaved = id;
      clearTimeout(this.#waiting);
      this.#waiting = setTimeout(() => this.save(), SAVED_AFTER_MS);
      if (draft.agent !== agent || draft.day !== day) void this.go({ agent: draft.agent, day: draft.day, id });
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      if (state !== 'coming') return;
      this.save();
      void this.plan.remove(id);
      void this.go(first_of(this.#grounds, agent, day));
    } else this.on_cell(event, { agent, day, id });
  }

  on_cell(event: KeyboardEvent, here: Stop): void {
    const to = walked(this.#grounds, here, event);
    const keys = combination(event);
    if (to) {
      event.preventDefault();
      this.save();
      void this.go(to);
    } else if (keys === 'KeyN' || (keys === 'Enter' && here.id === null)) {
      event.preventDefault();
      this.#create(here.agent, here.day);
    }
  }

  down(event: PointerEvent): void {
    // A finger scrolls; it taps where a pointer drags.
    if (event.button !== 0 || event.pointerType === 'touch' || !(event.target instanceof Element)) return;
    const from = this.#spot(event, event.target.closest('[data-agent]'));
    if (!from) return;
    this.save();
    if (event.target.closest('[data-carried]')) return; // it is dragged on its own day
    const bar = event.target.closest<HTMLElement>('[data-shift]');
    const [id, edge] = [bar?.dataset['shift'] ?? null, bar && edge_of(event, bar)];
    if (this.#may_drag(id, edge)) this.dragging.begin(event, from, id, edge);
  }

  move(event: PointerEvent): void {
    const { held } = this.dragging;
    if (!held) return;
    const under = document.elementsFromPoint(event.clientX, event.clientY).find((one) => one.matches('[data-agent]'));
    this.dragging.to(event, this.#spot(event, held.kind === 'move' ? under : this.#cell(held.from.agent, held.from.day)));
    if (this.dragging.is_going && !this.root?.hasPointerCapture(event.pointerId)) this.root?.setPointerCapture(event.pointerId);
  }

  up(): void {
    const { held } = this.dragging;
    if (this.dragging.end() && held?.id) void this.go(this.#stop_of(held.id));
  }

  get #grounds() {
    return { agents: this.agents, days: this.shown().days, of: this.of };
  }

  /** Of what runs only the end is pulled, of what is over nothing. */
  #may_drag(id: string | null, edge: 'start' | 'end' | null): boolean {
    const state = id === null ? 'coming' : this.standing(id);
    return state === 'coming' || (state === 'runs' && edge === 'end');
  }

  #cell(agent: string, day: string): Element | null {
    return this.root?.querySelector(`[data-agent="${agent}"][data-day="${day}"]`) ?? null;
  }

  #stop_of(id: string): Stop {
    const shift = this.plan.get(id);
    return { agent: shift?.agent ?? '', day: shift?.day ?? '', id };
  }

  #first_stop(): Stop | null {
    const stop = this.#stop;
    if (stop && this.#is_there(stop)) return stop;
    const [agent, day] = [this.agents[0], this.shown().days[0]];
    return agent && day ? first_of(this.#grounds, agent.id, day) : null;
  }

  #is_there({ agent, day, id }: Stop): boolean {
    const shifts = this.of(agent, day);
    if (!this.shown().days.includes(day) || !this.agents.some((one) => one.id === agent)) return false;
    return id === null ? shifts.length === 0 : shifts.some((one) => one.id === this.plan.id(id));
  }

  /** A usual shift, or one behind those of the day that are there. */
  #create(agent: string, day: string): void {
    const before = this.of(agent, day).at(-1);
    const start = Math.min(before?.end ?? 0, LATEST);
    const times = before ? { start, end: start + 120, breaks: [] } : usual(this.open(day));
    void this.go({ agent, day, id: this.plan.create({ agent, day, ...times }) });
  }

  #spot(event: PointerEvent, cell: Element | null | undefined): Spot | null {
    const { agent, day } = (cell as HTMLElement | null | undefined)?.dataset ?? {};
    if (!cell || !agent || !day) return null;
    const { left, width } = cell.getBoundingClientRect();
    const [from, to] = this.shown().span;
    return { agent, day, minute: from + ((event.clientX - left) / width) * (to - from) };
  }
}

function day_before(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
}

/** By where it is, not by what is under it: not all browsers tell what is inside of a button. */
function edge_of(event: PointerEvent, bar: HTMLElement): 'start' | 'end' | null {
  const { left, right, width } = bar.getBoundingClientRect();
  const reach = Math.min(EDGE_PX, 0.3 * width);
  if (event.clientX - left < reach) return 'start';
  return right - event.clientX < reach ? 'end' : null;
}
