import { fresh } from '@kefu/shared/outbox.svelte.ts';
import type { Actions } from '../state/actions';
import type { Answer } from '../state/line';

/** Says things to an agent alone. What could not be sent stays in the composer; the same words again are a retry. */
export class Whispering {
  is_busy = $state(false);
  #last = { text: '', conversation: '', to: '', client_id: '' };

  constructor(private readonly actions: Pick<Actions, 'whisper'>) {}

  /** `to` is whom it is meant for: who has it by the time it arrives may be somebody else. */
  async say(conversation: string, text: string, to: string): Promise<Answer<unknown>> {
    const last = this.#last;
    if (last.text !== text || last.conversation !== conversation || last.to !== to) this.#last = { text, conversation, to, client_id: fresh() };
    this.is_busy = true;
    const answer = await this.actions.whisper(conversation, this.#last.client_id, text, to);
    this.is_busy = false;
    if (answer.ok) this.#last = { text: '', conversation: '', to: '', client_id: '' };
    return answer;
  }
}
