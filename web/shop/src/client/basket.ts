/** The basket page, and the button that fills it. */
import { showCount } from './header';
import { basket } from './kept';
import { kefu } from './kefu';
import { goods, language, make, money, plate, url, words } from './page';

export interface Sum {
  goods: number;
  delivery: number;
  total: number;
}

/** What it costs: delivery is free above 60 pounds or 500 yuan. */
export function sum(items: Record<string, number>): Sum {
  const all = goods();
  const value = Object.entries(items).reduce((total, [slug, quantity]) => total + (all[slug]?.price ?? 0) * quantity, 0);
  const [free, fee] = language() === 'zh' ? [500, 12] : [60, 4];
  const delivery = value === 0 || value >= free ? 0 : fee;
  return { goods: value, delivery, total: value + delivery };
}

function change(slug: string, quantity: number): void {
  basket.set(slug, quantity);
  showCount();
  kefu('setAttributes', { basket_items: basket.count() });
}

function row(slug: string, quantity: number, draw: () => void): HTMLElement {
  const t = words().basket;
  const good = goods()[slug];
  if (!good) return make('li', { hidden: true });
  const set = (next: number) => (): void => {
    change(slug, next);
    draw();
  };
  return make('li', { class: 'line' },
    make('a', { href: url(`p/${slug}/`), tabindex: -1, 'aria-hidden': 'true' }, plate(slug, good.ground)),
    make('div', {}, make('h2', {}, make('a', { href: url(`p/${slug}/`) }, good.name)), make('button', { type: 'button', class: 'link quiet', click: set(0), 'aria-label': `${t.remove}: ${good.name}` }, t.remove)),
    make('div', { class: 'stepper', role: 'group', 'aria-label': `${t.quantity}: ${good.name}` },
      make('button', { type: 'button', click: set(quantity - 1), 'aria-label': t.less }, '−'), make('span', { class: 'figure' }, String(quantity)), make('button', { type: 'button', click: set(quantity + 1), 'aria-label': t.more }, '+')),
    make('p', { class: 'price' }, money(good.price * quantity)));
}

/** Goods, delivery and total, as a list. */
export function totals(items: Record<string, number>): HTMLElement {
  const t = words().basket;
  const { delivery, total } = sum(items);
  return make('dl', { class: 'totals' },
    make('div', {}, make('dt', {}, t.delivery), make('dd', {}, delivery ? money(delivery) : t.free)),
    make('div', { class: 'grand' }, make('dt', {}, t.total), make('dd', {}, money(total))));
}

export function basketPage(place: HTMLElement): void {
  const t = words().basket;
  const draw = (): void => {
    const items = basket.read();
    const lines = Object.entries(items);
    if (lines.length === 0) {
      place.replaceChildren(make('p', { class: 'lead empty' }, t.empty, ' ', make('a', { href: url() }, t.emptyLink)));
      return;
    }
    place.replaceChildren(
      make('ul', { class: 'lines' }, ...lines.map(([slug, quantity]) => row(slug, quantity, draw))),
      make('aside', { class: 'slip', 'aria-label': t.total }, totals(items), make('a', { class: 'button full', href: url('order/') }, t.order)));
  };
  draw();
  addEventListener('storage', draw);
}

export function addButtons(): void {
  document.addEventListener('click', (event) => {
    const button = (event.target as Element).closest<HTMLElement>('[data-add]');
    const slug = button?.dataset['add'];
    if (!button || !slug) return;
    const quantity = (basket.read()[slug] ?? 0) + 1;
    change(slug, quantity);
    const told = document.querySelector('[data-added]');
    told?.replaceChildren(`${button.dataset['done'] ?? ''} · ${quantity} · `, make('a', { href: url('basket/') }, words().tools.basket));
  });
}
