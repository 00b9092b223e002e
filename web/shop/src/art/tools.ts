/** Small tools for drawing: every picture in the shop is made of these. */

/** A random sequence in [0, 1) that is the same for the same seed, so that builds are repeatable. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A number short enough for a path. */
export const n = (value: number): string => String(Math.round(value * 10) / 10);

export const times = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join('');

type Stop = [offset: number, colour: string, opacity?: number];

const stops = (list: Stop[]): string =>
  list.map(([at, colour, opacity]) => `<stop offset="${at}" stop-color="${colour}"${opacity === undefined ? '' : ` stop-opacity="${opacity}"`}/>`).join('');

/** Light from the left, as on something round. */
export const round = (id: string, light: string, base: string, dark: string): string =>
  `<linearGradient id="${id}" x1="0" x2="1" y1="0" y2=".15">${stops([[0, base], [0.28, light], [0.6, base], [1, dark]])}</linearGradient>`;

export const fade = (id: string, list: Stop[], angle: 'down' | 'across' = 'down'): string =>
  `<linearGradient id="${id}" x1="0" y1="0" ${angle === 'down' ? 'x2="0" y2="1"' : 'x2="1" y2="0"'}>${stops(list)}</linearGradient>`;

export const glow = (id: string, list: Stop[], at = 'cx=".5" cy=".5" r=".5"'): string =>
  `<radialGradient id="${id}" ${at}>${stops(list)}</radialGradient>`;

/** The soft shadow under a thing that stands at height `y`. */
export const shadow = (x: number, y: number, rx: number, ry = rx * 0.13): string =>
  `<ellipse cx="${x + 14}" cy="${y}" rx="${rx}" ry="${n(ry)}" fill="#3a2c1c" opacity=".28" filter="url(#soft)"/>`;

/** Specks of ash in a glaze, inside an ellipse. */
export function specks(seed: number, count: number, cx: number, cy: number, rx: number, ry: number, colour: string): string {
  const next = random(seed);
  return times(count, () => {
    const turn = next() * Math.PI * 2;
    const far = Math.sqrt(next());
    return `<circle cx="${n(cx + Math.cos(turn) * rx * far)}" cy="${n(cy + Math.sin(turn) * ry * far)}" r="${n(0.6 + next() * 1.5)}" fill="${colour}" opacity="${n(0.25 + next() * 0.5)}"/>`;
  });
}

/** A whole picture, 400 × 480, with nothing behind it. */
export const picture = (defs: string, body: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 480"><defs><filter id="soft" filterUnits="userSpaceOnUse" x="0" y="0" width="400" height="480"><feGaussianBlur stdDeviation="9"/></filter>${defs}</defs>${body}</svg>`;
