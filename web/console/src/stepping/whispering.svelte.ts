import { fresh } from '@kefu/shared/outbox.svelte.ts';
import type { Actions } from '../state/actions';
import type { Answer } from '../state/line';

/** Says things to an agent alone. What could not be sent stays in the composer; the same words again are a retry. */
export class Whispering {
  is_busy = $state(false);
  #last = { text: '', conversation: '', client_id: '' };

  constructor(private readonly actions: Pick<Actions, 'whisper'>) {}

  async say(conversation: string, text: string): Promise<Answer<unknown>> {
    if (this.#last.text !== text || this.#last.conversation !== conversation) this.#last = { text, conversation, client_id: fresh() };
    this.is_busy = true;
    const answer = await this.actions.whisper(conversation, this.#last.client_id, text);
    this.is_busy = false;
    if (answer.ok) this.#last = { text: '', conversation: '', client_id: '' };
    return answer;
  }
}
