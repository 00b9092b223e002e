/** The three rooms, drawn in the theme's own colours: a wall, a floor, a window, and what lives there. */
import { bambooLantern, reedBlind, reedTray } from './weaving';
import { celadonCups, moonJar, teapot } from './ceramics';
import { cushion, indigoRunner, linenThrow, teaTowels } from './textiles';
import { incense } from './tea';
import { times } from './tools';

/** Put a picture into a scene. Its ids get a prefix so that two pictures do not share a gradient. */
function place(svg: string, id: string, x: number, y: number, width: number): string {
  const own = svg
    .replace(/\bid="([^"]+)"/g, `id="${id}-$1"`)
    .replace(/url\(#([^)]+)\)/g, `url(#${id}-$1)`)
    .replace('<svg ', `<svg x="${x}" y="${y}" width="${width}" height="${width * 1.2}" overflow="visible" `);
  return own;
}

const table = (x: number, y: number, width: number): string =>
  `<path d="M${x} ${y}h${width}v20h-${width}Z" fill="var(--wood)"/><path d="M${x} ${y}h${width}v6h-${width}Z" fill="var(--wood-light)"/><path d="M${x + 46} ${y + 20}l-14 ${820 - y}h18l14-${820 - y}ZM${x + width - 46} ${y + 20}l14 ${820 - y}h-18l-14-${820 - y}Z" fill="var(--wood)"/>`;

const windowAt = (x: number, y: number, w: number, h: number): string =>
  `<rect x="${x - 14}" y="${y - 14}" width="${w + 28}" height="${h + 28}" rx="4" fill="var(--wood)"/><rect x="${x}" y="${y}" width="${w}" height="${h}" fill="var(--pane)"/><circle cx="${x + w * 0.68}" cy="${y + h * 0.34}" r="${w * 0.1}" fill="var(--sun)"/>
   <path d="M${x} ${y + h * 0.72}q${w * 0.25}-${h * 0.2} ${w * 0.5}-${h * 0.06}t${w * 0.5}-${h * 0.04}V${y + h}H${x}Z" fill="var(--hill-2)"/><path d="M${x} ${y + h * 0.86}h${w}v${h * 0.14}h-${w}Z" fill="var(--water-1)"/>
   <path d="M${x + w / 2} ${y}v${h}M${x} ${y + h * 0.5}h${w}" stroke="var(--wood)" stroke-width="9"/>`;

const light = (x: number, y: number): string => `<path d="M${x} ${y}l420 330h-560l-120-330Z" fill="var(--sunbeam)"/>`;

const kitchen = (): string =>
  `${windowAt(520, 120, 440, 400)}${place(reedBlind(), 'b', 470, 40, 272)}${light(700, 560)}
  ${place(teaTowels(), 't', 1090, 130, 330)}${table(120, 640, 1180)}${place(reedTray(), 'y', 210, 306, 330)}${place(celadonCups(), 'c', 690, 380, 250)}
  <path d="M1010 640V520c0-40 90-40 90 0v120Z" fill="var(--wood-light)"/><path d="M1030 500l40-150 14 2-26 150Z" fill="var(--wood)"/><path d="M1060 498l60-130 12 6-46 128Z" fill="#b98a4a"/>`;

const study = (): string =>
  `${place(bambooLantern(), 'l', 150, -10, 380)}${windowAt(1090, 120, 330, 420)}${light(1180, 570)}
  <path d="M560 800l-14 60h16l20-60ZM1010 800l16 60h-16l-22-60Z" fill="var(--wood)"/><path d="M520 360c0-60 60-90 260-90s260 30 260 90l-20 280H540Z" fill="var(--cloth)"/><path d="M470 560c0-50 90-50 90 0v90h440v-90c0-50 90-50 90 0l-20 250H490Z" fill="var(--cloth-dark)"/><path d="M545 640h470v70H545Z" fill="var(--cloth)"/>
  ${place(cushion(), 'u', 640, 350, 260)}${place(linenThrow(), 'h', 850, 436, 250)}
  ${place(moonJar(), 'm', 150, 470, 300)}`;

const teaTable = (): string =>
  `${windowAt(120, 110, 380, 440)}${light(330, 580)}${place(indigoRunner(), 'r', 600, 20, 380)}
  ${table(160, 660, 1240)}${place(teapot(), 'p', 330, 320, 320)}${place(celadonCups(), 'c', 690, 386, 260)}${place(incense(), 'i', 1040, 304, 330)}`;

const inside = { kitchen, study, tea: teaTable };

export const room = (name: keyof typeof inside): string =>
  `<svg viewBox="0 0 1540 900" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false"><rect width="1540" height="900" fill="var(--wall)"/><rect y="780" width="1540" height="120" fill="var(--floor)"/><path d="M0 780h1540" stroke="var(--wood)" stroke-width="5" opacity=".5"/>${times(9, (i) => `<path d="M${i * 190 - 40} 900l60-120" stroke="var(--wood)" stroke-width="2" opacity=".28"/>`)}${inside[name]()}</svg>`;
