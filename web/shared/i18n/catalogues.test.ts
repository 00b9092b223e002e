import { describe, expect, test } from 'vitest';
import { names } from './icu.ts';

type Words = Record<string, string>;
const files = import.meta.glob<{ default: Words }>('../../*/src/i18n/{en,zh}.ts', { eager: true });
const sources = import.meta.glob<string>(['../../*/src/**/*.{ts,svelte}', '!../../*/src/i18n/**'], {
  eager: true,
  query: '?raw',
  import: 'default',
});
/** Words that are the same in both languages on purpose. */
const SAME = /^[\s\d\p{P}\p{S}]*$|^(English|中文|Kefu|Esc|JSON|CSV|URL|API)$/u;

const apps = [...new Set(Object.keys(files).map((path) => path.split('/')[2] as string))];
const words = (app: string, language: string): Words => files[`../../${app}/src/i18n/${language}.ts`]?.default ?? {};
const code = (app: string): string =>
  Object.entries(sources)
    .filter(([path]) => path.startsWith(`../../${app}/`) && !path.endsWith('.test.ts'))
    .map(([, text]) => text)
    .join('\n');

describe.each(apps)('the words of %s', (app) => {
  const [en, zh] = [words(app, 'en'), words(app, 'zh')];

  test('are the same set in both languages', () => {
    expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
  });

  test('ask for the same values in both languages', () => {
    for (const key of Object.keys(en)) expect(names(zh[key] ?? ''), key).toEqual(names(en[key] as string));
  });

  test('are all translated', () => {
    const left = Object.keys(en).filter((key) => en[key] === zh[key] && !SAME.test(en[key] as string));
    expect(left).toEqual([]);
  });

  test('are all used', () => {
    const text = code(app);
    // A key is used when it stands somewhere as a string, or begins like a template: `topic.${…}`.
    const begins = [...text.matchAll(/`([\w.-]+[._-])\$\{/g)].map((match) => match[1] as string);
    const unused = Object.keys(en).filter(
      (key) => !text.includes(`'${key}'`) && !text.includes(`"${key}"`) && !begins.some((start) => key.startsWith(start)),
    );
    expect(unused).toEqual([]);
  });

  test('do not shout', () => {
    for (const text of [...Object.values(en), ...Object.values(zh)]) expect(text).not.toMatch(/[!！]/);
  });
});
