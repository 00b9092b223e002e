/** Why a command was refused, or that nobody answered. */
import type { ErrorBody } from './protocol.gen.ts';

export class Refusal extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly field: string | null;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;

  constructor(body: ErrorBody) {
    super(body.message);
    this.name = 'Refusal';
    this.code = body.code;
    this.retryable = body.retryable;
    this.field = body.field ?? null;
    this.details = body.details ?? {};
  }

  /** The machine-readable reason of a conflict, such as `already_taken`. */
  get reason(): string | null {
    const reason = this.details['reason'];
    return typeof reason === 'string' ? reason : null;
  }
}

export const timedOut = (): Refusal =>
  new Refusal({ code: 'timeout', message: 'No answer came in time.', retryable: true });

export const offline = (): Refusal =>
  new Refusal({ code: 'offline', message: 'There is no connection.', retryable: true });

/** Turns whatever was thrown into something that can be shown and decided upon. */
export function asRefusal(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown;
  return new Refusal({ code: 'internal', message: String(thrown), retryable: false });
}
