import { Problem, type Api } from '../state/api';
import type { ErrorBody } from '../wire';
import type { Copied, Draft, Shift, WeekNeed, WeekPlan } from './records';
import { is_same, plain } from './times';

/** What has been done last, and what takes it back. */
interface Step {
  back: () => Promise<unknown>;
}

const KEPT_STEPS = 50;
const NEED_AFTER_MS = 150;
/** So many shifts are taken out at once. */
const AT_ONCE = 1_000;

/** One week as a supervisor plans it: shown at once, saved behind, put back where it is refused. */
export class Plan {
  week = $state.raw<WeekPlan | null>(null);
  need = $state.raw<WeekNeed | null>(null);
  /** What is shown; ahead of the server while something is being saved or dragged. */
  shifts = $state.raw<Shift[]>([]);
  problem = $state.raw<ErrorBody | null>(null);
  is_saving = $state(false);
  /** Another week is on its way: what is shown is not yet what was asked for. */
  is_loading = $state(false);
  #steps = $state.raw<Step[]>([]);
  /** Saves what keys have changed and nobody has saved yet. */
  flush: () => void = () => undefined;
  /** As the server has them. */
  readonly stored = new Map<string, Shift>();
  /** The versions that were seen, also of shifts of other weeks. */
  readonly #seen = new Map<string, number>();
  /** Ids that the page made up → those that the server gave. */
  readonly #given = new Map<string, string>();
  readonly #made_up = new Map<string, string>();
  #line: Promise<unknown> = Promise.resolve();
  #in_line = 0;
  /** How often something was read anew because others were quicker. */
  #epoch = 0;
  #next = 1;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly api: Api,
    /** Told of what was refused. */
    private readonly refused: (error: ErrorBody) => void,
  ) {}

  get can_undo(): boolean {
    return this.#steps.length > 0;
  }

  get(id: string): Shift | undefined {
    return this.shifts.find((one) => one.id === this.id(id));
  }

  /** What does not change about a shift when the server gives it an id, or another one. */
  key({ id }: Pick<Shift, 'id'>): string {
    return this.#made_up.get(id) ?? id;
  }

  /** What a shift is called by now. */
  id(id: string): string {
    return this.#given.get(id) ?? id;
  }

  /** Reads a week, once what was done to the one before is saved. */
  async load(day: string | null): Promise<void> {
    await this.#settled();
    await this.#read(day);
  }

  async #read(day: string | null): Promise<void> {
    const mine = ++this.#asked;
    this.is_loading = true;
    try {
      const week = await this.api.get<WeekPlan>('/schedule', { day });
      if (mine !== this.#asked) return;
      this.#take(week);
    } catch (thrown) {
      if (mine === this.#asked) this.problem = body_of(thrown);
      return;
    } finally {
      if (mine === this.#asked) this.is_loading = false;
    }
    await this.#look();
  }

  /** Shows a shift otherwise, without saving it yet. */
  draft(id: string, draft: Draft): void {
    const real = this.id(id);
    this.shifts = this.shifts.map((one) => (one.id === real ? { ...one, ...plain(draft) } : one));
  }

  /** Shows it as it is stored. */
  forget(id: string): void {
    const stored = this.stored.get(this.id(id));
    if (stored) this.draft(id, stored);
  }

  /** Saves what is shown of a shift. */
  async save(id: string): Promise<boolean> {
    const [shown, before] = [this.get(id), this.stored.get(this.id(id))];
    if (!shown || !before || is_same(shown, before)) return true;
    const key = this.key(shown);
    return this.#change(key, plain(shown), () => this.#change(key, plain(before)));
  }

  /** Plans somebody; returns the id by which the page knows the shift. */
  create(draft: Draft): string {
    const id = `new-${this.#next++}`;
    void this.#create(id, draft, () => this.#remove(id));
    return id;
  }

  async remove(id: string): Promise<boolean> {
    const before = this.get(id);
    if (!before) return true;
    const key = this.key(before);
    return this.#remove(key, () => this.#create(key, plain(before)));
  }

  /** Plans this week as the one before; what could not be is in the answer. */
  async copy(): Promise<Copied | null> {
    await this.#settled();
    const day = this.week?.first;
    if (!day) return null;
    let copied: Copied | null = null;
    await this.#do(
      async () => {
        copied = await this.api.post<Copied>('/schedule/copy', { day });
        const made: Copied = copied;
        for (const shift of made.shifts) this.#keep(shift);
        if (made.shifts.length) this.#push(() => this.#take_back(made.shifts));
      },
      () => undefined,
    );
    return copied;
  }

  async undo(): Promise<void> {
    await this.#settled();
    const step = this.#steps.at(-1);
    if (!step) return;
    this.#steps = this.#steps.slice(0, -1);
    await step.back();
  }

  /** After something was decided that may have changed the plan. */
  async again(): Promise<void> {
    await this.load(this.week?.first ?? null);
  }

  #create(id: string, draft: Draft, back?: () => Promise<unknown>): Promise<boolean> {
    this.#given.delete(id); // of one that was taken out before
    const shown: Shift = { ...plain(draft), id, worked_min: 0, version: 0 };
    this.shifts = [...this.shifts, shown];
    return this.#do(
      async () => {
        const made = await this.api.post<Shift>('/shifts', plain(draft));
        this.#given.set(id, made.id);
        this.#made_up.set(made.id, id);
        // It may have been dragged on while it was being made: what is shown stays.
        const now = this.shifts.find((one) => one.id === id);
        // In its place, so that whoever has the focus on it keeps it.
        this.shifts = this.shifts.map((one) => (one.id === id ? made : one));
        this.#keep(made);
        if (now && !is_same(now, made)) this.draft(made.id, now);
        if (back) this.#push(back);
      },
      () => (this.shifts = this.shifts.filter((one) => one.id !== id)),
    );
  }

  #change(id: string, draft: Draft, back?: () => Promise<unknown>): Promise<boolean> {
    this.draft(id, draft);
    return this.#do(
      async () => {
        const real = this.id(id);
        const seen = this.#seen.get(real) ?? null;
        const made = await this.api.patch<Shift>(`/shifts/${real}`, { ...draft, seen });
        const now = this.get(real);
        this.#keep(made);
        if (now && !is_same(now, draft)) this.draft(real, now); // it was moved on meanwhile
        if (back) this.#push(back);
      },
      () => this.forget(id),
    );
  }

  #remove(id: string, back?: () => Promise<unknown>): Promise<boolean> {
    const shown = this.get(id);
    this.shifts = this.shifts.filter((one) => one !== shown);
    return this.#do(
      async () => {
        const real = this.id(id);
        await this.api.delete(`/shifts/${real}`, { seen: this.#seen.get(real) ?? null });
        this.stored.delete(real);
        this.shifts = this.shifts.filter((one) => one.id !== real);
        if (back) this.#push(back);
      },
      () => shown && this.#keep(this.stored.get(shown.id) ?? shown),
    );
  }

  #take_back(made: Shift[]): Promise<boolean> {
    const ids = new Set(made.map(({ id }) => id));
    const were = this.shifts.filter((one) => ids.has(one.id));
    this.shifts = this.shifts.filter((one) => !ids.has(one.id));
    return this.#do(
      async () => {
        const shifts = were.map(({ id, version }) => ({ id, version }));
        let left = shifts.length;
        for (let from = 0; from < shifts.length; from += AT_ONCE) {
          const some = shifts.slice(from, from + AT_ONCE);
          left -= (await this.api.post<{ count: number }>('/shifts/remove', { shifts: some })).count;
        }
        if (left > 0) await this.#read(this.week?.first ?? null); // somebody has changed some since
      },
      () => (this.shifts = [...this.shifts, ...were]),
    );
  }

  async #settled(): Promise<void> {
    this.flush();
    await this.#line;
  }

  /**
   * One after the other; what is refused is put back, told, and where others were quicker read anew.
   * What was waiting behind that was done to a plan that is no more: it is put back as well.
   */
  #do(act: () => Promise<void>, put_back: () => unknown): Promise<boolean> {
    const epoch = this.#epoch;
    this.#in_line += 1;
    this.is_saving = true;
    const done = this.#line.then(async () => {
      try {
        if (epoch !== this.#epoch) {
          put_back();
          return false;
        }
        await act();
        this.#look_soon();
        return true;
      } catch (thrown) {
        const error = body_of(thrown);
        put_back();
        this.refused(error);
        if (error.code === 'not_found' || error.details?.['reason'] === 'changed') {
          this.#epoch += 1;
          await this.#read(this.week?.first ?? null);
        }
        return false;
      } finally {
        this.#in_line -= 1;
        this.is_saving = this.#in_line > 0;
      }
    });
    this.#line = done;
    return done;
  }

  #keep(shift: Shift): void {
    this.stored.set(shift.id, shift);
    this.#seen.set(shift.id, shift.version);
    if (!this.#is_shown(shift)) this.shifts = this.shifts.filter((one) => one.id !== shift.id);
    else if (this.shifts.some((one) => one.id === shift.id)) this.shifts = this.shifts.map((one) => (one.id === shift.id ? shift : one));
    else this.shifts = [...this.shifts, shift];
  }

  #is_shown(shift: Shift): boolean {
    const first = this.week?.first ?? '';
    return shift.day >= first && Date.parse(shift.day) < Date.parse(first) + 7 * 86_400_000;
  }

  #take(week: WeekPlan): void {
    if (week.first !== this.week?.first) this.#steps = [];
    this.stored.clear();
    for (const shift of week.shifts) {
      this.stored.set(shift.id, shift);
      this.#seen.set(shift.id, shift.version);
    }
    [this.week, this.shifts, this.problem] = [week, week.shifts, null];
  }

  #push(back: () => Promise<unknown>): void {
    this.#steps = [...this.#steps.slice(1 - KEPT_STEPS), { back }];
  }

  #look_soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), NEED_AFTER_MS);
  }

  async #look(): Promise<void> {
    const day = this.week?.first;
    if (!day) return;
    const need = await this.api.get<WeekNeed>('/schedule/need', { day }).catch(() => null);
    if (this.week?.first === day) this.need = need ?? this.need;
  }
}

function body_of(thrown: unknown): ErrorBody {
  return thrown instanceof Problem ? thrown.body : { code: 'internal', message: String(thrown), retryable: false };
}
