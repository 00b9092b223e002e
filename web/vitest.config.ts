import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  resolve: { conditions: ['browser'] },
  test: {
    environment: 'happy-dom',
    testTimeout: 30_000, // what is slow is slow, not broken
    include: ['{shared,loader,widget,console,shop}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    unstubGlobals: true,
    restoreMocks: true,
    css: true,
  },
});
