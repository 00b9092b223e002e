/** The part of ICU MessageFormat that we use: `{name}`, plural (with `=0`, `#`) and select. */

export type Values = Readonly<Record<string, string | number>>;
type Part = string | Choice | { name: string } | { hash: true };
interface Choice {
  name: string;
  kind: 'plural' | 'select';
  forms: Record<string, Part[]>;
}

/** Fills `pattern` for `locale`. A value that is missing shows as its name, so that it is noticed. */
export function format(pattern: string, values: Values, locale: string): string {
  if (!pattern.includes('{')) return pattern;
  return fill(new Reader(pattern).parts(), values, locale, null);
}

/** The names that a pattern asks for. */
export function names(pattern: string): string[] {
  const found = new Set<string>();
  const walk = (parts: Part[]): void => {
    for (const part of parts) {
      if (typeof part === 'string' || 'hash' in part) continue;
      found.add(part.name);
      if ('forms' in part) Object.values(part.forms).forEach(walk);
    }
  };
  walk(new Reader(pattern).parts());
  return [...found].sort();
}

function fill(parts: Part[], values: Values, locale: string, count: number | null): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      if ('hash' in part) return number(count ?? 0, locale);
      const value = values[part.name];
      if (!('forms' in part)) return typeof value === 'number' ? number(value, locale) : (value ?? `{${part.name}}`);
      return fill(choose(part, value, locale), values, locale, part.kind === 'plural' ? Number(value) : count);
    })
    .join('');
}

function choose(choice: Choice, value: string | number | undefined, locale: string): Part[] {
  const { forms, kind } = choice;
  if (kind === 'select') return forms[String(value)] ?? forms['other'] ?? [];
  const rule = new Intl.PluralRules(locale).select(Number(value));
  return forms[`=${value}`] ?? forms[rule] ?? forms['other'] ?? [];
}

function number(value: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(value);
}

class Reader {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  parts(inPlural = false): Part[] {
    const found: Part[] = [];
    let plain = '';
    const flush = (): void => { if (plain) found.push(plain); plain = ''; };
    for (; this.#at < this.#text.length; this.#at += 1) {
      const letter = this.#text[this.#at] as string;
      if (letter === '}') break;
      if (letter === '{') { flush(); found.push(this.#argument()); }
      else if (letter === '#' && inPlural) { flush(); found.push({ hash: true }); }
      else plain += letter;
    }
    flush();
    return found;
  }

  #argument(): Part {
    const head = /^\{\s*(\w+)\s*(?:,\s*(plural|select)\s*,)?/.exec(this.#text.slice(this.#at));
    if (!head) throw new SyntaxError(`Not a pattern: ${this.#text}`);
    this.#at += head[0].length;
    const name = head[1] as string;
    const kind = head[2] as 'plural' | 'select' | undefined;
    if (!kind) return { name };
    const forms: Record<string, Part[]> = {};
    for (let form; (form = /^\s*([=\w]+)\s*\{/.exec(this.#text.slice(this.#at))); this.#at += 1) {
      this.#at += form[0].length;
      forms[form[1] as string] = this.parts(kind === 'plural');
    }
    while (this.#text[this.#at] === ' ') this.#at += 1;
    return { name, kind, forms };
  }
}
