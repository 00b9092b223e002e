/** Signing in as a demo customer, and the account page. */
import type { Customer } from '../catalogue/customers';
import { kefu } from './kefu';
import { orders, who, type PlacedOrder, type SignedIn } from './kept';
import { data, day, goods, make, plate, url, words } from './page';

/** What the account page knows of a customer: the words in one language. */
type Known = Omit<Customer, 'about' | 'address'> & { about: string; address: string };

/** The shop's own server says who it is, and signs it. */
async function signIn(customer: string): Promise<void> {
  const answer = await fetch('/shop/api/sign-in', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ customer }),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  const signed = (await answer.json()) as SignedIn;
  who.set(signed);
  kefu('setUser', signed.identity, signed.hash);
}

export function signInPage(page: HTMLElement): void {
  page.addEventListener('click', (event) => {
    const customer = (event.target as Element).closest<HTMLElement>('[data-customer]')?.dataset['customer'];
    if (!customer) return;
    signIn(customer)
      .then(() => location.assign(url('account/')))
      .catch(() => page.querySelector('[data-failed]')?.replaceChildren(words().signIn.failed));
  });
}

function orderCard(order: PlacedOrder & { state?: Known['orders'][number]['state'] }): HTMLElement {
  const t = words().account;
  const all = goods();
  const state = order.state ?? 'packed';
  return make('li', { class: 'order' },
    make('div', { class: 'order-head' }, make('h3', {}, order.number), make('span', { class: `state ${state}` }, t.state[state]), make('p', { class: 'quiet' }, `${t.placed} ${day(order.placed)}`)),
    make('ul', { class: 'order-items' }, ...order.items.map(([slug, quantity]) => make('li', {}, plate(slug, all[slug]?.ground ?? 'sand'), make('span', {}, `${all[slug]?.name ?? slug} × ${quantity}`)))),
    make('button', { type: 'button', class: 'button ghost small', click: () => { kefu('setAttributes', { order: order.number }); kefu('open'); } }, t.help));
}

function signOut(): void {
  who.set(null);
  kefu('reset');
  location.assign(url());
}

export function accountPage(page: HTMLElement): void {
  const t = words();
  const signed = who.read();
  const placed = orders.of(signed?.identity.id ?? 'guest');
  const known = data<Known[]>('customers').find((customer) => customer.id === signed?.identity.id);
  const list = [...placed, ...(known?.orders ?? [])];
  const isKnown = Boolean(signed && known);
  // Whoever is not signed in may well have orders: nothing is said of them, but of those placed here.
  const shown = isKnown || list.length ? make('div', {}, make('h2', { class: 'small-head' }, t.account.orders),
    list.length ? make('ul', { class: 'orders' }, ...list.map(orderCard)) : make('p', {}, t.account.noOrders)) : '';
  if (!signed || !known) {
    page.replaceChildren(make('div', { class: 'me' }, make('p', { class: 'lead' }, t.account.signedOut), make('p', {}, make('a', { class: 'button', href: url('sign-in/') }, t.tools.signIn))), shown);
    return;
  }
  page.replaceChildren(
    make('div', { class: 'me' }, make('span', { class: `monogram ${known.ground}`, 'aria-hidden': 'true' }, known.initial),
      make('h2', {}, known.name), make('p', { class: 'quiet' }, t.account.since.replace('{year}', String(known.since))),
      make('p', {}, known.email), make('h3', { class: 'small-head' }, t.account.address), make('p', {}, known.address),
      make('p', {}, make('button', { type: 'button', class: 'button ghost small', click: signOut }, t.account.out))),
    shown);
}
