import type { ErrorBody } from '../wire';

/** A refusal of the REST API: problem+json as the same body that sockets answer with. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly body: ErrorBody,
  ) {
    super(body.message);
  }
}

/** What is known of whatever was thrown. */
export function body_of(thrown: unknown): ErrorBody {
  return thrown instanceof Problem ? thrown.body : { code: 'internal', message: String(thrown), retryable: false };
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

/** The REST API of the node that served this page. The session is a cookie that scripts cannot read. */
export class Api {
  /** Called when a request finds out that nobody is signed in any more. */
  signed_out: () => void = () => undefined;
  /** Called with the server's clock, whenever it answers. */
  heard_time: (date: string) => void = () => undefined;

  constructor(
    private readonly base = '/api/v1',
    private readonly send: typeof fetch = (...request) => fetch(...request),
  ) {}

  get<T>(path: string, query: Record<string, string | number | null | undefined> = {}): Promise<T> {
    const asked = Object.entries(query).filter(([, v]) => v !== null && v !== undefined && v !== '');
    const text = new URLSearchParams(asked.map(([k, v]) => [k, String(v)])).toString();
    return this.#ask('GET', text ? `${path}?${text}` : path);
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.#ask('POST', path, body);
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.#ask('PATCH', path, body);
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.#ask('PUT', path, body);
  }

  delete(path: string, body?: object): Promise<unknown> {
    return this.#ask('DELETE', path, body);
  }

  async #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.#reach(method, path, body);
    const date = response.headers.get('date');
    if (date) this.heard_time(date);
    if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
    const problem = new Problem(response.status, await read_problem(response));
    if (response.status === 401 && !path.startsWith('/sessions')) this.signed_out();
    throw problem;
  }

  async #reach(method: string, path: string, body?: unknown): Promise<Response> {
    try {
      return await this.send(this.base + path, {
        method,
        credentials: 'same-origin',
        signal: AbortSignal.timeout(15_000),
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch {
      throw new Problem(0, { code: 'unreachable', message: '', retryable: true });
    }
  }
}

async function read_problem(response: Response): Promise<ErrorBody> {
  const fallback = { code: response.status >= 500 ? 'internal' : 'invalid', retryable: response.status >= 500 };
  try {
    const said = (await response.json()) as Partial<ErrorBody> & { detail?: string; title?: string };
    const message = said.message ?? said.detail ?? said.title ?? '';
    return { ...fallback, ...said, message };
  } catch {
    return { ...fallback, message: '' };
  }
}
