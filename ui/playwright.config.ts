import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const system = process.env.CHROMIUM ?? '/usr/bin/chromium';
const root = process.getuid?.() === 0;

export default defineConfig({
  testDir: 'browser',
  outputDir: 'node_modules/.cache/browser',
  fullyParallel: true,
  workers: 2,
  forbidOnly: !!process.env.CI,
  // Software drawing on a busy machine takes its time.
  timeout: 90_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    baseURL: 'http://localhost:4173',
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      ...(existsSync(system) ? { executablePath: system } : {}),
      // Software drawing: the same pictures with and without a graphics card.
      args: [...(root ? ['--no-sandbox'] : []), '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
    },
  },
  webServer: {
    command: 'npm run build && npx vite preview',
    url: 'http://localhost:4173',
    reuseExistingServer: !process.env.CI,
    stdout: 'ignore',
  },
});
