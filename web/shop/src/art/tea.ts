/** Tin, tea cake, incense, candles. */
import { fade, glow, n, picture, round, shadow, times } from './tools';

export const teaTin = (): string =>
  picture(
    round('g', '#6d8a68', '#48664b', '#26392b') + round('l', '#7c9a76', '#527155', '#2d4331') + round('p', '#fdf8ea', '#f1e7cf', '#cbbd9c'),
    `${shadow(200, 410, 112)}
    <path d="M98 176v212c0 30 204 30 204 0V176Z" fill="url(#g)"/>
    <path d="M94 112v70c0 28 212 28 212 0v-70Z" fill="url(#l)"/><path d="M94 180c0 28 212 28 212 0" fill="none" stroke="#1c2b20" stroke-width="3" opacity=".6"/>
    <ellipse cx="200" cy="112" rx="106" ry="22" fill="#6f8f6c"/><ellipse cx="200" cy="110" rx="92" ry="17" fill="none" stroke="#87a583" stroke-width="2"/>
    <path d="M142 222c30 8 86 8 116 0v148c-30 8-86 8-116 0Z" fill="url(#p)"/><path d="M149 230c28 6 74 6 102 0v133c-28 6-74 6-102 0Z" fill="none" stroke="#8d7a55" stroke-width="1.4"/>
    <text x="216" y="275" font-family="Noto Serif CJK SC,Noto Serif SC,Songti SC,serif" font-size="40" fill="#2c2a20" text-anchor="middle">龙</text><text x="216" y="322" font-family="Noto Serif CJK SC,Noto Serif SC,Songti SC,serif" font-size="40" fill="#2c2a20" text-anchor="middle">井</text>
    <path d="M172 342c-6-40-4-66 6-88 6 30 6 58-4 88M174 330c-12-14-14-28-12-44 10 12 14 26 12 44" fill="#60794f"/><rect x="204" y="336" width="20" height="20" rx="3" fill="#a8432f"/><path d="M209 341h10v10h-10ZM214 341v10" stroke="#f6e9d4" stroke-width="1.6" fill="none"/>
    <path d="M122 200v180" stroke="#fff" stroke-width="10" opacity=".18" filter="url(#soft)"/>`,
  );

export const teaCake = (): string =>
  picture(
    glow('g', [[0, '#fbf5e6'], [0.7, '#eee1c6'], [1, '#c3af88']], 'cx=".4" cy=".36" r=".72"') + glow('c', [[0, '#6b5a3c'], [1, '#3b2e1b']]),
    `${shadow(200, 408, 130)}<g transform="rotate(-8 200 262)"><circle cx="200" cy="262" r="146" fill="url(#g)"/>
    ${times(40, (i) => { const t = (i / 40) * Math.PI * 2; return `<path d="M${n(200 + Math.cos(t) * 146)} ${n(262 + Math.sin(t) * 146)}L${n(200 + Math.cos(t + 0.09) * 118)} ${n(262 + Math.sin(t + 0.09) * 118)}" stroke="#a8946c" stroke-width="1.8" opacity=".55"/>`; })}
    <circle cx="200" cy="262" r="108" fill="none" stroke="#7d8f66" stroke-width="2"/><circle cx="200" cy="262" r="102" fill="none" stroke="#7d8f66" stroke-width="1"/>
    <g fill="#f8d9d3" stroke="#c98f86" stroke-width="1.6">${times(8, (i) => `<ellipse cx="200" cy="206" rx="20" ry="32" transform="rotate(${i * 45} 200 244)"/>`)}${times(6, (i) => `<ellipse cx="200" cy="222" rx="13" ry="21" fill="#fbe9e3" transform="rotate(${i * 60 + 20} 200 244)"/>`)}</g><circle cx="200" cy="244" r="9" fill="#d9a54c"/>
    <text x="200" y="340" font-family="Noto Serif CJK SC,Noto Serif SC,Songti SC,serif" font-size="30" letter-spacing="10" fill="#3d3524" text-anchor="middle">白牡丹</text></g>
    <g transform="translate(316 384)"><path d="M-46 12c-8-26 10-44 38-42s46 14 42 40c-20 14-60 16-80 2Z" fill="url(#c)"/><path d="M-30-8c10-10 22-12 30-10M-8 6c12-14 26-14 34-12M-34 8c8-6 14-6 20-5" stroke="#a69670" stroke-width="3" fill="none" stroke-linecap="round"/></g>`,
  );

