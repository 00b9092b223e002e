/** Throw, runner, cushion, towels. */
import { fade, n, picture, random, round, shadow, times } from './tools';

const linen = (id: string, light: string, dark: string): string =>
  `<pattern id="${id}" width="4" height="4" patternUnits="userSpaceOnUse"><rect width="4" height="4" fill="${light}"/><path d="M0 1h4M1 0v4" stroke="${dark}" stroke-width=".7" opacity=".5"/></pattern>`;

export function linenThrow(): string {
  const fold = (y: number, h: number, fill: string, inset: number): string =>
    `<path d="M${58 + inset} ${y}c-14 4-14 ${h - 6} 0 ${h}h${276 - inset * 2}c16-4 18-${h - 4} 0-${h}Z" fill="url(#${fill})"/><path d="M${58 + inset} ${y}c-14 4-14 ${h - 6} 0 ${h}h${276 - inset * 2}c16-4 18-${h - 4} 0-${h}Z" fill="url(#v)"/>`;
  return picture(
    linen('a', '#d9c9ae', '#b7a486') + linen('b', '#cfbd9f', '#ab9776') + linen('c', '#e3d6be', '#c2b092') + fade('v', [[0, '#fff', 0.28], [0.4, '#fff', 0], [1, '#3b2a16', 0.38]]),
    `${shadow(200, 404, 150, 16)}${fold(350, 52, 'b', 0)}${fold(300, 52, 'a', 4)}${fold(252, 50, 'c', 2)}
    <path d="M92 252c-10-30 8-52 44-54h150c36 0 52 22 46 54Z" fill="url(#a)"/><path d="M92 252c-10-30 8-52 44-54h150c36 0 52 22 46 54Z" fill="url(#v)"/>
    <path d="M150 198c-4 60-8 120-6 190l92 6c-2-70 0-136 6-196Z" fill="url(#c)"/><path d="M150 198c-4 60-8 120-6 190l92 6c-2-70 0-136 6-196Z" fill="url(#v)" opacity=".6"/>
    <path d="M148 336l90 5M147 346l91 5M146 360l92 5" stroke="#7f8f6b" stroke-width="5" opacity=".85"/>
    ${times(24, (i) => `<path d="M${n(146 + i * 3.9)} ${n(388 + i * 0.26)}c${i % 2 ? 2 : -2} 9 ${i % 3 ? -2 : 2} 16 ${i % 2 ? 1 : -1} 25" stroke="#c9b797" stroke-width="2" fill="none"/>`)}`,
  );
}

export function indigoRunner(): string {
  const next = random(4);
  const cross = (x: number, y: number): string => `<path d="M${x - 9} ${y}h18M${x} ${y - 9}v18" stroke="#e9ecef" stroke-width="2" stroke-dasharray="4 2" opacity="${n(0.75 + next() * 0.25)}"/>`;
  return picture(
    fade('g', [[0, '#22395c'], [0.5, '#1c3050'], [1, '#15243d']]) + fade('f', [[0, '#000', 0.3], [0.22, '#fff', 0.1], [0.5, '#000', 0.12], [0.74, '#fff', 0.09], [1, '#000', 0.32]], 'across') + round('r', '#caa06a', '#94683a', '#5d3d1e'),
    `<rect x="40" y="72" width="320" height="14" rx="7" fill="url(#r)"/><path d="M70 0v76M330 0v76" stroke="#5d4a33" stroke-width="3"/>
    <path d="M110 74h180v316c-30 8-60-6-90 0s-60 8-90 0Z" fill="url(#g)"/>
    ${times(9, (row) => times(5, (column) => cross(128 + column * 36, 108 + row * 32)))}
    ${times(8, (row) => times(4, (column) => `<path d="M${146 + column * 36} ${116 + row * 32}l8 8-8 8-8-8Z" fill="none" stroke="#b9c7d8" stroke-width="1.4" stroke-dasharray="3 2" opacity=".7"/>`))}
    <path d="M110 74h180v316c-30 8-60-6-90 0s-60 8-90 0Z" fill="url(#f)"/><path d="M110 74h180v12H110Z" fill="#fff" opacity=".12"/>
    ${times(46, (i) => `<path d="M${n(111 + i * 3.94)} ${n(389 + Math.sin(i / 7) * 3)}v${n(18 + next() * 8)}" stroke="#1b2d4b" stroke-width="1.8"/>`)}`,
  );
}

