/** Basket, tray, lantern, blind. */
import { fade, glow, n, picture, random, round, shadow, times } from './tools';

function weave(seed: number, rows: number, left: (t: number) => number, right: (t: number) => number, top: number, bottom: number, colours: string[]): string {
  const next = random(seed);
  const height = (bottom - top) / rows;
  return times(rows, (row) => {
    const y = top + row * height;
    const from = left(row / rows);
    const to = right(row / rows);
    const width = (to - from) / 13;
    return times(14, (column) => {
      const x = from + (column - (row % 2 ? 0.5 : 1)) * width;
      const a = Math.max(x, from);
      const b = Math.min(x + width * 0.96, to);
      if (b - a < 4) return '';
      const sag = 6 * Math.sin(((a + b) / 2 - from) / (to - from) * Math.PI);
      const colour = colours[Math.floor(next() * colours.length)] ?? '#b98a4a';
      return `<path d="M${n(a)} ${n(y + sag)}q${n((b - a) / 2)}-${n(height * 0.75)} ${n(b - a)} 0v${n(height * 0.82)}q-${n((b - a) / 2)}-${n(height * 0.75)}-${n(b - a)} 0Z" fill="${colour}"/>`;
    });
  });
}

export const willowBasket = (): string =>
  picture(
    fade('s', [[0, '#2d1c0c', 0.34], [0.3, '#fff', 0.1], [0.6, '#2d1c0c', 0.05], [1, '#2d1c0c', 0.5]], 'across') + round('r', '#dab27a', '#b5834a', '#7a5228'),
    `${shadow(200, 412, 130)}
    <path d="M92 258C88 120 150 70 200 70s112 50 108 188" fill="none" stroke="#7a5228" stroke-width="17"/><path d="M92 258C88 120 150 70 200 70s112 50 108 188" fill="none" stroke="#c9995c" stroke-width="11"/>
    <path d="M92 258C88 120 150 70 200 70s112 50 108 188" fill="none" stroke="#8a5f31" stroke-width="11" stroke-dasharray="3 9" opacity=".7"/>
    <ellipse cx="200" cy="256" rx="138" ry="26" fill="#4b3015"/>
    <path d="M62 256l22 132c4 16 20 22 40 24 50 6 102 6 152 0 20-2 36-8 40-24l22-132c-40 36-236 36-276 0Z" fill="#8a5f31"/>
    ${weave(5, 11, (t) => 64 + t * 24, (t) => 336 - t * 24, 274, 410, ['#c9995c', '#bd8a4c', '#d6aa70', '#b07c40', '#cfa164'])}
    <path d="M62 256l22 132c4 16 20 22 40 24 50 6 102 6 152 0 20-2 36-8 40-24l22-132c-40 36-236 36-276 0Z" fill="url(#s)"/>
    <path d="M62 256c6 40 270 40 276 0" fill="none" stroke="url(#r)" stroke-width="17" stroke-linecap="round"/>
    <path d="M64 260c10 36 262 36 272 0" fill="none" stroke="#7a5228" stroke-width="13" stroke-dasharray="2.5 10" opacity=".6"/>
    <path d="M150 252c-6-36-40-58-70-60 20 18 34 36 42 62M176 252c2-44-14-86-40-110 2 40 4 76 18 108M204 254c10-40 34-76 66-92-10 32-24 66-40 92" fill="#5e7350"/><path d="M230 254c10-28 38-50 74-52-20 14-34 32-44 50" fill="#7a8d66"/>`,
  );

const persimmon = (x: number, y: number, r: number): string =>
  `<g transform="translate(${x} ${y})"><path d="M-${r} 0c0-${r * 0.9} ${r * 0.7}-${r * 0.95} ${r}-${r * 0.86} ${r * 0.3}-${r * 0.1} ${r} 0 ${r} ${r * 0.86} 0 ${r * 0.7}-${r * 0.5} ${r * 0.8}-${r} ${r * 0.8}s-${r}-${r * 0.1}-${r}-${r * 0.8}Z" fill="url(#f)"/>
  <path d="M-16-${r * 0.82}c8 0 10-7 16-9 6 2 10 9 17 9-6 4-8 9-17 9s-11-5-16-9Z" fill="#5d6b3f"/><path d="M0-${r * 0.86}l3-12" stroke="#4b3a20" stroke-width="4" stroke-linecap="round"/></g>`;

