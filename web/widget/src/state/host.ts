/** The shop's page around the panel: exactly one window on exactly one origin. */
import type { FromPanel, HostEvents, ToPanel } from '@kefu/shared/bridge.ts';

export class Host {
  readonly #origin: string;
  readonly #window: Window;

  constructor(origin: string, window: Window = parent) {
    this.#origin = origin;
    this.#window = window;
  }

  /** Says hello; the page answers with what the panel must know. */
  greet(hear: (said: ToPanel) => void): void {
    addEventListener('message', (event: MessageEvent<ToPanel>) => {
      if (event.source === this.#window && event.origin === this.#origin) hear(event.data);
    });
    this.tell({ kefu: 'hello' });
  }

  tell(said: FromPanel): void {
    this.#window.postMessage(said, this.#origin);
  }

  emit<N extends keyof HostEvents>(name: N, detail: HostEvents[N]): void {
    this.tell({ kefu: 'event', name, detail } as FromPanel);
  }
}

/** The origin that the loader named, or null when the page was opened in another way. */
export function hostOrigin(hash: string): string | null {
  try {
    const { origin, protocol } = new URL(decodeURIComponent(hash.slice(1)));
    return /^https?:$/.test(protocol) ? origin : null;
  } catch {
    return null;
  }
}