export const cushion = (): string =>
  picture(
    linen('a', '#8d5a63', '#6d424b') + fade('v', [[0, '#fff', 0.2], [0.45, '#fff', 0], [1, '#1e0a10', 0.45]]) + fade('w', [[0, '#1e0a10', 0.3], [0.3, '#fff', 0.12], [0.65, '#1e0a10', 0.03], [1, '#1e0a10', 0.4]], 'across'),
    `${shadow(200, 410, 144, 17)}<g transform="rotate(-5 200 290)">
    <path id="c" d="M66 174c40 16 228 16 268 0 14 40 20 60 20 118s-6 84-20 116c-50-14-218-14-268 0-14-32-20-58-20-116s6-78 20-118Z" fill="url(#a)"/>
    ${[112, 122, 132, 268, 278, 288].map((x) => `<path d="M${x} 182c-4 70-4 150 0 216" stroke="#ead8c0" stroke-width="3.4" fill="none" opacity=".85"/>`).join('')}
    ${[146, 254].map((x) => `<path d="M${x} 184c-3 70-3 150 0 214" stroke="#c99a5b" stroke-width="9" fill="none" opacity=".8"/>`).join('')}
    <path d="M66 174c40 16 228 16 268 0 14 40 20 60 20 118s-6 84-20 116c-50-14-218-14-268 0-14-32-20-58-20-116s6-78 20-118Z" fill="url(#v)"/><path d="M66 174c40 16 228 16 268 0 14 40 20 60 20 118s-6 84-20 116c-50-14-218-14-268 0-14-32-20-58-20-116s6-78 20-118Z" fill="url(#w)"/>
    <path d="M96 206c30 20 40 36 44 66M304 208c-26 22-34 36-38 60M92 384c24-14 40-32 48-54M308 382c-20-12-36-28-44-52" stroke="#2d1118" stroke-opacity=".32" stroke-width="5" fill="none" stroke-linecap="round" filter="url(#soft)"/>
    ${[[66, 174, -1], [334, 174, 1], [66, 408, -1], [334, 408, 1]].map(([x, y, s]) => `<circle cx="${x}" cy="${y}" r="6" fill="#c99a5b"/><path d="M${x} ${y}q${(s ?? 1) * 14} 10 ${(s ?? 1) * 12} 34M${x} ${y}q${(s ?? 1) * 8} 12 ${(s ?? 1) * 5} 34M${x} ${y}q${(s ?? 1) * 18} 6 ${(s ?? 1) * 19} 30" stroke="#c99a5b" stroke-width="3" fill="none" stroke-linecap="round"/>`).join('')}</g>`,
  );

export function teaTowels(): string {
  const towel = (x: number, fill: string, long: number): string =>
    `<path d="M${x + 60} 128c-14 0-26 20-46 34-10 60-8 ${long - 60} -12 ${long}h116c-4-${long - 90} 0-${long - 60}-12-${long}-20-14-32-34-46-34Z" fill="url(#${fill})"/>
     <path d="M${x + 40} 150c-6 70-4 130-10 ${long - 20}M${x + 62} 140c0 80 2 150 0 ${long - 10}M${x + 84} 152c6 70 6 140 8 ${long - 30}" stroke="#2a1c0c" stroke-opacity=".16" stroke-width="7" fill="none" filter="url(#soft)"/>
     <path d="M${x + 60} 130c-7-4-7-18 0-22s9 16 0 22Z" fill="none" stroke="#e7dcc6" stroke-width="3"/>`;
  return picture(
    `<pattern id="k" width="36" height="36" patternUnits="userSpaceOnUse"><rect width="36" height="36" fill="#efe7d6"/><path d="M0 8h36M0 14h36M8 0v36M14 0v36" stroke="#5f7a63" stroke-width="3" opacity=".75"/><path d="M26 0v36M0 26h36" stroke="#b98a4a" stroke-width="1.4" opacity=".7"/></pattern><pattern id="s" width="44" height="26" patternUnits="userSpaceOnUse"><rect width="44" height="26" fill="#e9dcc3"/><path d="M0 4h44M0 10h44" stroke="#a8563b" stroke-width="3" opacity=".8"/><path d="M0 18h44" stroke="#a8563b" stroke-width="1" opacity=".5"/></pattern>` +
      round('r', '#caa06a', '#9a6e3f', '#6b4723'),
    `<rect x="24" y="92" width="352" height="22" rx="5" fill="#8a6136"/><rect x="24" y="92" width="352" height="7" rx="3.5" fill="#b1824d"/>
    ${towel(72, 'k', 270)}${towel(206, 's', 238)}
    ${[132, 266, 342].map((x) => `<circle cx="${x + 3}" cy="112" r="11" fill="#2a1c0c" opacity=".3"/><circle cx="${x}" cy="107" r="11" fill="url(#r)"/><circle cx="${x - 3}" cy="104" r="4" fill="#fff" opacity=".3"/>`).join('')}
    <rect x="62" y="402" width="142" height="7" fill="#5f7a63" opacity="0"/>`,
  );
}