export const incense = (): string =>
  picture(
    round('g', '#e6eadf', '#c5cdbd', '#87947f') + fade('b', [[0, '#8f4a35'], [1, '#6d3323']]) + fade('s', [[0, '#fff', 0], [0.5, '#fff', 0.75], [1, '#fff', 0.1]]),
    `${shadow(150, 404, 92)}
    <path d="M146 246C110 206 190 176 150 130c-30-36 34-58 8-108" stroke="url(#s)" stroke-width="9" fill="none" stroke-linecap="round" filter="url(#soft)"/><path d="M146 246C114 208 186 176 150 132c-26-34 30-58 8-104" stroke="#fff" stroke-width="2" fill="none" opacity=".55"/>
    <path d="M150 378L146 250" stroke="#6b4a2a" stroke-width="4.4"/><circle cx="146" cy="248" r="3.6" fill="#f08a3c"/>
    <path d="M66 366c4 28 40 40 84 40s80-12 84-40c-30 14-138 14-168 0Z" fill="url(#g)"/><ellipse cx="150" cy="366" rx="84" ry="17" fill="#aab5a1"/><ellipse cx="150" cy="367" rx="70" ry="12" fill="#d9d2c2"/><ellipse cx="150" cy="366" rx="84" ry="17" fill="none" stroke="#f3f5ee" stroke-width="2.4"/>
    <g transform="rotate(9 300 300)"><rect x="262" y="130" width="70" height="272" rx="4" fill="url(#b)"/><rect x="270" y="196" width="54" height="150" fill="#f4e7cf"/><path d="M270 140h54" stroke="#c48268" stroke-width="2"/>
    <text x="297" y="240" font-family="Noto Serif CJK SC,Noto Serif SC,Songti SC,serif" font-size="32" fill="#3b2a1c" text-anchor="middle">桂</text><text x="297" y="280" font-family="Noto Serif CJK SC,Noto Serif SC,Songti SC,serif" font-size="32" fill="#3b2a1c" text-anchor="middle">花</text>
    ${[[286, 306], [304, 316], [294, 330], [310, 300]].map(([x, y]) => `<g fill="#e0a12f">${times(4, (i) => `<ellipse cx="${x}" cy="${(y ?? 0) - 4}" rx="2.8" ry="4.4" transform="rotate(${i * 90} ${x} ${y})"/>`)}</g>`).join('')}</g>`,
  );

const candle = (x: number, top: number, bottom: number, w: number): string =>
  `<circle cx="${x}" cy="${top - 34}" r="96" fill="url(#h)"/><path d="M${x - w} ${top}v${bottom - top}c0 12 ${w * 2} 12 ${w * 2} 0V${top}Z" fill="url(#w)"/>
   <path d="M${x - w} ${top}v26c4 12 8-4 12 8s6 20 10 6 10-10 16-6 ${w - 20} 6 ${w * 2 - 38}-8V${top}Z" fill="#f2cf87" opacity=".55"/>
   <ellipse cx="${x}" cy="${top}" rx="${w}" ry="${n(w * 0.24)}" fill="#f6d99a"/><path d="M${x} ${top}v-16" stroke="#3a2a18" stroke-width="3"/>
   <path d="M${x} ${top - 66}c16 24 18 36 14 46s-24 10-28 0 0-24 14-46Z" fill="url(#f)"/>`;

export const candles = (): string =>
  picture(
    round('w', '#f3cd84', '#dba64d', '#a06f25') + glow('h', [[0, '#ffe2a0', 0.6], [1, '#ffe2a0', 0]]) + fade('f', [[0, '#fff1c4'], [0.6, '#ffc860'], [1, '#e98a2c']]) + round('d', '#8b7f72', '#5d5248', '#332c26'),
    `${shadow(200, 412, 146, 18)}<path d="M62 392c10 26 266 26 276 0Z" fill="url(#d)"/><ellipse cx="200" cy="392" rx="138" ry="20" fill="#6c6156"/><ellipse cx="200" cy="391" rx="138" ry="20" fill="none" stroke="#9c9083" stroke-width="2"/>
    ${candle(146, 178, 388, 36)}${candle(234, 262, 394, 42)}`,
  );
