import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type { Key } from '../../i18n';
import { type Api, Problem } from '../../state/api';
import { EXPLAINED, explain } from '../../state/words';
import type { ErrorBody } from '../../wire';

export type Kind = 'all' | 'matrix' | 'queues';
export const KINDS: readonly Kind[] = ['all', 'matrix', 'queues'];
export const FORMATS = { all: 'json', matrix: 'csv', queues: 'csv' } as const;
/** As the server's setting `setup_max_bytes`, with room for what JSON makes of a text. */
export const FILE_MAX_BYTES = 2_000_000;

export interface Change {
  deed: 'added' | 'changed' | 'removed';
  subject: 'shop' | 'skill' | 'agent' | 'queue';
  name: string;
  field?: string | null;
  before?: string | null;
  after?: string | null;
}
export interface Fault {
  message: string;
  code?: string | null;
  line?: number | null;
  column?: number | null;
  field?: string | null;
  limit?: string | null;
}
export interface Plan {
  applied: boolean;
  fingerprint: string;
  changes: Change[];
  faults?: Fault[];
  warnings?: Fault[];
}

/** A file of the setup on its way in: read, tried, looked at, applied. */
export class Exchange {
  name = $state('');
  kind = $state<Kind>('all');
  plan = $state.raw<Plan | null>(null);
  is_busy = $state(false);
  problem = $state('');
  /** While it was looked at, something else was changed: what is shown now is new. */
  is_overtaken = $state(false);
  #text = $state('');

  constructor(
    private readonly api: Api,
    private readonly words: I18n<Key>,
  ) {}

  get text(): string {
    return this.#text;
  }

  /** What was tried before says nothing about another text. */
  set text(text: string) {
    this.#text = text;
    this.kind = kind_of(text) ?? this.kind;
    this.forget();
  }

  forget(): void {
    this.plan = null;
    this.problem = '';
    this.is_overtaken = false;
  }

  /** Takes a file and tries it at once. */
  async open(file: File): Promise<void> {
    this.name = file.name;
    if (file.size > FILE_MAX_BYTES) {
      this.text = '';
      this.problem = this.words.t('exchange.too_large');
      return;
    }
    this.text = decoded(await file.arrayBuffer());
    await this.attempt();
  }

  async attempt(): Promise<void> {
    await this.#ask(true);
  }

  /** Applies what is shown; if by now other things would change, shows those instead. Tells how much was changed. */
  async apply(): Promise<number | null> {
    await this.#ask(false);
    return this.plan?.applied ? this.plan.changes.length : null;
  }

  async #ask(dry_run: boolean): Promise<void> {
    if (this.is_busy) return;
    this.is_busy = true;
    this.problem = '';
    if (!dry_run) this.is_overtaken = false;
    const expect = dry_run ? null : this.plan?.fingerprint;
    const body = { format: FORMATS[this.kind], part: this.kind, text: this.#text, expect };
    try {
      this.plan = await this.api.post<Plan>(`/setup/import?dry_run=${String(dry_run)}`, body);
    } catch (thrown) {
      this.#refused(thrown instanceof Problem ? thrown.body : EXPLAINED.internal, dry_run);
    }
    this.is_busy = false;
    if (this.is_overtaken && !dry_run) await this.#ask(true);
  }

  #refused(error: ErrorBody, dry_run: boolean): void {
    this.is_overtaken = !dry_run && ['stale', 'faulty'].includes(String(error.details?.['reason']));
    if (!this.is_overtaken) this.problem = explain(this.words, error);
  }
}

/** What a text seems to be; null when it could be anything. */
export function kind_of(text: string): Kind | null {
  const head = text.replace(/^\uFEFF/, '').trimStart();
  if (head.startsWith('{')) return 'all';
  const columns = (head.split('\n')[0] ?? '').split(/[,;\t]/).map((name) => name.trim().replace(/^"|"$/g, ''));
  if (columns.includes('email')) return 'matrix';
  return columns.includes('key') ? 'queues' : null;
}

/** The text of a file: UTF-8, or what spreadsheets in China write. */
export function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}
