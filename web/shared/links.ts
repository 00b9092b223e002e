/** Finds web addresses in plain text. Only http and https; everything else stays text. */

export interface Piece {
  text: string;
  /** Present when the piece is a link: an absolute http(s) address. */
  href?: string;
}

const CANDIDATE = /https?:\/\/[^\s<>"'`{}|\\^\p{Cc}\u200b-\u200f\u202a-\u202e\u2066-\u2069，。；：！？、（）《》「」『』【】“”‘’]+/giu;
const TRAILING = /[.,;:!?*_~]+$/u;
const PAIRS: Record<string, string> = { ')': '(', ']': '[' };

/** Splits `text` into pieces whose texts add up to it exactly. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const address = trim(match[0]);
    const href = safe(address);
    if (!href) continue;
    if (match.index > end) found.push({ text: text.slice(end, match.index) });
    found.push({ text: address, href });
    end = match.index + address.length;
  }
  if (end < text.length) found.push({ text: text.slice(end) });
  return found;
}

/** The normalised address when it is a plain http(s) one, else null. */
export function safe(address: string): string | null {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  const plain = (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '';
  // "https://bank.example@evil.example" pretends to be somewhere else.
  return plain && !url.username && !url.password ? url.href : null;
}

function trim(address: string): string {
  let kept = address;
  for (;;) {
    const last = kept.at(-1) ?? '';
    const opener = PAIRS[last];
    const unbalanced = opener !== undefined && count(kept, last) > count(kept, opener);
    const next = unbalanced ? kept.slice(0, -1) : kept.replace(TRAILING, '');
    if (next === kept) return kept;
    kept = next;
  }
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
