import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  build: { target: 'es2022', chunkSizeWarningLimit: 2000, modulePreload: { polyfill: false } },
  preview: { port: 4174, strictPort: true },
});
