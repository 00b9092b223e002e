import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { UserConfig } from 'vite';

/** The build of one page application that the node serves below `base`. */
export function page(base: string): UserConfig {
  return {
    base,
    plugins: [svelte()],
    build: {
      target: ['chrome111', 'firefox114', 'safari16.4'],
      outDir: 'dist',
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  };
}
