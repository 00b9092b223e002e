import { defineConfig } from 'vite';
import { page, plainImport } from '../vite.page.ts';

export default defineConfig(page('/widget/', [plainImport]));
