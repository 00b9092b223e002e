import { body_of, type Api } from '../state/api';
import type { ErrorBody } from '../wire';
import type { Answers, Review } from './records';

const PAUSE_MS = 700;

/** A review that is being written. It is saved by itself shortly after each change. */
export class Draft {
  answers = $state<Answers>({});
  note = $state('');
  state = $state<'saved' | 'unsaved' | 'saving'>('saved');
  problem = $state.raw<ErrorBody | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #under_way: Promise<boolean> = Promise.resolve(true);
  #edits = 0;

  constructor(
    private readonly api: Api,
    private readonly id: string,
    review: Review,
  ) {
    this.answers = structuredClone(review.answers);
    this.note = review.note;
  }

  /** Something was changed. */
  changed(): void {
    this.#edits += 1;
    this.state = 'unsaved';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), PAUSE_MS);
  }

  /** Saves what is not saved yet, one after the other; true when all of it is. */
  save(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#under_way = this.#under_way.then(() => (this.state === 'saved' ? true : this.#send()));
    return this.#under_way;
  }

  async publish(): Promise<Review | null> {
    if (!(await this.save())) return null;
    try {
      return await this.api.post<Review>(`/reviews/${this.id}/publish`);
    } catch (thrown) {
      this.problem = body_of(thrown);
      return null;
    }
  }

  async #send(): Promise<boolean> {
    const edits = this.#edits;
    this.state = 'saving';
    try {
      await this.api.patch(`/reviews/${this.id}`, { answers: $state.snapshot(this.answers), note: this.note });
      this.problem = null;
      this.state = edits === this.#edits ? 'saved' : 'unsaved';
      return this.state === 'saved' || this.#send();
    } catch (thrown) {
      this.problem = body_of(thrown);
      this.state = 'unsaved';
      return false;
    }
  }
}
