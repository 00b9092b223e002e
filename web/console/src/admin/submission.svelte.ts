import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type { Key } from '../i18n';
import { body_of } from '../state/api';
import { explain } from '../state/words';
import type { ErrorBody } from '../wire';

/** One form being saved: whether it is busy, whether it was saved, and what is wrong with which field. */
export class Submission {
  is_busy = $state(false);
  is_saved = $state(false);
  /** What is wrong with the whole, or with a field that the form does not show. */
  problem = $state('');
  /** The field at fault as the server named it, for forms that show more of it than one control. */
  path = $state('');
  #fields = $state.raw<Record<string, string>>({});

  constructor(
    private readonly words: I18n<Key>,
    private readonly shown: readonly string[],
  ) {}

  /** What is wrong with a field, in words; empty when nothing is. */
  of(field: string): string {
    return this.#fields[field] ?? '';
  }

  /** Which row of a list is wrong, where the server says so; null when none, or all. */
  row_of(field: string): number | null {
    const [named, row = ''] = this.path.split(/[.[\]]/);
    return this.of(field) && named === field && /^\d+$/.test(row) ? Number(row) : null;
  }

  /** Runs `save`; true when it worked. What was typed stays either way. */
  async run(save: () => Promise<unknown>): Promise<boolean> {
    if (this.is_busy) return false;
    this.is_busy = true;
    this.clear();
    try {
      await save();
      this.is_saved = true;
    } catch (thrown) {
      this.#tell(body_of(thrown));
    }
    this.is_busy = false;
    return this.is_saved;
  }

  clear(): void {
    this.is_saved = false;
    this.problem = '';
    this.#fields = {};
    this.path = '';
  }

  #tell(error: ErrorBody): void {
    const path = (error.field ?? '').replace(/^\$\.?/, '');
    const field = path.split(/[.[]/)[0] ?? '';
    if (!this.shown.includes(field)) {
      this.problem = explain(this.words, error);
      return;
    }
    this.path = path;
    this.#fields = { [field]: this.#sentence(field, error) };
    queueMicrotask(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  }

  #sentence(field: string, error: ErrorBody): string {
    const reason = error.details?.['reason'];
    const is_taken = reason === 'taken';
    if (!is_taken && reason && this.words.has(`refusal.${reason}`)) return explain(this.words, error);
    const key = is_taken ? `taken.${field}` : `invalid.${field}`;
    if (this.words.has(key)) return this.words.t(key);
    return error.message || this.words.t('invalid.any');
  }
}
