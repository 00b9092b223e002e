/** How a shop talks to its chat: a queue that works before the script has arrived. */
import { who } from './kept';
import { language } from './page';

interface Queue {
  (...command: unknown[]): void;
  q?: unknown[][];
}

declare global {
  interface Window {
    Kefu?: Queue;
  }
}

export function kefu(...command: unknown[]): void {
  if (!window.Kefu) {
    const queue: Queue = (...later) => void (queue.q ??= []).push(later);
    window.Kefu = queue;
  }
  window.Kefu(...command);
}

/** Say who is here, if the shop's server has signed it, and in which language. */
export function introduce(): void {
  kefu('setLocale', language());
  const known = who.read();
  if (known) kefu('setUser', known.identity, known.hash);
}

/** Every button that asks. `data-ask="slug"` lets the agent see what it is about. */
export function listenForQuestions(): void {
  document.addEventListener('click', (event) => {
    const button = (event.target as Element).closest<HTMLElement>('[data-ask]');
    if (!button) return;
    if (button.dataset['ask']) kefu('setAttributes', { asks_about: button.dataset['ask'] });
    kefu('open');
  });
}
