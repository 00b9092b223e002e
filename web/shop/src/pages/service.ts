/** Basket, order, sign-in, account, delivery: the script fills in what only the browser knows. */
import { products } from '../catalogue/index';
import type { Language } from '../catalogue/types';
import { customers } from '../catalogue/customers';
import { texts, url, type Page } from './frame';

/** What the script needs of the catalogue, as data beside the page. */
const goods = (language: Language): string => {
  const list = Object.fromEntries(products.map((item) => [item.slug, { name: item.name[language], price: item.price[language], ground: item.ground }]));
  return `<script type="application/json" id="goods">${JSON.stringify(list)}</script>`;
};

export function basket(language: Language): Page {
  const t = texts[language];
  return {
    path: 'basket/', kind: 'basket', title: `${t.basket.title} · ${t.name}`, description: t.basket.title,
    main: `<section class="wide page-head"><h1>${t.basket.title}</h1></section><section class="wide split" data-basket aria-live="polite"></section>${goods(language)}`,
  };
}

const field = (id: string, label: string, type: string, complete: string): string =>
  `<p class="field"><label for="${id}">${label}</label><input id="${id}" name="${id}" type="${type}" autocomplete="${complete}" required aria-describedby="${id}-error"><span class="error" id="${id}-error"></span></p>`;

export function order(language: Language): Page {
  const t = texts[language].order;
  return {
    path: 'order/', kind: 'order', title: `${t.title} · ${texts[language].name}`, description: t.lead,
    main: `<section class="wide page-head"><h1>${t.title}</h1><p class="lead">${t.lead}</p></section>
    <section class="wide split" data-order><form class="form" novalidate>${field('name', t.name, 'text', 'name')}${field('email', t.email, 'email', 'email')}${field('address', t.address, 'text', 'street-address')}${field('city', t.city, 'text', 'address-level2')}
      <fieldset><legend>${t.how}</legend><label class="choice"><input type="radio" name="how" value="post" checked><span>${t.post}</span></label><label class="choice"><input type="radio" name="how" value="courier"><span>${t.courier}</span></label></fieldset>
      <p class="field"><label for="note">${t.note}</label><textarea id="note" name="note" rows="3"></textarea></p><p><button class="button" type="submit">${t.place}</button></p></form>
      <aside class="slip" aria-label="${t.summary}"><h2 class="small-head">${t.summary}</h2><div data-summary></div></aside></section>${goods(language)}`,
  };
}

export function signIn(language: Language): Page {
  const t = texts[language].signIn;
  const person = customers
    .map((who) => `<li><button type="button" class="person" data-customer="${who.id}"><span class="monogram ${who.ground}" aria-hidden="true">${who.initial}</span><strong>${who.name}</strong><span class="quiet">${who.about[language]}</span></button></li>`)
    .join('');
  return {
    path: 'sign-in/', kind: 'sign-in', title: `${t.title} · ${texts[language].name}`, description: t.lead,
    main: `<section class="wide page-head"><h1>${t.title}</h1><p class="lead">${t.lead}</p></section><section class="wide band-tight"><ul class="people">${person}</ul><p class="error" role="alert" data-failed></p><p class="quiet narrow">${t.why}</p></section>`,
  };
}

export function account(language: Language): Page {
  const t = texts[language].account;
  return {
    path: 'account/', kind: 'account', title: `${t.title} · ${texts[language].name}`, description: t.title,
    main: `<section class="wide page-head"><h1>${t.title}</h1></section><section class="wide account" data-account-page></section>${goods(language)}
    <script type="application/json" id="customers">${JSON.stringify(customers.map((who) => ({ ...who, about: who.about[language], address: who.address[language] })))}</script>`,
  };
}

export function delivery(language: Language): Page {
  const t = texts[language];
  return {
    path: 'delivery/', kind: 'delivery', title: `${t.delivery.title} · ${t.name}`, description: t.delivery.parts.map(([name]) => name).join(', '),
    main: `<section class="wide page-head"><h1>${t.delivery.title}</h1></section><section class="wide band-tight reading">${t.delivery.parts.map(([name, text]) => `<h2>${name}</h2><p>${text}</p>`).join('')}<p><button type="button" class="button" data-ask>${t.home.askButton}</button></p></section>`,
  };
}

/** A page for shops with a strict policy: no inline script, no string becomes markup. Not linked from anywhere. */
export function strict(): Page {
  return {
    path: 'strict-csp', kind: 'strict', title: 'Strict policy · Willow & Reed', description: 'The widget under a strict Content-Security-Policy with Trusted Types.',
    main: `<section class="wide page-head"><p class="kicker">For developers</p><h1>The same corner, under a strict policy</h1><p class="lead">This page is served with a nonce for its scripts, styles from its own address only, Trusted Types required and no inline code allowed. The chat works as it does everywhere else.</p></section>
    <section class="wide band-tight reading"><h2>The policy of this page</h2><pre tabindex="0"><code>{{policy}}</code></pre><p class="after"><a href="${url('en')}">Back to the shop</a></p></section>`,
  };
}
