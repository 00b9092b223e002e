import { defineConfig } from 'vite';

/** One classic script, so that a shop needs one tag and nothing else. */
export default defineConfig({
  build: {
    target: ['chrome111', 'firefox114', 'safari16.4'],
    outDir: 'dist',
    lib: { entry: 'src/main.ts', formats: ['iife'], name: 'kefuLoader', fileName: () => 'kefu.js' },
  },
});
