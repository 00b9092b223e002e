import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import { site } from './src/pages/site.ts';

/** Writes the pages and pictures beside the script and style sheet that they use. */
function pages(): Plugin {
  return {
    name: 'willow-and-reed',
    generateBundle(_, bundle) {
      const files = Object.values(bundle);
      const script = files.find((file) => file.type === 'chunk' && file.isEntry)?.fileName;
      const style = files.find((file) => file.fileName.endsWith('.css'))?.fileName;
      if (!script || !style) throw new Error('The shop needs its script and its style sheet.');
      for (const [fileName, source] of site({ script: `/shop/${script}`, style: `/shop/${style}` })) {
        this.emitFile({ type: 'asset', fileName, source });
      }
      this.emitFile({ type: 'asset', fileName: 'theme.js', source: readFileSync(new URL('src/client/theme-first.js', import.meta.url), 'utf8') });
    },
  };
}

export default defineConfig({
  base: '/shop/',
  plugins: [pages()],
  build: {
    target: ['chrome111', 'firefox114', 'safari16.4'],
    modulePreload: { polyfill: false },
    rolldownOptions: { input: 'src/main.ts' },
  },
});
