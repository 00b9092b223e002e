import type { Kept } from './kept';

export interface Choices {
  theme: 'system' | 'light' | 'dark';
  language: 'system' | 'en' | 'zh';
  density: 'comfortable' | 'compact';
  send_with: 'enter' | 'mod_enter';
  sound: boolean;
  notify: boolean;
}

const AT_FIRST: Choices = {
  theme: 'system',
  language: 'system',
  density: 'comfortable',
  send_with: 'enter',
  sound: true,
  notify: false,
};

/** What an agent chose for this browser. */
export class Preferences {
  #choices = $state<Choices>(AT_FIRST);

  constructor(private readonly kept: Kept) {
    this.#choices = { ...AT_FIRST, ...kept.get<Partial<Choices>>('choices') };
  }

  get<K extends keyof Choices>(key: K): Choices[K] {
    return this.#choices[key];
  }

  set<K extends keyof Choices>(key: K, value: Choices[K]): void {
    this.#choices = { ...this.#choices, [key]: value };
    this.kept.set('choices', this.#choices);
  }
}
