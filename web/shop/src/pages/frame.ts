/** What every page has: head, header, footer. */
import type { Language } from '../catalogue/types';
import { en, type Text } from '../text/en';
import { zh } from '../text/zh';

export const texts: Record<Language, Text> = { en, zh };

/** Where the built script and style sheet are. */
export interface Built {
  script: string;
  style: string;
}

export interface Page {
  /** Below /shop/, without the language: '' or 'ceramics/'. */
  path: string;
  title: string;
  description: string;
  main: string;
  /** Which page it is, for the script. */
  kind: string;
  /** The navigation entry to mark. */
  active?: string;
}

export const url = (language: Language, path = ''): string => `/shop/${language === 'zh' ? 'zh/' : ''}${path}`;

export const picture = (slug: string, alt: string, eager = false): string =>
  `<img src="/shop/art/${slug}.svg" alt="${alt}" width="400" height="480"${eager ? '' : ' loading="lazy"'} decoding="async">`;

const icon = {
  basket: '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 10h16l-1.6 9.2a1 1 0 0 1-1 .8H6.6a1 1 0 0 1-1-.8ZM8 10c0-4 1.5-6 4-6s4 2 4 6M9.5 13.500v3M14.5 13.500v3"/></svg>',
  person: '<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="8.5" r="3.7"/><path d="M4.5 20c.8-4.2 3.7-6 7.5-6s6.7 1.8 7.5 6"/></svg>',
  moon: '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M19.5 14.500A8 8 0 0 1 9.5 4.500a8 8 0 1 0 10 10Z"/></svg>',
};

export const mark = '<svg class="mark" viewBox="0 0 40 40" aria-hidden="true"><path class="mark-reed" d="M25 38C26 26 26 14 29 3M29 3c-4 3-5 8-4.5 12M29 3c2.5 4 2 8 .5 12M26.8 14c-2.5 1-3.5 4-3 7M27 14c2.5 2 2.5 5 1.5 8"/><path class="mark-leaf" d="M19 38C6 30 4 15 11 4c9 9 12 22 8 34ZM11.5 8c3 10 5.5 20 7.5 30"/></svg>';

function header(language: Language, page: Page): string {
  const t = texts[language];
  const other: Language = language === 'en' ? 'zh' : 'en';
  const link = (path: string, label: string): string =>
    `<a href="${url(language, path)}"${page.active === path ? ' aria-current="page"' : ''}>${label}</a>`;
  return `<header class="top"><div class="wide top-row">
    <a class="wordmark" href="${url(language)}">${mark}<span>${t.name}</span></a>
    <nav class="kinds-nav" aria-label="${t.nav.label}">${link('ceramics/', t.nav.ceramics)}${link('weaving/', t.nav.weaving)}${link('textiles/', t.nav.textiles)}${link('tea/', t.nav.tea)}${link('rooms/', t.nav.rooms)}</nav>
    <div class="tools">
      <a class="tool language" href="${url(other, page.path)}" lang="${other === 'zh' ? 'zh-CN' : 'en'}" hreflang="${other === 'zh' ? 'zh-CN' : 'en'}">${t.tools.language}</a>
      <button class="tool" type="button" data-theme-toggle aria-pressed="false" aria-label="${t.tools.theme}">${icon.moon}</button>
      <a class="tool" href="${url(language, 'account/')}" data-account><span data-account-icon>${icon.person}</span><span class="tool-word" data-account-name data-signed-out="${t.tools.signIn}">${t.tools.signIn}</span></a>
      <a class="tool" href="${url(language, 'basket/')}">${icon.basket}<span class="tool-word">${t.tools.basket}</span><span class="count" data-basket-count hidden></span></a>
    </div></div></header>`;
}

function footer(language: Language): string {
  const t = texts[language];
  const link = (path: string, label: string): string => `<li><a href="${url(language, path)}">${label}</a></li>`;
  return `<footer class="foot"><div class="wide foot-row">
    <div class="foot-name">${mark}<p>${t.tagline}</p><p class="quiet">${t.foot.lines.join('<br>')}</p></div>
    <nav aria-label="${t.foot.shop}"><p class="foot-title">${t.foot.shop}</p><ul>${link('ceramics/', t.nav.ceramics)}${link('weaving/', t.nav.weaving)}${link('textiles/', t.nav.textiles)}${link('tea/', t.nav.tea)}${link('rooms/', t.nav.rooms)}</ul></nav>
    <nav aria-label="${t.foot.service}"><p class="foot-title">${t.foot.service}</p><ul>${link('delivery/', t.foot.delivery)}${link('account/', t.foot.account)}<li><button type="button" class="link" data-ask>${t.foot.ask}</button></li></ul></nav>
    <p class="foot-made quiet">${t.foot.made}</p></div></footer>`;
}

/** A whole page. The last script is all a shop needs to have the chat. */
export function frame(language: Language, page: Page, built: Built, nonce = ''): string {
  const t = texts[language];
  const sign = nonce && ` nonce="${nonce}"`;
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}" data-kind="${page.kind}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title}</title>
<meta name="description" content="${page.description}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/shop/icon.svg" type="image/svg+xml">
<script src="/shop/theme.js"${sign}></script>
<link rel="stylesheet" href="${built.style}">
<script type="module" src="${built.script}"${sign}></script>
<script async src="/kefu.js" data-site="demo" data-accent="#3f583b"${sign}></script>
</head>
<body>
<a class="skip" href="#main">${t.skip}</a>
${header(language, page)}
<main id="main" tabindex="-1">${page.main}</main>
${footer(language)}
</body>
</html>
`;
}
