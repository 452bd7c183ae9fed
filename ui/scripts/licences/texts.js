/** Texts of licences: those that lie in a package's folder, the standard ones, and all of them written once, paragraph by paragraph. */
import { readdirSync, readFileSync } from 'node:fs';

const NAMED = /^(licen[cs]e|copying|copyright|notice|unlicense)(?!.*\.(rs|c|h|py|js|ts|svelte)$)/i;
/** What does not ship with the package: what tests, shows or builds it, and C that the system's library stands for. */
const APART = /^(node_modules|tests?|fuzz|benches|examples|resources|images|cmake|vendor)$/;
/** The other one of two licences to choose from, and one of fonts that ship with a feature not asked for. */
const NOT_HELD = /\/zstd\/COPYING$|\/LICENSE-fallback-fonts$/;
/** How a standard text is found in the files of those who bring it, without their copyright. */
const STANDARD = {
  MIT: /Permission is hereby granted, free of charge[\s\S]*/,
  'Apache-2.0': /Apache License\s+Version 2\.0, January 2004[\s\S]*/,
  'BSD-3-Clause': /Redistribution and use in source(?=[\s\S]*Neither the name of the copyright holder)[\s\S]*/,
  'BSL-1.0': /Boost Software License - Version 1\.0[\s\S]*/,
  'MPL-2.0': /Mozilla Public License Version 2\.0[\s\S]*/,
  Zlib: /This software is provided 'as-is'[\s\S]*/,
};

/** The texts in a folder, each with the name of its file. */
export function files(folder, below = '') {
  const found = [];
  for (const entry of readdirSync(`${folder}/${below}`, { withFileTypes: true })) {
    const path = `${below}${entry.name}`;
    if (entry.isDirectory()) found.push(...(APART.test(entry.name) ? [] : files(folder, `${path}/`)));
    else if ((NAMED.test(entry.name) || /(^|\/)LICENSES\/$/.test(below)) && !NOT_HELD.test(`/${path}`))
      found.push([path, readFileSync(`${folder}/${path}`, 'utf8')]);
  }
  return found.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The licences that an expression names. */
export const named = (expression) => expression.split(/\s+(?:AND|OR)\s+|[()]/).filter(Boolean);

/** The standard text of a licence, as most have it. */
export function standard(licence, texts) {
  const times = new Map();
  for (const text of texts) {
    const found = STANDARD[licence]?.exec(text)?.[0];
    if (found) times.set(plain(found), [...(times.get(plain(found)) ?? []), found]);
  }
  const [most] = [...times.values()].sort((a, b) => b.length - a.length);
  if (!most) throw new Error(`nobody brings a text of ${licence}: say in texts.js how it is found`);
  return most[0];
}

/** Texts by number, made of paragraphs by number: most licences are the same but for a line of copyright. */
export class Store {
  paragraphs = [];
  texts = [];
  #paragraphs = new Map();
  #texts = new Map();

  add(text) {
    const parts = text.replaceAll('\r', '').split(/\n\s*\n/);
    const numbers = parts
      .filter((it) => it.trim())
      .map((it) => number(this.#paragraphs, this.paragraphs, plain(it), flowing(it)));
    return number(this.#texts, this.texts, numbers.join(), numbers);
  }
}

function number(known, list, key, value) {
  if (!known.has(key)) known.set(key, list.push(value) - 1);
  return known.get(key);
}

const plain = (text) => text.split(/\s+/).filter(Boolean).join(' ');

/** A paragraph in one line if it was broken to fit; else its lines as they are: names, lists, titles. */
function flowing(paragraph) {
  const lines = paragraph
    .trim()
    .split('\n')
    .map((line) => line.trim());
  const stays =
    lines.some((line) => /copyright.*\d{4}|^\W+$/i.test(line)) || lines.slice(0, -1).some((line) => line.length < 40);
  return stays ? lines.filter(Boolean).join('\n') : plain(paragraph);
}
