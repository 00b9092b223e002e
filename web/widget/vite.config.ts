import { defineConfig, mergeConfig } from 'vite';
import { page } from '../vite.page.ts';

export default defineConfig(mergeConfig(page('/widget/'), { build: { modulePreload: false } }));
