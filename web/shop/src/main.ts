/** The shop's script: small, and the pages are readable without it. */
import './style/tokens.css';
import './style/base.css';
import './style/frame.css';
import './style/goods.css';
import './style/home.css';
import './style/service.css';
import { accountPage, signInPage } from './client/account';
import { addButtons, basketPage } from './client/basket';
import { header } from './client/header';
import { introduce, listenForQuestions } from './client/kefu';
import { orderPage } from './client/order';
import { rooms } from './client/rooms';

header();
introduce();
listenForQuestions();
addButtons();

const find = (selector: string): HTMLElement | null => document.querySelector(selector);
const main = find('main');
const fill: Record<string, () => void> = {
  rooms,
  basket: () => { const place = find('[data-basket]'); if (place) basketPage(place); },
  order: () => { const place = find('[data-order]'); if (place) orderPage(place); },
  'sign-in': () => { if (main) signInPage(main); },
  account: () => { const place = find('[data-account-page]'); if (place) accountPage(place); },
};
fill[document.documentElement.dataset['kind'] ?? '']?.();
