/** The packages of npm that the page is made of: those it depends on, and those whose code its bundle holds. */
import { readFileSync } from 'node:fs';
import { build } from 'vite';

/** Each package once, with the folder it lies in. */
export async function packages(ui) {
  const { dependencies } = JSON.parse(readFileSync(`${ui}/package.json`, 'utf8'));
  const { packages: locked } = JSON.parse(readFileSync(`${ui}/package-lock.json`, 'utf8'));
  const found = new Set(Object.keys(dependencies).map((name) => `node_modules/${name}`));
  for (const id of await bundled(ui)) found.add(/node_modules\/(.+\/node_modules\/)?(@[^/]+\/)?[^/]+/.exec(id)?.[0]);
  found.delete(undefined);
  return [...found].map((path) => {
    const folder = `${ui}/${path}`;
    const { name, author } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    const { version, license } = locked[path];
    return { name, version, licence: license, authors: [author?.name ?? author], folder, from: 'npm' };
  });
}

/** The modules whose code is in the bundle, as Vite names them. */
async function bundled(ui) {
  const inside = [];
  const listing = {
    name: 'listing',
    enforce: 'pre',
    // What is written from this list need not be there yet, nor be whole.
    load: (id) => (id.includes('/licences.json') ? 'export default ""' : undefined),
    generateBundle(_, chunks) {
      for (const { modules = {} } of Object.values(chunks))
        for (const [id, { renderedLength }] of Object.entries(modules)) if (renderedLength) inside.push(id);
    },
  };
  await build({ root: ui, logLevel: 'error', build: { write: false }, plugins: [listing] });
  return inside;
}
