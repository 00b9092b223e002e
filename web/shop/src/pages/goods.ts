/** Home, category and product pages. */
import { river } from '../art/scene';
import { bySlug, categories, inCategory, money, pick } from '../catalogue/index';
import type { Category, Language, Product } from '../catalogue/types';
import { picture, texts, url, type Page } from './frame';

export function card(language: Language, product: Product, eager = false, level: 'h2' | 'h3' = 'h3'): string {
  const name = product.name[language];
  return `<li class="card"><a href="${url(language, `p/${product.slug}/`)}"><div class="plate ${product.ground}">${picture(product.slug, '', eager)}</div>
    <div class="card-line"><${level} class="card-name">${name}</${level}><p class="price">${money(product.price[language], language)}</p></div><p class="quiet">${product.line[language]}</p></a></li>`;
}

const grid = (language: Language, list: Product[], eager = false, level: 'h2' | 'h3' = 'h3'): string =>
  `<ul class="grid">${list.map((product) => card(language, product, eager, level)).join('')}</ul>`;

const face: Record<Category, string> = { ceramics: 'side-handle-pot', weaving: 'market-basket', textiles: 'mulberry-cushion', tea: 'longjing' };

function kindTile(language: Language, category: Category): string {
  const t = texts[language].kinds[category];
  const ground = bySlug.get(face[category])?.ground ?? 'sand';
  return `<li><a class="tile ${ground}" href="${url(language, `${category}/`)}">${picture(face[category], '')}<span class="tile-words"><strong>${t.title}</strong><span>${t.line}</span></span></a></li>`;
}

export function home(language: Language): Page {
  const t = texts[language];
  const heading = t.home.heading.split('\n').map((line) => `<span>${line}</span>`).join(' ');
  return {
    path: '', kind: 'home', title: t.home.title, description: t.home.lead,
    main: `<section class="hero">${river()}<div class="wide hero-words"><h1>${heading}</h1><p>${t.home.lead}</p>
      <p class="hero-links"><a class="button" href="#fresh">${t.home.enter}</a><a class="plain" href="${url(language, 'rooms/')}">${t.home.rooms}</a></p></div></section>
    <section class="wide band" id="fresh"><div class="band-head"><h2>${t.home.fresh}</h2><p class="quiet">${t.home.freshLead}</p></div>
      ${grid(language, pick('moon-jar', 'market-basket', 'celadon-cups', 'bamboo-lantern', 'indigo-runner', 'longjing', 'mulberry-cushion', 'ash-bowl'))}</section>
    <section class="story"><div class="wide story-row"><div class="plate sand story-art">${picture('reed-blind', '')}</div><div><h2>${t.home.story}</h2>${t.home.storyText.map((line) => `<p>${line}</p>`).join('')}</div></div></section>
    <section class="wide band"><h2>${t.home.kinds}</h2><ul class="tiles">${categories.map((category) => kindTile(language, category)).join('')}</ul></section>
    <section class="wide ask"><div><h2>${t.home.askHeading}</h2><p>${t.home.ask}</p></div><button type="button" class="button" data-ask>${t.home.askButton}</button></section>`,
  };
}

export function category(language: Language, kind: Category): Page {
  const t = texts[language];
  const words = t.kinds[kind];
  return {
    path: `${kind}/`, kind: 'category', active: `${kind}/`, title: `${words.title} · ${t.name}`, description: words.line,
    main: `<section class="wide page-head"><p class="kicker">${words.line}</p><h1>${words.title}</h1><p class="lead">${words.text}</p></section>
    <section class="wide band-tight">${grid(language, inCategory(kind), true, 'h2')}</section>`,
  };
}

export function product(language: Language, item: Product): Page {
  const t = texts[language];
  const name = item.name[language];
  const kind = t.kinds[item.category];
  const others = [...new Set([...inCategory(item.category), ...pick('celadon-cups', 'longjing')])].filter((other) => other !== item).slice(0, 4);
  return {
    path: `p/${item.slug}/`, kind: 'product', active: `${item.category}/`, title: `${name} · ${t.name}`, description: item.line[language],
    main: `<article class="wide product"><div class="plate product-art ${item.ground}">${picture(item.slug, `${t.product.pictureOf} ${name}`, true)}</div>
      <div class="product-words"><p class="kicker"><a href="${url(language, `${item.category}/`)}">${kind.title}</a></p><h1>${name}</h1><p class="lead">${item.line[language]}</p>
        <p class="price big">${money(item.price[language], language)}</p><p>${item.story[language]}</p>
        <p class="buy"><button type="button" class="button" data-add="${item.slug}" data-done="${t.product.added}">${t.product.add}</button><button type="button" class="button ghost" data-ask="${item.slug}">${t.product.ask}</button></p>
        <p class="quiet" role="status" data-added></p>
        <h2 class="small-head">${t.product.facts}</h2><ul class="facts">${item.facts[language].map((fact) => `<li>${fact}</li>`).join('')}<li>${t.product.delivery}</li></ul></div></article>
    <section class="wide band"><h2>${t.product.more}</h2>${grid(language, others)}</section>`,
  };
}
