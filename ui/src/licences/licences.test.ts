/** The list of what ships is as old as the lock files are, names what stands in them and what the manifests ask for, and is found and read. */
import { expect, test } from 'vitest';
import written from './licences.json?raw';
import { load, source } from './licences';

const files = import.meta.glob<string>(
  ['../../../Cargo.lock', '../../../{crates/*,src-tauri}/Cargo.toml', '../../package.json', '../../package-lock.json'],
  { query: '?raw', import: 'default', eager: true },
);
const [cargo, npm] = [files['../../../Cargo.lock']!, files['../../package-lock.json']!];
const built = await load();
const from = (registry: string) => built.libraries.filter((library) => library.from === registry);

async function sum(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text.replaceAll('\r', '')));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

test('the list is as old as the lock files', async () => {
  const { locks } = JSON.parse(written) as { locks: object };
  const now = { 'Cargo.lock': await sum(cargo), 'ui/package-lock.json': await sum(npm) };
  expect(locks, 'run `make licences`: what ships may have changed').toEqual(now);
});

test('what is named stands in a lock file with that version', () => {
  const locked = new Set(
    [...cargo.matchAll(/^name = "(.+)"\nversion = "(.+)"\nsource/gm)].map(([, ...it]) => it.join(' ')),
  );
  const { packages } = JSON.parse(npm) as { packages: Record<string, { version: string }> };
  for (const [path, { version }] of Object.entries(packages))
    locked.add(`${path.replace('node_modules/', '')} ${version}`);
  const named = [...from('crates.io'), ...from('npm')].map(({ name, version }) => `${name} ${version}`);
  expect(named.length).toBeGreaterThan(500);
  expect(named.filter((it) => !locked.has(it))).toEqual([]);
  expect(new Set(named).size).toBe(named.length);
});

test('what our manifests ask for is named, and what only builds or tests is not', () => {
  const manifests = Object.entries(files).filter(([path]) => path.endsWith('.toml'));
  const asked = new Set<string>();
  for (const [, manifest] of manifests)
    for (const [, table] of manifest.matchAll(/^\[(?:target\..+\.)?dependencies\]\n((?:.+\n?)*)/gm))
      for (const [, name] of table!.matchAll(/^([\w-]+)(?= =|\.workspace)/gm)) asked.add(name!);
  const { dependencies } = JSON.parse(files['../../package.json']!) as { dependencies: object };
  const ours = [...asked].filter((name) => !name.startsWith('embedscope'));
  const named = new Set(built.libraries.map(({ name }) => name));
  expect(manifests.length).toBeGreaterThan(8);
  expect([...ours, ...Object.keys(dependencies), 'svelte'].filter((name) => !named.has(name))).toEqual([]);
  expect(
    ['proptest', 'criterion', 'serde_derive', 'tauri-build', 'vite', 'vitest'].filter((name) => named.has(name)),
  ).toEqual([]);
});

test('every library has a licence and its text, with whose it is', () => {
  for (const library of built.libraries) {
    const texts = built.read(library);
    expect(library.licence, library.name).toMatch(/^[\w.() -]+$/);
    expect(texts.length, library.name).toBeGreaterThan(0);
    for (const { paragraphs } of texts) expect(paragraphs.join('').length, library.name).toBeGreaterThan(10);
  }
  expect(built.write(built.find('three mit').find(({ name }) => name === 'three')!)).toMatch(
    /^three [\d.]+\nMIT\nhttps:\/\/www\.npmjs\.com\/package\/three\/v\/[\d.]+\n\nLICENSE\n\n[\s\S]*Copyright © 2010-\d{4} three\.js authors\n\nPermission is hereby granted/,
  );
});

test('a library is found by its name or its licence', () => {
  const names = (sought: string) => built.find(sought).map(({ name }) => name);
  expect(built.find('  ')).toHaveLength(built.libraries.length);
  expect(names('SQLite')).toContain('libsqlite3-sys');
  expect(names('blessing')).toEqual(['SQLite']);
  expect(names('inter ofl')).toEqual(['@fontsource-variable/inter', 'Inter']);
  expect(names('no such library')).toEqual([]);
  expect(source(built.find('blessing')[0]!)).toBeNull();
});
