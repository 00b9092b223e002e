import { fresh as fresh_id } from '@kefu/shared/outbox.svelte.ts';
import { Problem } from '../state/api';
import type { Tasks } from '../state/tasks.svelte';
import type { Task } from '../wire';
import { changes, given, type Draft } from './draft';
import { is_to_do } from './times';

/**
 * One form for a new task: sent twice it is made once, and nothing that was written is lost. Where an earlier try was
 * stored, unknown to us, and reads otherwise, whoever wrote it says whether to change that, or to add one more.
 */
export class Making {
  /** What the earlier try made. */
  made = $state.raw<Task | null>(null);
  #client_id = fresh_id();

  constructor(private readonly tasks: Tasks) {}

  add(conversation: string, draft: Draft): Promise<Task> {
    return this.#looking('task_made', () => this.tasks.create({ conversation, ...given(draft), client_id: this.#client_id }));
  }

  add_another(conversation: string, draft: Draft): Promise<Task> {
    this.made = null;
    this.#client_id = fresh_id();
    return this.add(conversation, draft);
  }

  /** Whether what was made can become what is written now: kind and customer of a task stay, and so does what is done. */
  can_change(conversation: string, draft: Draft): boolean {
    return this.made !== null && is_to_do(this.made) && this.made.kind === draft.kind && this.made.conversation === conversation;
  }

  change(draft: Draft): Promise<Task> {
    const made = this.made as Task;
    const changed = changes(made, draft);
    if (!Object.keys(changed).length) return Promise.resolve(made); // an earlier press did it
    return this.#looking('changed', () => this.tasks.change(made, changed));
  }

  /** Does it; refused for this reason, it looks at what there is, so that the form can show it. */
  async #looking(reason: string, act: () => Promise<Task>): Promise<Task> {
    try {
      return await act();
    } catch (thrown) {
      const details = thrown instanceof Problem ? thrown.body.details : undefined;
      if (details?.['reason'] === reason) this.made = await this.tasks.one(this.made?.id ?? String(details['task']));
      throw thrown;
    }
  }
}
