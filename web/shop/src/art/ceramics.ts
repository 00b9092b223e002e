/** Jar, cups, bowl, pot. */
import { fade, picture, round, shadow, specks } from './tools';

export const moonJar = (): string =>
  picture(
    round('g', '#fffdf6', '#ece5d6', '#a99d88') + fade('p', [[0, '#9fb0a8', 0], [0.7, '#9fb0a8', 0.05], [1, '#8ea198', 0.5]]) + fade('m', [[0, '#5d5344'], [1, '#a99d88']]),
    `${shadow(200, 408, 108)}
    <path id="b" d="M152 134C92 158 70 222 74 268c4 62 50 110 82 138h88c32-28 78-76 82-138 4-46-18-110-78-134Z" fill="url(#g)"/>
    <path d="M152 134C92 158 70 222 74 268c4 62 50 110 82 138h88c32-28 78-76 82-138 4-46-18-110-78-134Z" fill="url(#p)"/>
    <path d="M76 276c60 16 188 16 248 0" fill="none" stroke="#b5a993" stroke-width="1.6" opacity=".55"/>
    <path d="M116 196c-18 24-24 54-22 78" fill="none" stroke="#fff" stroke-width="13" stroke-linecap="round" opacity=".55" filter="url(#soft)"/>
    ${specks(7, 70, 200, 270, 110, 110, '#8f7f66')}
    <path d="M150 136c0-10 4-14 4-20h92c0 6 4 10 4 20Z" fill="url(#g)"/>
    <ellipse cx="200" cy="116" rx="46" ry="9" fill="url(#m)"/><ellipse cx="200" cy="116" rx="46" ry="9" fill="none" stroke="#fbf7ec" stroke-width="2.4"/>`,
  );

const cup = (x: number, y: number, s: number, id: string): string =>
  `<g transform="translate(${x} ${y}) scale(${s})">
    <path d="M-62-96c-2 40 4 78 22 96h80c18-18 24-56 22-96Z" fill="url(#${id})"/>
    <path d="M-62-96c-2 40 4 78 22 96h80c18-18 24-56 22-96Z" fill="url(#pool)"/>
    <path d="M-40-70c2 24 6 42 14 58M-14-66c0 24 2 44 6 62M14-66c0 24-2 44-4 62M40-70c-2 24-6 42-12 58" stroke="#5f7c66" stroke-opacity=".35" stroke-width="2" fill="none"/>
    <ellipse cy="-96" rx="62" ry="14" fill="url(#in)"/><ellipse cy="-96" rx="62" ry="14" fill="none" stroke="#eef3e6" stroke-width="2.5"/>
    <path d="M-34 0h68v7c-18 5-50 5-68 0Z" fill="#9c7a55"/></g>`;

export const celadonCups = (): string =>
  picture(
    round('a', '#dbe8d5', '#b4cbb2', '#7f9c86') + round('c', '#d3e2d3', '#a5c0ab', '#6f8d7b') + fade('pool', [[0, '#fff', 0.16], [0.65, '#5d8068', 0], [1, '#47695a', 0.5]]) + fade('in', [[0, '#6f8d78'], [1, '#c4d8c0']]),
    `${shadow(150, 352, 70)}${cup(158, 346, 1.02, 'c')}${shadow(252, 408, 78)}${cup(250, 400, 1.16, 'a')}
    ${specks(3, 26, 250, 340, 60, 44, '#4f6b58')}`,
  );

export const ashBowl = (): string =>
  picture(
    round('g', '#d9c6a3', '#b08d62', '#6a4c31') + fade('in', [[0, '#54402c'], [0.6, '#8d7450'], [1, '#b9a179']]) + fade('d', [[0, '#eadfc4'], [1, '#d8c69d', 0.85]]),
    `${shadow(200, 402, 104)}
    <path d="M150 380h100l-6 24c-28 6-60 6-88 0Z" fill="#5a4029"/>
    <path d="M46 236c2 74 52 134 108 148h92c56-14 106-74 108-148Z" fill="url(#g)"/>
    <path d="M46 236c0 20 4 38 10 54 8 14 18 2 24 18 6 20 14 30 22 22 8-6 10-26 20-24 12 4 10 40 24 42 12 2 12-30 26-32 12-2 14 20 26 22 14 0 14-36 28-36 12 2 12 30 24 32 10 0 12-22 20-32 8-12 22-2 34-34 4-12 6-22 6-32Z" fill="url(#d)" opacity=".92"/>
    <ellipse cx="200" cy="236" rx="154" ry="40" fill="url(#in)"/>
    <path d="M66 244c30 22 84 30 134 30s104-8 134-30c-10 26-74 34-134 34S76 270 66 244Z" fill="#e6d8b6" opacity=".4"/>
    <ellipse cx="200" cy="236" rx="154" ry="40" fill="none" stroke="#f3ead2" stroke-width="3"/>
    ${specks(11, 90, 200, 312, 120, 56, '#4b3825')}`,
  );

export const teapot = (): string =>
  picture(
    round('g', '#b98268', '#8e5540', '#4c2a1f') + round('l', '#c08a70', '#96593f', '#56301f') + fade('h', [[0, '#a4684f'], [1, '#56301f']]),
    `${shadow(196, 402, 112)}
    <path d="M112 300C84 292 66 262 48 236l-14 8c18 44 42 82 84 96Z" fill="url(#g)"/><ellipse cx="41" cy="240" rx="10" ry="6" transform="rotate(-30 41 240)" fill="#3a2018"/>
    <path d="M276 270l86-62c10-6 22 8 14 18l-78 70Z" fill="url(#h)"/><ellipse cx="371" cy="216" rx="8" ry="12" transform="rotate(42 371 216)" fill="#4a271b"/>
    <path d="M98 306c0-58 42-92 100-92s100 34 100 92-42 96-68 98h-64c-26-2-68-40-68-98Z" fill="url(#g)"/>
    <path d="M102 286c40 14 152 14 192 0" stroke="#d6a489" stroke-opacity=".3" fill="none" stroke-width="2"/><path d="M99 310c44 16 154 16 198 0" stroke="#3d2017" stroke-opacity=".4" fill="none" stroke-width="2"/>
    <path d="M138 224c8-20 112-20 120 0-20 14-100 14-120 0Z" fill="url(#l)"/>
    <path d="M138 224c20 14 100 14 120 0" stroke="#3a2018" stroke-width="2.5" fill="none" opacity=".7"/>
    <path d="M186 208c0-8-10-12-10-22 0-12 10-18 22-18s22 6 22 18c0 10-10 14-10 22Z" fill="url(#l)"/>
    <path d="M126 256c-10 18-12 40-8 60" stroke="#f0cdb8" stroke-width="9" stroke-linecap="round" opacity=".4" fill="none" filter="url(#soft)"/>
    <path d="M182 160c-14-20 12-34-2-58M206 156c-10-16 12-28 2-50" stroke="#fff" stroke-width="5" stroke-linecap="round" fill="none" opacity=".38" filter="url(#soft)"/>`,
  );
