import type { Line } from './line';

const RENEW_MS = 2500;
const IDLE_MS = 4000;

/** Tells the customer that somebody is writing: renewed while keys fall, taken back when they rest. */
export class Typing {
  #conversation: string | null = null;
  #told_at = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly line: Line) {}

  wrote(conversation: string, now = Date.now()): void {
    if (this.#conversation !== conversation) this.stop();
    if (now - this.#told_at >= RENEW_MS) this.#tell(conversation, true, now);
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.stop(), IDLE_MS);
  }

  stop(): void {
    clearTimeout(this.#idle);
    if (this.#conversation) this.#tell(this.#conversation, false, 0);
    this.#conversation = null;
  }

  #tell(conversation: string, on: boolean, told_at: number): void {
    this.#conversation = conversation;
    this.#told_at = told_at;
    if (this.line.state === 'live') void this.line.ask('typing:set', { conversation, on });
  }
}
