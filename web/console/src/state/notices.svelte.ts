import type { Key, Values } from '../i18n';

export interface Notice {
  id: number;
  tone: 'plain' | 'good' | 'warning';
  key: Key;
  values: Values;
  at: number;
  /** The conversation that it is about, where one may want to look at it. */
  conversation: string | null;
}

const SHOWN_MS = 7000;
/** What was said so shortly before the page changed belongs to the change. */
const FRESH_MS = 1000;

/** Short words about something that happened elsewhere; they leave by themselves. */
export class Notices {
  all = $state.raw<Notice[]>([]);
  #next = 1;

  say(key: Key, values: Values = {}, tone: Notice['tone'] = 'plain', conversation: string | null = null): void {
    const id = this.#next++;
    this.all = [...this.all.slice(-2), { id, tone, key, values, conversation, at: Date.now() }];
    setTimeout(() => this.dismiss(id), SHOWN_MS);
  }

  /** One goes to another page: what was said about this one has been read, or is of no use there. */
  leave(): void {
    this.all = this.all.filter(({ at }) => Date.now() - at < FRESH_MS);
  }

  dismiss(id: number): void {
    this.all = this.all.filter((n) => n.id !== id);
  }
}
