import type { Tasks } from '../state/tasks.svelte';
import type { Task } from '../wire';
import { is_to_do } from './times';

export type Which = 'to_do' | 'ended';
export type Whose = 'mine' | 'everybody';

/** One list of tasks: read page by page, and kept by what is told meanwhile. */
export class TaskList {
  which = $state<Which>('to_do');
  whose = $state<Whose>('mine');
  state = $state<'loading' | 'idle' | 'failed'>('loading');
  #items = $state.raw<Task[]>([]);
  #next = $state<string | null>(null);
  #round = 0;

  constructor(
    private readonly tasks: Tasks,
    private readonly concerns: (task: Task) => boolean,
  ) {}

  readonly items = $derived([...this.#items].sort((a, b) => this.#order(a, b)));

  get has_more(): boolean {
    return this.#next !== null;
  }

  async load(): Promise<void> {
    this.state = 'loading';
    this.#items = [];
    await this.#fetch(null);
  }

  async load_more(): Promise<void> {
    if (this.#next) await this.#fetch(this.#next);
  }

  /** What was told belongs to the list, or no longer does. */
  heard(task: Task): void {
    const others = this.#items.filter(({ id }) => id !== task.id);
    this.#items = this.#belongs(task) ? [...others, task] : others;
  }

  #belongs(task: Task): boolean {
    if (is_to_do(task) !== (this.which === 'to_do')) return false;
    return this.whose === 'mine' ? this.tasks.is_mine(task) : this.concerns(task);
  }

  #order(a: Task, b: Task): number {
    if (this.which === 'to_do') return Date.parse(a.due_at) - Date.parse(b.due_at) || a.id.localeCompare(b.id);
    return Date.parse(b.done_at ?? '') - Date.parse(a.done_at ?? '') || b.id.localeCompare(a.id);
  }

  async #fetch(after: string | null): Promise<void> {
    const round = ++this.#round;
    try {
      const { items, next } = await this.tasks.page({ which: this.which, whose: this.whose, after, limit: 100 });
      if (round !== this.#round) return;
      const ids = new Set(items.map(({ id }) => id));
      this.#items = [...this.#items.filter(({ id }) => !ids.has(id)), ...items];
      this.#next = next ?? null;
      this.state = 'idle';
    } catch {
      if (round === this.#round) this.state = 'failed';
    }
  }
}
