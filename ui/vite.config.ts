import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const CSP =
  "default-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'";

export default defineConfig({
  plugins: [svelte()],
  base: './',
  // The port that tauri.conf.json names; Tauri cannot follow another one.
  server: { port: 1420, strictPort: true },
  // The window's own content security policy (src-tauri/tauri.conf.json), so that tests in a browser meet it too.
  preview: { port: 4173, strictPort: true, headers: { 'Content-Security-Policy': CSP } },
  build: { target: 'es2022', modulePreload: { polyfill: false }, assetsInlineLimit: 0, chunkSizeWarningLimit: 900 },
  // Components are compiled for the browser in tests too, so that runes live.
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  // The seeded world is laid out anew for many tests, which takes its time on a busy machine.
  test: { include: ['src/**/*.test.ts'], testTimeout: 30_000 },
});