export function reedTray(): string {
  const ring = (k: number): string => `<ellipse cx="200" cy="352" rx="${n(164 * k)}" ry="${n(50 * k)}" fill="none" stroke="${k % 0.14 < 0.07 ? '#b99257' : '#d9b988'}" stroke-width="6.4"/>`;
  return picture(
    fade('e', [[0, '#d7b37c'], [1, '#8a6231']]) + glow('f', [[0, '#f3a45c'], [0.55, '#dd7430'], [1, '#a84a1c']], 'cx=".36" cy=".3" r=".8"'),
    `${shadow(200, 404, 160, 18)}
    <path d="M26 346c0 40 80 66 174 66s174-26 174-66Z" fill="url(#e)"/>
    ${times(64, (i) => { const t = 0.06 + (i / 63) * (Math.PI - 0.12); return `<path d="M${n(200 - Math.cos(t) * 174)} ${n(350 + Math.sin(t) * 52)}l0 13" stroke="#6f4c22" stroke-width="2" opacity=".55"/>`; })}
    <ellipse cx="200" cy="346" rx="174" ry="54" fill="#caa36a"/>${times(13, (i) => ring(1 - i * 0.075))}
    ${times(40, (i) => { const t = (i / 40) * Math.PI * 2; return `<path d="M200 350L${n(200 + Math.cos(t) * 164)} ${n(350 + Math.sin(t) * 50)}" stroke="#7f5a2a" stroke-width="1.4" opacity=".4"/>`; })}
    <ellipse cx="200" cy="346" rx="174" ry="54" fill="none" stroke="#9a7140" stroke-width="7"/><ellipse cx="200" cy="343" rx="174" ry="54" fill="none" stroke="#e3c693" stroke-width="3"/>
    <ellipse cx="176" cy="352" rx="66" ry="14" fill="#4b300f" opacity=".35"/>${persimmon(146, 318, 44)}${persimmon(232, 330, 40)}
    <path d="M250 296c34-60 70-84 110-92-10 40-46 74-104 98" fill="#6c7d52"/><path d="M252 298c36-44 64-66 104-90" stroke="#48573a" stroke-width="2" fill="none"/>`,
  );
}

export function bambooLantern(): string {
  const rib = (i: number): string => {
    const k = (i - 8) / 8;
    return `<path d="M${n(200 + k * 42)} 128C${n(200 + k * 160)} 176 ${n(200 + k * 160)} 328 ${n(200 + k * 42)} 376" fill="none" stroke="#8a5c2b" stroke-width="${n(3 - Math.abs(k))}" opacity=".75"/>`;
  };
  return picture(
    glow('l', [[0, '#fff6d8'], [0.45, '#fbdc9c'], [1, '#dc9f52']]) + glow('h', [[0, '#ffdf9a', 0.55], [1, '#ffdf9a', 0]]),
    `<circle cx="200" cy="254" r="200" fill="url(#h)"/><path d="M200 0v112" stroke="#4b3a26" stroke-width="3"/>
    <path d="M158 128C40 176 40 328 158 376h84c118-48 118-200 0-248Z" fill="url(#l)"/>${times(17, rib)}
    ${times(11, (i) => { const y = 146 + i * 21.5; const w = 42 + 92 * Math.sin(((y - 122) / 260) * Math.PI) ** 0.8; return `<path d="M${n(200 - w)} ${n(y)}q${n(w)} 15 ${n(w * 2)} 0" fill="none" stroke="#a8763b" stroke-width="1.3" opacity=".6"/>`; })}
    <path d="M156 118c20-8 68-8 88 0v14c-20 7-68 7-88 0Z" fill="#5b3d1e"/><path d="M156 372c20 7 68 7 88 0v14c-20 7-68 7-88 0Z" fill="#5b3d1e"/>
    <path d="M200 390v26" stroke="#8f3d2a" stroke-width="3"/><circle cx="200" cy="416" r="6" fill="#8f3d2a"/><path d="M196 420l-5 42M200 422v42M204 420l5 42M198 420l-2 42M202 420l2 42" stroke="#a5513a" stroke-width="2"/>`,
  );
}

export function reedBlind(): string {
  const next = random(23);
  const colours = ['#d8bb84', '#cdae75', '#e2c896', '#c4a267', '#d3b57d', '#b99458'];
  return picture(
    glow('w', [[0, '#fff7df', 0.95], [1, '#fff7df', 0]], 'cx=".7" cy=".3" r=".7"') + round('r', '#ecd6a8', '#c9a768', '#8a6530'),
    `<rect x="66" y="70" width="268" height="330" fill="#fdf3d6" opacity=".55"/>
    ${times(62, (i) => { const y = 78 + i * 4.9; const dx = next() * 5; return `<rect x="${n(58 - dx)}" y="${n(y)}" width="${n(284 + dx + next() * 5)}" height="3.9" rx="1.9" fill="${colours[Math.floor(next() * 6)] ?? '#d8bb84'}"/>${next() > 0.55 ? `<rect x="${n(70 + next() * 240)}" y="${n(y)}" width="3" height="3.9" fill="#7d5a2c" opacity=".6"/>` : ''}`; })}
    <rect x="52" y="70" width="296" height="312" fill="url(#w)" opacity=".5"/>
    <path d="M214 72c50 60 20 130 70 180 20 22 30 60 24 128" stroke="#5a6a45" stroke-width="20" opacity=".16" fill="none" filter="url(#soft)"/>
    ${[104, 200, 296].map((x) => `<path d="M${x} 60v326" stroke="#6d4c24" stroke-width="2.6" stroke-dasharray="5 2.5"/>`).join('')}
    <rect x="46" y="52" width="308" height="20" rx="5" fill="#6b4a26"/><rect x="46" y="52" width="308" height="7" rx="3.5" fill="#8d673a"/>
    <rect x="50" y="380" width="300" height="30" rx="15" fill="url(#r)"/><circle cx="66" cy="395" r="10" fill="none" stroke="#8a6530" stroke-width="2"/><circle cx="66" cy="395" r="5" fill="none" stroke="#8a6530" stroke-width="1.5"/>
    <path d="M296 410c2 18-4 26-2 44M104 410c-2 16 2 22 0 34" stroke="#6d4c24" stroke-width="2.4" fill="none"/>`,
  );
}
