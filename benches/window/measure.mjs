/**
 * Measures the map's drawing against others on this machine: `node measure.mjs [FILE]` writes one JSON object, of all
 * parts or of those that `PARTS` names (`PARTS=hover,linked`).
 *
 * The system's Chromium draws in software (SwiftShader), so the same pictures come out everywhere and ratios count, not
 * milliseconds. Who is measured takes turns, round by round, each in a page of its own that stays open.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';

const HERE = import.meta.dirname;
const DIST = join(HERE, '../../ui/dist/assets');
const MANY = 1_000_000;
const FEWER = 200_000;
/** Of each of the maps that stand side by side. */
const LINKED = 100_000;
const ROUNDS = Number(process.env.ROUNDS ?? 9);
const HOVERS = 60;
/** Moving frames until the draw budget has settled, and those that are measured then. */
const SETTLING = 25;
const MOVING = 25;

const sorted = (values) => [...values].sort((a, b) => a - b);
const median = (values) => sorted(values)[Math.floor(values.length / 2)];
const least = (values) => Math.min(...values);

const root = process.getuid?.() === 0;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [...(root ? ['--no-sandbox'] : []), '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
});
await build({ root: HERE, logLevel: 'error' });
const server = await preview({ root: HERE });

async function open(who, points) {
  const page = await browser.newPage({ viewport: { width: 1000, height: 800 } });
  page.setDefaultTimeout(120_000);
  page.on('pageerror', (error) => console.error(who, error.message));
  await page.goto(`http://localhost:4174/?who=${who}&points=${points}`);
  await page.waitForFunction(() => window.bench, null, { polling: 200 });
  return page;
}

async function still() {
  const found = {};
  for (const who of ['bare', 'ours', 'regl', 'deck']) {
    const page = await open(who, MANY);
    const { first_ms, first } = await page.evaluate(() => ({ first_ms: bench.first_ms, first: bench.first }));
    found[who] = { page, first_ms, points: first.points, samples_ms: [] };
  }
  for (let round = 0; round < ROUNDS; round++)
    for (const kept of Object.values(found)) {
      const { ms, points } = await kept.page.evaluate(() => bench.still());
      kept.samples_ms.push(ms);
      kept.points = points;
    }
  for (const kept of Object.values(found)) {
    await kept.page.close();
    delete kept.page;
    kept.ms = least(kept.samples_ms);
    kept.median_ms = median(kept.samples_ms);
  }
  return found;
}

async function moving(points, who = 'ours') {
  const page = await open(who, points);
  const frames = await page.evaluate(async (steps) => {
    const all = [];
    for (let step = 0; step < steps; step++) all.push(await bench.moving(step));
    return all;
  }, SETTLING + MOVING);
  const settled = frames.slice(SETTLING);
  const found = { ms: median(settled.map(({ ms }) => ms)), points: median(settled.map(({ points }) => points)) };
  await page.close();
  return found;
}

async function hover() {
  const page = await open('ours', MANY);
  const taken = await page.evaluate((times) => bench.hover(times), HOVERS + 1);
  await page.close();
  return { first_ms: taken[0], ms: median(taken.slice(1)), worst_ms: Math.max(...taken.slice(1)) };
}

/** Gzipped bytes of the scripts a window loads before anything is asked for, those included that come once it stands. */
function script() {
  const names = readdirSync(DIST).filter((name) => name.endsWith('.js'));
  const lazy = (name) => /^(fake|licences)-/.test(name);
  const size = (name) => gzipSync(readFileSync(join(DIST, name)), { level: 9 }).length;
  return names.filter((name) => !lazy(name)).reduce((sum, name) => sum + size(name), 0);
}

const PARTS = {
  still,
  hover,
  moving: async () => ({ [MANY]: await moving(MANY), [FEWER]: await moving(FEWER) }),
  linked: () => moving(LINKED, 'linked'),
  script_bytes: script,
};
const figures = { browser: `Chromium ${browser.version()}` };
for (const part of process.env.PARTS?.split(',') ?? Object.keys(PARTS)) figures[part] = await PARTS[part]();
await browser.close();
await new Promise((resolve) => server.httpServer.close(resolve));
if (process.argv[2]) writeFileSync(process.argv[2], `${JSON.stringify(figures, null, 1)}\n`);
process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exit(0);
