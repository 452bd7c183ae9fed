/**
 * The Rust crates that are linked into what ships: the window, the headless program and the workers, on Linux, macOS and Windows together.
 *
 * `cargo metadata` lets what builds and tests switch features on as well, so features are followed here along normal dependencies alone.
 * Deliberately absent: procedural macros and what only builds or tests, for it is not in the programs.
 */
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';

const SHIPPED = ['embedscope', 'embedscope-cli', 'embedscope-worker'];
/** Where it runs, with what is chosen there (`Makefile`, `scripts/embedder.sh`). Built with MKL it is by hand alone (`docs/models.md`). */
const PLATFORMS = {
  'x86_64-unknown-linux-gnu': ['embedscope-worker/cuda'],
  'aarch64-apple-darwin': ['metal', 'accelerate'].flatMap((it) => [`embedscope/${it}`, `embedscope-cli/${it}`]),
  'x86_64-pc-windows-msvc': ['embedscope-worker/cuda'],
};

/** Each crate once, with the folder its source lies in. */
export function crates(root) {
  const found = new Map();
  for (const [platform, features] of Object.entries(PLATFORMS))
    for (const crate of linked(metadata(root, platform, features), features)) found.set(crate.id, crate);
  return [...found.values()].map(({ name, version, license, authors, manifest_path }) => ({
    name,
    version,
    licence: license,
    authors,
    folder: dirname(manifest_path),
    from: 'crates.io',
  }));
}

function metadata(root, platform, features) {
  const wanted = features.flatMap((feature) => ['--features', feature]);
  const asked = ['metadata', '--locked', '--format-version', '1', '--filter-platform', platform, ...wanted];
  return JSON.parse(execFileSync('cargo', asked, { cwd: root, maxBuffer: 2 ** 28 }));
}

/** What is reached from the programs by normal dependencies, with the features that these ask for. */
function linked({ packages, resolve }, chosen) {
  const known = new Map(packages.map((it) => [it.id, it]));
  const edges = new Map(resolve.nodes.map(({ id, deps }) => [id, deps]));
  /** Each crate with its features. */
  const active = new Map();
  let grown = true;
  const enable = (id, features) => {
    const on = active.get(id) ?? new Set();
    if (active.has(id) && features.every((feature) => on.has(feature))) return;
    active.set(id, new Set([...on, ...features]));
    grown = true;
  };
  for (const { id, name, source } of packages)
    if (!source && SHIPPED.includes(name)) {
      const own = chosen.map((feature) => feature.split('/')).filter(([crate]) => crate === name);
      enable(id, ['default', ...own.map(([, feature]) => feature)]);
    }

  while (grown) {
    grown = false;
    for (const [id, features] of [...active]) {
      const crate = known.get(id);
      const asked = wishes(crate.features, features);
      for (const dependency of crate.dependencies) {
        const key = dependency.rename ?? dependency.name;
        const to = dependency.kind ? undefined : target(edges.get(id), known, dependency);
        if (!to || (dependency.optional && !asked.dependencies.has(key))) continue;
        const standard = dependency.uses_default_features ? ['default'] : [];
        enable(to, [...standard, ...dependency.features, ...(asked.ofThem.get(key) ?? [])]);
      }
    }
  }
  return [...active.keys()].map((id) => known.get(id)).filter(({ source }) => source);
}

/** What a crate's features switch on: optional dependencies, and features of dependencies. */
function wishes(table, features) {
  const dependencies = new Set();
  const ofThem = new Map();
  // Grows while it is gone through: features switch on others of the same crate.
  const all = new Set(features);
  for (const feature of all) {
    if (!(feature in table)) dependencies.add(feature);
    for (const entry of table[feature] ?? []) {
      const [, dependency, weak, of] = /^([^/?]+)(\?)?\/(.+)$/.exec(entry) ?? [];
      if (dependency) ofThem.set(dependency, [...(ofThem.get(dependency) ?? []), of]);
      if (entry.startsWith('dep:')) dependencies.add(entry.slice(4));
      else if (!weak) all.add(dependency ?? entry);
    }
  }
  return { dependencies, ofThem };
}

/** The crate that a dependency means on this platform; undefined where it means none, or a procedural macro. */
function target(edges, known, { name, rename, target }) {
  const edge = edges.find((edge) => {
    const to = known.get(edge.pkg);
    const named = rename ?? to.targets.find(({ crate_types }) => crate_types.some((it) => it.endsWith('lib')))?.name;
    return (
      to.name === name &&
      edge.name === named?.replaceAll('-', '_') &&
      edge.dep_kinds.some((it) => !it.kind && it.target === target)
    );
  });
  return edge && !known.get(edge.pkg).targets.some(({ kind }) => kind.includes('proc-macro')) ? edge.pkg : undefined;
}
