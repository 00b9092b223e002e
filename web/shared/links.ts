/** Finds web addresses in plain text. Only http and https; everything else stays text. */

export interface Piece {
  text: string;
  /** Present when the piece is a link: an absolute http(s) address. */
  href?: string;
}

const CANDIDATE = /https?:\/\/[^\s<>"'`{}|\\^\p{Cc}\u200b-\u200f\u202a-\u202e\u2066-\u2069，。；：！？、（）《》「」『』【】“”‘’]+/giu;
const TRAILING = new Set('.,;:!?*_~');

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

/** Leaves out the full stop or bracket that belongs to the sentence. One pass, so that length is no weapon. */
function trim(address: string): string {
  const open = { ')': count(address, '('), ']': count(address, '[') };
  const closed = { ')': count(address, ')'), ']': count(address, ']') };
  let end = address.length;
  for (; end > 0; end -= 1) {
    const last = address.charAt(end - 1);
    if (last === ')' || last === ']') {
      if (closed[last] <= open[last]) break;
      closed[last] -= 1;
    } else if (!TRAILING.has(last)) break;
  }
  return address.slice(0, end);
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
