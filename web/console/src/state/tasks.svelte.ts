import { SvelteMap } from 'svelte/reactivity';
import { is_overdue, is_to_do } from '../tasks/times';
import type { Task } from '../wire';
import type { Api } from './api';

export interface TaskItems {
  items: Task[];
  overdue: number;
  next?: string;
}

export interface NewTask {
  conversation: string;
  kind: Task['kind'];
  text: string;
  due_at: string;
  assignee: string | null;
  queue: string | null;
  /** Asked for again, it is the same task; asked for otherwise, it is refused. */
  client_id: string;
}

type Changes = Partial<Omit<NewTask, 'conversation' | 'kind' | 'client_id'>>;

/** What is to be done later, as far as this page knows: what is ours, and what belongs to conversations that were shown. */
export class Tasks {
  #known = new SvelteMap<string, Task>();
  /** What was told last, for lists that are open. */
  news = $state.raw<Task | null>(null);
  failed = $state(false);

  constructor(
    private readonly api: Api,
    private readonly me: string,
  ) {}

  readonly mine = $derived([...this.#known.values()].filter((task) => is_to_do(task) && this.is_mine(task)));

  overdue(now_ms: number): number {
    return this.mine.filter((task) => is_overdue(task, now_ms)).length;
  }

  /** Assigned to us, or made by us for whoever can. */
  is_mine(task: Task): boolean {
    return task.assignee ? task.assignee.id === this.me : task.created_by.id === this.me;
  }

  /** What is to be done for, or in, a conversation; what is due first at the top. */
  of(conversation: string): Task[] {
    return [...this.#known.values()]
      .filter((task) => is_to_do(task) && (task.conversation === conversation || task.due_conversation === conversation))
      .sort((a, b) => Date.parse(a.due_at) - Date.parse(b.due_at));
  }

  knows(id: string): boolean {
    return this.#known.has(id);
  }

  /** Takes what is newer than what is known. */
  heard(task: Task): void {
    const old = this.#known.get(task.id);
    if (old && old.version > task.version) return;
    this.#known.set(task.id, task);
    this.news = task;
  }

  /** What is ours is read anew with every session: something may have been missed. */
  async load(): Promise<void> {
    const items = await this.#read({ whose: 'mine', limit: 200 });
    if (!items) return;
    const ids = new Set(items.map(({ id }) => id));
    for (const old of this.mine) if (!ids.has(old.id)) this.#known.delete(old.id);
  }

  async load_of(conversation: string): Promise<void> {
    await this.#read({ conversation });
  }

  page(query: Record<string, string | number | null>): Promise<TaskItems> {
    return this.api.get<TaskItems>('/tasks', query);
  }

  one(id: string): Promise<Task> {
    return this.#kept(this.api.get<Task>(`/tasks/${id}`));
  }

  create(task: NewTask): Promise<Task> {
    return this.#kept(this.api.post<Task>('/tasks', task));
  }

  change({ id, version }: Task, changes: Changes): Promise<Task> {
    return this.#kept(this.api.patch<Task>(`/tasks/${id}`, { version, ...changes }));
  }

  end({ id, version }: Task, state: 'done' | 'cancelled', outcome = ''): Promise<Task> {
    return this.#kept(this.api.post<Task>(`/tasks/${id}/end`, { version, state, ...(outcome.trim() && { outcome }) }));
  }

  async #kept(asked: Promise<Task>): Promise<Task> {
    const task = await asked;
    this.heard(task);
    return task;
  }

  async #read(query: Record<string, string | number>): Promise<Task[] | null> {
    try {
      const { items } = await this.page(query);
      for (const task of items) this.#put(task);
      this.failed = false;
      return items;
    } catch {
      this.failed = true;
      return null;
    }
  }

  #put(task: Task): void {
    const old = this.#known.get(task.id);
    if (!old || old.version <= task.version) this.#known.set(task.id, task);
  }
}
