/** What the shop sells. */
export type Language = 'en' | 'zh';
export type Both = Record<Language, string>;
export type Category = 'ceramics' | 'weaving' | 'textiles' | 'tea';

/** One thing for sale. Prices are whole pounds and whole yuan. */
export interface Product {
  slug: string;
  category: Category;
  price: { en: number; zh: number };
  name: Both;
  line: Both;
  story: Both;
  facts: { en: string[]; zh: string[] };
  /** Which wash of colour it stands on. */
  ground: 'sand' | 'mist' | 'clay' | 'moss' | 'dusk';
  art: () => string;
}
