/**
 * Writes `src/licences/licences.json`: every library that ships, with its version, its licence, and the texts that come with it. `make licences`
 * runs it.
 *
 * The same sources give the same file. The sums of both lock files stand in it, so that a test can tell when it is out of date.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { crates } from './crates.js';
import { inside } from './inside.js';
import { packages } from './page.js';
import { Store, files, named, standard } from './texts.js';

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
const ui = `${root}/ui`;
const sum = (path) =>
  createHash('sha256')
    .update(readFileSync(`${root}/${path}`, 'utf8').replaceAll('\r', ''))
    .digest('hex');
const order = (it) => `${it.name.toLowerCase()} ${it.name} ${it.version} ${it.from}`;

const linked = crates(root);
const libraries = [...linked, ...(await packages(ui)), ...inside(root, linked)]
  .map((it) => ({ ...it, licence: it.licence.replaceAll(/\s*\/\s*/g, ' OR '), files: it.files ?? files(it.folder) }))
  .sort((a, b) => (order(a) < order(b) ? -1 : 1));
const brought = libraries.flatMap((library) => library.files.map(([, text]) => text));

const store = new Store();
const entries = libraries.map(({ name, version, licence, from, authors, files }) => {
  const texts = files.map(([file, text]) => [file, store.add(text)]);
  if (texts.length) return { name, version, licence, from, texts };
  // Who brings no text is named with the standard one.
  const by = authors.filter(Boolean).map((author) => author.replace(/\s*<.*>/, ''));
  return {
    name,
    version,
    licence,
    from,
    by,
    texts: named(licence).map((it) => [it, store.add(standard(it, brought))]),
  };
});

const lines = (list) => `[\n${list.map((it) => JSON.stringify(it)).join(',\n')}\n]`;
const locks = Object.fromEntries(['Cargo.lock', 'ui/package-lock.json'].map((path) => [path, sum(path)]));
writeFileSync(
  `${ui}/src/licences/licences.json`,
  `{"locks":${JSON.stringify(locks)},\n"libraries":${lines(entries)},\n"texts":${lines(store.texts)},\n"paragraphs":${lines(store.paragraphs)}}\n`,
);
