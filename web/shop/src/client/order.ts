/** The order page: a form, its summary, and a thank-you. Nothing leaves the browser. */
import { totals } from './basket';
import { showCount } from './header';
import { basket, orders, who } from './kept';
import { goods, make, money, url, words } from './page';

function summary(place: Element): void {
  const all = goods();
  const items = basket.read();
  const lines = Object.entries(items).map(([slug, quantity]) =>
    make('li', {}, make('span', {}, `${all[slug]?.name ?? slug} × ${quantity}`), make('span', { class: 'figure' }, money((all[slug]?.price ?? 0) * quantity))));
  place.replaceChildren(make('ul', { class: 'slip-lines' }, ...lines), totals(items));
}

function complain(input: HTMLInputElement): boolean {
  const t = words().order;
  const wrong = input.validity.valueMissing ? t.missing : input.validity.typeMismatch ? t.badEmail : '';
  input.setAttribute('aria-invalid', String(wrong !== ''));
  const told = document.getElementById(`${input.id}-error`);
  if (told) told.textContent = wrong;
  return wrong !== '';
}

function place(): string {
  const number = `WR-${20500 + (Math.floor(Date.now() / 1000) % 9000)}`;
  const items = Object.entries(basket.read());
  orders.add(who.read()?.identity.id ?? 'guest', { number, placed: new Date().toISOString(), items });
  basket.empty();
  showCount();
  return number;
}

export function orderPage(page: HTMLElement): void {
  const t = words();
  const form = page.querySelector('form');
  const told = page.querySelector('[data-summary]');
  if (!form || !told) return;
  if (basket.count() === 0) {
    page.replaceChildren(make('p', { class: 'lead empty' }, t.basket.empty, ' ', make('a', { href: url() }, t.basket.emptyLink)));
    return;
  }
  summary(told);
  const known = who.read()?.identity;
  const inputs = [...form.querySelectorAll<HTMLInputElement>('input[required]')];
  for (const input of inputs) {
    if (known && input.id === 'name') input.value = known.name;
    if (known && input.id === 'email') input.value = known.email;
    input.addEventListener('blur', () => input.value && complain(input));
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const wrong = inputs.filter(complain);
    if (wrong.length) return wrong[0]?.focus();
    const thanks = make('h2', { tabindex: -1 }, t.order.done.replace('{number}', place()));
    page.replaceChildren(make('div', { class: 'reading' }, thanks, make('p', {}, t.order.doneText), make('p', {}, make('a', { class: 'button', href: url('account/') }, t.order.account))));
    thanks.focus();
  });
}
