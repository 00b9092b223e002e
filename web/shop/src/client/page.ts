/** The page as the script meets it. */
import type { Language } from '../catalogue/types';
import { en, type Text } from '../text/en';
import { zh } from '../text/zh';

export const language = (): Language => (document.documentElement.lang.startsWith('zh') ? 'zh' : 'en');
export const words = (): Text => (language() === 'zh' ? zh : en);
export const url = (path = ''): string => `/shop/${language() === 'zh' ? 'zh/' : ''}${path}`;

export const money = (amount: number): string =>
  new Intl.NumberFormat(language() === 'zh' ? 'zh-CN' : 'en-GB', {
    style: 'currency', currency: language() === 'zh' ? 'CNY' : 'GBP', maximumFractionDigits: 0,
  }).format(amount);

export const day = (iso: string): string =>
  new Intl.DateTimeFormat(language() === 'zh' ? 'zh-CN' : 'en-GB', { dateStyle: 'long' }).format(new Date(iso));

export interface Good {
  name: string;
  price: number;
  ground: string;
}

/** Data that was put beside the page. */
export const data = <T>(id: string): T => JSON.parse(document.getElementById(id)?.textContent ?? 'null') as T;

export const goods = (): Record<string, Good> => data<Record<string, Good> | null>('goods') ?? {};

type Child = Node | string;

/** Build an element: attributes that are false are left out, functions listen. */
export function make(name: string, attributes: Record<string, string | number | boolean | ((event: Event) => void)> = {}, ...children: Child[]): HTMLElement {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key, value);
    else if (value !== false) element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
}

export const plate = (slug: string, ground: string): HTMLElement =>
  make('div', { class: `plate ${ground}` }, make('img', { src: `/shop/art/${slug}.svg`, alt: '', width: 400, height: 480 }));
