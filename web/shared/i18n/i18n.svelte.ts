/**
 * The words of one page in the reader's language.
 *
 * Catalogues are loaded when they are needed: `new I18n({ en: () => import('./i18n/en.ts'), … })`, then
 * `await i18n.use('zh-CN')` and `i18n.t('thread.typing', { name })`.
 */
import { format, type Values } from './icu.ts';

export type Language = 'en' | 'zh';
export type Catalogue<K extends string> = Readonly<Record<K, string>>;
type Load<K extends string> = () => Promise<{ default: Catalogue<K> }>;

export const LANGUAGES: readonly Language[] = ['en', 'zh'];

export class I18n<K extends string> {
  language = $state<Language>('en');
  /** What Intl is given: the reader's own region where it has the language of the page. */
  locale = $state('en');
  #words = $state.raw<Catalogue<K> | null>(null);
  readonly #load: Record<Language, Load<K>>;

  constructor(load: Record<Language, Load<K>>) {
    this.#load = load;
  }

  get ready(): boolean {
    return this.#words !== null;
  }

  /** Switches to the language nearest to `wanted` and says so on the page. */
  async use(wanted: string): Promise<void> {
    const language = nearest([wanted]);
    const words = (await this.#load[language]()).default;
    this.language = language;
    this.locale = regional(language, wanted);
    this.#words = words;
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : this.locale;
  }

  readonly t = (key: K, values: Values = {}): string => {
    const pattern = this.#words?.[key];
    return pattern === undefined ? '' : format(pattern, values, this.locale);
  };

  /** Whether there is a word for `key`, for keys that come from the server. */
  has(key: string): key is K {
    return this.#words !== null && key in this.#words;
  }
}

/** The first of `wanted` that we speak, else English. */
export function nearest(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split(/[-_]/)[0];
    const known = LANGUAGES.find((one) => one === language);
    if (known) return known;
  }
  return 'en';
}

function regional(language: Language, wanted: string): string {
  const tags = [wanted, ...navigator.languages];
  const own = tags.find((tag) => tag.toLowerCase().startsWith(`${language}-`));
  try {
    return own ? (Intl.getCanonicalLocales(own.replace('_', '-'))[0] as string) : language;
  } catch {
    return language;
  }
}
