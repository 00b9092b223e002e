/** The river on the front page: morning in the light theme, moonlight in the dark one (colours come from CSS). */
import { n, random, times } from './tools';

const WIDTH = 1600;
const HEIGHT = 900;

function hill(seed: number, base: number, rise: number, shade: string): string {
  const next = random(seed);
  let path = `M0 ${HEIGHT}V${n(base - rise * next())}`;
  let x = 0;
  while (x < WIDTH) {
    const step = 150 + next() * 230;
    const y = base - rise * next();
    path += `S${n(x + step * 0.5)} ${n(y)} ${n(x + step)} ${n(y + rise * 0.1)}`;
    x += step;
  }
  return `<path d="${path}V${HEIGHT}Z" fill="var(${shade})"/>`;
}

function willowBranch(seed: number, x: number, length: number, lean: number): string {
  const next = random(seed);
  const bend = (t: number): [number, number] => [x + lean * t * t + Math.sin(t * 3 + seed) * 12, -20 + length * t];
  const leaves = times(Math.round(length / 13), (i) => {
    const t = 0.1 + (i / Math.round(length / 13)) * 0.9;
    const [px, py] = bend(t);
    const side = i % 2 ? 1 : -1;
    const turn = side * (20 + next() * 26) - lean * 0.06;
    const size = (20 + next() * 16) * (1 - t * 0.35);
    return `<path d="M0 0C${n(size * 0.16)} ${n(size * 0.3)} ${n(size * 0.14)} ${n(size * 0.75)} 0 ${n(size)}C-${n(size * 0.14)} ${n(size * 0.75)}-${n(size * 0.16)} ${n(size * 0.3)} 0 0Z" transform="translate(${n(px)} ${n(py)}) rotate(${n(-turn)})" class="leaf${Math.floor(next() * 3)}"/>`;
  });
  const [ax, ay] = bend(0.35);
  const [bx, by] = bend(0.7);
  const [cx, cy] = bend(1);
  return `<path d="M${n(x)}-20C${n(ax)} ${n(ay)} ${n(bx)} ${n(by)} ${n(cx)} ${n(cy)}" class="twig"/>${leaves}`;
}

function reed(seed: number, x: number, height: number, lean: number): string {
  const next = random(seed);
  const top = HEIGHT - height;
  const tipX = x + lean;
  const plume = times(15, (i) => {
    const t = i / 15;
    const side = i % 2 ? 1 : -1;
    const px = tipX + lean * 0.06 * t * 4 - 4;
    const py = top + t * height * 0.17;
    const out = (9 + 15 * Math.sin(t * Math.PI)) * (0.7 + next() * 0.5);
    return `<path d="M${n(px)} ${n(py)}q${n(side * out * 0.4 + lean * 0.12)} ${n(-out * 0.2)} ${n(side * out + lean * 0.16)} ${n(out * 0.9)}" class="plume"/>`;
  });
  const blade = (at: number, reach: number): string => {
    const by = HEIGHT - height * at;
    const bx = x + lean * at * at;
    return `<path d="M${n(bx)} ${n(by)}Q${n(bx + reach * 0.5)} ${n(by - Math.abs(reach) * 0.85)} ${n(bx + reach)} ${n(by - Math.abs(reach) * 0.36)}Q${n(bx + reach * 0.48)} ${n(by - Math.abs(reach) * 0.62)} ${n(bx)} ${n(by + 9)}Z" class="blade${Math.floor(next() * 2)}"/>`;
  };
  return `<path d="M${x} ${HEIGHT}Q${n(x + lean * 0.2)} ${n(HEIGHT - height * 0.6)} ${n(tipX)} ${n(top)}" class="stem"/>${blade(0.3, 70 + next() * 50)}${blade(0.42, -60 - next() * 40)}${blade(0.55, 50 + next() * 40)}${plume}`;
}

const glints = (): string => {
  const next = random(99);
  return times(46, () => {
    const y = 590 + next() ** 1.4 * 290;
    const near = (y - 560) / 340;
    const x = 1010 + (next() - 0.5) * (240 + near * 700);
    return `<path d="M${n(x)} ${n(y)}h${n(20 + near * 120 * next())}" stroke-width="${n(1 + near * 3)}" class="glint"/>`;
  });
};

/** The whole view; decorative, so it has no name of its own. */
export function river(): string {
  const next = random(12);
  const reeds = Array.from({ length: 17 }, (_, i) => reed(i + 40, Math.round(-20 + i * 33 + next() * 22), Math.round(190 + next() * 150 - i * 5), Math.round(14 + next() * 60)));
  const far = Array.from({ length: 12 }, (_, i) => reed(i + 80, Math.round(1270 + i * 32 + next() * 14), Math.round(120 + next() * 130 + i * 6), Math.round(-14 - next() * 30)));
  const branches = Array.from({ length: 15 }, (_, i) => willowBranch(i + 3, 1060 + i * 41 + next() * 16, 150 + next() * 250 + Math.max(0, i - 3) * 15, -50 - next() * 60));
  return `<svg class="river" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="xMidYMax slice" aria-hidden="true" focusable="false">
  <defs><linearGradient id="sky" x2="0" y2="1"><stop offset="0" stop-color="var(--sky-1)"/><stop offset=".62" stop-color="var(--sky-2)"/><stop offset="1" stop-color="var(--sky-3)"/></linearGradient>
  <linearGradient id="water" x2="0" y2="1"><stop offset="0" stop-color="var(--water-1)"/><stop offset="1" stop-color="var(--water-2)"/></linearGradient>
  <radialGradient id="halo"><stop offset="0" stop-color="var(--sun)" stop-opacity=".75"/><stop offset="1" stop-color="var(--sun)" stop-opacity="0"/></radialGradient>
  <linearGradient id="mist" x2="0" y2="1"><stop offset="0" stop-color="var(--mist)" stop-opacity="0"/><stop offset=".5" stop-color="var(--mist)" stop-opacity=".85"/><stop offset="1" stop-color="var(--mist)" stop-opacity="0"/></linearGradient></defs>
  <rect width="${WIDTH}" height="${HEIGHT}" fill="url(#sky)"/><g class="sun"><circle cx="1040" cy="330" r="330" fill="url(#halo)"/><circle cx="1040" cy="330" r="74" fill="var(--sun)"/></g>
  ${hill(5, 500, 190, '--hill-1')}${hill(9, 540, 120, '--hill-2')}<rect y="440" width="${WIDTH}" height="150" fill="url(#mist)"/>${hill(17, 572, 66, '--hill-3')}
  <rect y="560" width="${WIDTH}" height="340" fill="url(#water)"/><rect y="530" width="${WIDTH}" height="66" fill="url(#mist)"/>${glints()}
  <g transform="translate(840 640)"><path d="M-92 0c30 24 150 26 190-4l-8 18c-40 16-130 16-172 0Z" fill="var(--boat)"/><path d="M-34 2c2-32 14-40 34-40s34 10 36 38Z" fill="var(--boat)"/><path d="M78-8L130-96" stroke="var(--boat)" stroke-width="3"/><path d="M-80 26h160" class="glint" stroke-width="2"/></g>
  <g class="far">${far.join('')}</g><g>${reeds.join('')}</g><g>${branches.join('')}</g></svg>`;
}
