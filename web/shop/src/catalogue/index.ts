import { ceramics } from './ceramics';
import { tea } from './tea';
import { textiles } from './textiles';
import type { Category, Language, Product } from './types';
import { weaving } from './weaving';

export const categories: Category[] = ['ceramics', 'weaving', 'textiles', 'tea'];
export const products: Product[] = [...ceramics, ...weaving, ...textiles, ...tea];

export const bySlug = new Map(products.map((product) => [product.slug, product]));

export const inCategory = (category: Category): Product[] => products.filter((product) => product.category === category);

export const pick = (...slugs: string[]): Product[] => slugs.flatMap((slug) => bySlug.get(slug) ?? []);

/** A price as people of that language read it. */
export const money = (amount: number, language: Language): string =>
  new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    style: 'currency', currency: language === 'zh' ? 'CNY' : 'GBP', maximumFractionDigits: 0,
  }).format(amount);
