import { describe, expect, test } from 'vitest';
import { accent, contrast, DEFAULT_ACCENT, parse } from './accent.ts';
import tokens from './tokens.css?raw';

const ratio = (a: string, b: string) => contrast(parse(a) as never, parse(b) as never);

describe.each(['light', 'dark'] as const)('the accent in %s', (theme) => {
  test('keeps AA on itself and as text, whatever the shop chose', () => {
    for (const colour of ['#2f6f5e', '#ffffff', '#000000', '#ffe600', '#ff0000', '#0057ff', '#888888', '#f0f', 'red']) {
      const made = accent(colour, theme);
      expect(ratio(made.on, made.solid), `${colour} on`).toBeGreaterThanOrEqual(4.5);
      expect(ratio(made.on, made.hover), `${colour} hover`).toBeGreaterThanOrEqual(4.5);
      expect(ratio(made.text, made.surface), `${colour} text`).toBeGreaterThanOrEqual(4.5);
      if (theme === 'dark') expect(ratio('#eaf0ed', made.surface), `${colour} banner`).toBeGreaterThanOrEqual(4.5);
    }
  });

  test('of tokens.css is what the default computes to', () => {
    for (const [role, value] of Object.entries(accent(DEFAULT_ACCENT, theme))) {
      expect(tokens).toContain(`--${theme}-accent-${role}: ${value};`);
    }
  });
});

test('both ways into the dark theme say the same', () => {
  const system = /\[data-theme='light'\]\) \{([^}]*)\}/.exec(tokens)?.[1];
  const chosen = /\[data-theme='dark'\] \{([^}]*)\}/.exec(tokens)?.[1];
  const lines = (block?: string) => block?.split('\n').map((line) => line.trim());
  expect(lines(chosen)).toEqual(lines(system)?.map((line) => line));
});

test('text keeps AA on every surface of both themes', () => {
  const blocks = [/:root \{\s*color-scheme: light([^}]*)\}/, /\[data-theme='dark'\] \{([^}]*)\}/];
  for (const block of blocks) {
    const rules = Object.fromEntries(
      [...(block.exec(tokens)?.[1] ?? '').matchAll(/--([\w-]+): ([^;]+);/g)].map((m) => [m[1], m[2]]),
    ) as Record<string, string>;
    const value = (name: string): string => {
      const found = rules[name] as string;
      return found.startsWith('var(') ? value(found.slice(6, -1)) : found;
    };
    for (const surface of ['page', 'surface', 'raised', 'sunken', 'hover', 'bubble', 'paper']) {
      for (const text of ['text', 'text-medium', 'text-soft']) {
        expect(ratio(value(text), value(surface)), `${text} on ${surface}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    for (const meaning of ['good', 'notice', 'warning', 'danger']) {
      expect(ratio(value(`${meaning}-text`), value(`${meaning}-surface`))).toBeGreaterThanOrEqual(4.5);
      expect(ratio(value(`${meaning}-text`), value('surface'))).toBeGreaterThanOrEqual(4.5);
      expect(ratio(value('on-solid'), value(`${meaning}-solid`))).toBeGreaterThanOrEqual(4.5);
    }
  }
});
