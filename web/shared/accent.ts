/** A shop's accent, made safe: text on it and text in it keep AA contrast in both themes. */

export interface Accent {
  solid: string;
  hover: string;
  on: string;
  text: string;
  surface: string;
  border: string;
}

type Rgb = [number, number, number];

export const DEFAULT_ACCENT = '#2f6f5e';
const WHITE: Rgb = [255, 255, 255];
const INK: Rgb = [14, 18, 16];
/** The surfaces that accent text stands on, as in tokens.css; the hardest one decides. */
const SURFACE = { light: WHITE, dark: [28, 32, 30] as Rgb };

/** Returns the colours for one theme; a colour that cannot be read is replaced by the default. */
export function accent(colour: string, theme: 'light' | 'dark'): Accent {
  const base = parse(colour) ?? (parse(DEFAULT_ACCENT) as Rgb);
  const surface = SURFACE[theme];
  const away = theme === 'light' ? INK : WHITE;
  const solid = reach(base, away, surface, theme === 'light' ? 1.6 : 2.6);
  const on = contrast(WHITE, solid) >= 4.5 ? WHITE : INK;
  const tint = mix(surface, base, theme === 'light' ? 0.1 : 0.24);
  return {
    solid: hex(solid),
    hover: hex(mix(solid, on === WHITE ? INK : WHITE, 0.14)),
    on: hex(on),
    text: hex(reach(base, away, tint, theme === 'light' ? 4.6 : 7)), // on a dark tint, AA alone looks switched off,
    surface: hex(tint),
    border: hex(mix(surface, base, theme === 'light' ? 0.4 : 0.55)),
  };
}

/** Gives the page the shop's accent, through the style object so that a strict CSP allows it. */
export function applyAccent(colour: string, root: HTMLElement = document.documentElement): void {
  for (const theme of ['light', 'dark'] as const) {
    for (const [role, value] of Object.entries(accent(colour, theme))) {
      root.style.setProperty(`--${theme}-accent-${role}`, value);
    }
  }
}

/** Contrast ratio as WCAG defines it, 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

export function parse(colour: string): Rgb | null {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(colour);
  const full = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  const parts = full?.slice(1) ?? short?.slice(1).map((digit) => digit + digit);
  return parts ? (parts.map((part) => parseInt(part, 16)) as Rgb) : null;
}

function reach(colour: Rgb, towards: Rgb, against: Rgb, ratio: number): Rgb {
  for (let share = 0; share < 1; share += 0.04) {
    const candidate = mix(colour, towards, share);
    if (contrast(candidate, against) >= ratio) return candidate;
  }
  return towards;
}

function mix(one: Rgb, other: Rgb, share: number): Rgb {
  return one.map((value, i) => Math.round(value + ((other[i] as number) - value) * share)) as Rgb;
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function hex(colour: Rgb): string {
  return `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
