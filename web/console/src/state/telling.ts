import { customer_name } from '../lib/customer';
import type { AgentConversation, ErrorBody } from '../wire';
import type { App } from './app.svelte';
import { explain } from './words';

/** Says that something was not done with a conversation, wherever one looks by now. */
export function tell_failure(app: App, { id, visitor }: AgentConversation, error: ErrorBody): void {
  app.notices.say('pane.not_done', { name: customer_name(app, visitor), why: explain(app.words, error) }, 'warning', id);
}
