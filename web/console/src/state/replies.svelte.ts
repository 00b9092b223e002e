import type { Api, Page } from './api';

export interface Reply {
  id: string;
  shortcut: string;
  locale: string;
  text: string;
}

/** The shop's canned replies, fetched once a session and again after they were edited. */
export class Replies {
  all = $state.raw<Reply[]>([]);
  failed = $state(false);

  constructor(private readonly api: Api) {}

  async load(): Promise<void> {
    try {
      this.all = (await this.api.get<Page<Reply>>('/canned_replies')).items;
      this.failed = false;
    } catch {
      this.failed = true;
    }
  }

  /** Those that fit what was typed after the slash; the customer's language first. */
  find(typed: string, locale: string | null | undefined): Reply[] {
    const sought = typed.toLowerCase();
    const language = (locale ?? '').slice(0, 2).toLowerCase();
    const rank = (r: Reply) =>
      (r.locale.slice(0, 2) === language ? 0 : 2) + (r.shortcut.toLowerCase().startsWith(sought) ? 0 : 1);
    return this.all
      .filter((r) => r.shortcut.toLowerCase().includes(sought) || r.text.toLowerCase().includes(sought))
      .sort((a, b) => rank(a) - rank(b) || a.shortcut.localeCompare(b.shortcut))
      .slice(0, 30);
  }
}

/** What stands behind a slash at the start of a line before the cursor, or null. */
export function slash_word(text: string, cursor: number): { from: number; word: string } | null {
  const before = text.slice(0, cursor);
  const found = /(?:^|\s)\/([^\s/]*)$/.exec(before);
  if (!found) return null;
  const word = found[1] ?? '';
  return { from: cursor - word.length - 1, word };
}

/** Fills in what is known: `{name}` of the customer, `{agent}`. */
export function fill(text: string, known: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, key: string) => known[key] ?? whole);
}
