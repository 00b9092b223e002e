import { untrack } from 'svelte';
import type { AgentConversation } from '../wire';

/** The conversation as one decides on it: whoever takes it after one looked keeps it, until one asks again. */
export class AsSeen {
  #seen: AgentConversation;

  constructor(private readonly now: () => AgentConversation) {
    this.#seen = untrack(now);
    $effect(() => {
      const heard = this.now();
      if (heard.agent?.id === this.#seen.agent?.id) this.#seen = heard;
    });
  }

  get conversation(): AgentConversation {
    return this.#seen;
  }

  /** One has been told what happened meanwhile: from now on that is what one decides on. */
  again(): void {
    this.#seen = untrack(this.now);
  }
}
