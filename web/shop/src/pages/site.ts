/** Every file of the shop: pages in both languages and the pictures. */
import { mark, frame, type Built, type Page } from './frame';
import { categories, products } from '../catalogue/index';
import type { Language } from '../catalogue/types';
import { category, home, product } from './goods';
import { room, roomNames } from './rooms';
import { account, basket, delivery, order, signIn, strict } from './service';

const pages = (language: Language): Page[] => [
  home(language),
  ...categories.map((kind) => category(language, kind)),
  ...products.map((item) => product(language, item)),
  ...roomNames.map((name) => room(language, name)),
  basket(language), order(language), signIn(language), account(language), delivery(language),
];

const icon = mark
  .replace('class="mark"', 'xmlns="http://www.w3.org/2000/svg" fill="none" stroke="#4b6347" stroke-width="2.4" stroke-linecap="round"')
  .replace('class="mark-reed"', 'stroke="#b98a4a"');

/** File name → contents. `{{nonce}}` and `{{policy}}` are filled in by the server, for each request. */
export function site(built: Built): Map<string, string> {
  const files = new Map<string, string>();
  for (const language of ['en', 'zh'] as const) {
    for (const page of pages(language)) {
      files.set(`${language === 'zh' ? 'zh/' : ''}${page.path}index.html`, frame(language, page, built));
    }
  }
  files.set('strict-csp.html', frame('en', strict(), built, '{{nonce}}'));
  files.set('icon.svg', icon);
  for (const item of products) files.set(`art/${item.slug}.svg`, item.art());
  return files;
}
