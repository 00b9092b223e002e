import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin, UserConfig } from 'vite';

/** What is fetched later here has no styles and no imports of its own: `import()` alone will do. */
const plainImport: Plugin = {
  name: 'plain-import',
  enforce: 'pre',
  load: (id) => (id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load();' : null),
};

/** The build of one page application that the node serves below `base`. */
export function page(base: string, plugins: Plugin[] = []): UserConfig {
  return {
    base,
    plugins: [svelte(), ...plugins],
    build: {
      target: ['chrome111', 'firefox114', 'safari16.4'],
      outDir: 'dist',
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  };
}

export { plainImport };
