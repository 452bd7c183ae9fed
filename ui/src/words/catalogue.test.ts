/** Every word the window says stands in the catalogue: none in a component's markup, none in the code. */
import { parse } from 'svelte/compiler';
import ts from 'typescript';
import { expect, test } from 'vitest';

/** Where no words of the window are: the catalogue itself, the stand-in for the engine, units, tests. */
const APART = /^\.\.\/(backend\/|main\.ts|format\.ts)|^\.\/|\.test\.ts$/;
const SPOKEN = new Set([
  'title',
  'placeholder',
  'alt',
  'label',
  'aria-label',
  'aria-description',
  'aria-roledescription',
  'aria-valuetext',
]);
/** What is the same in every language: names, fonts, selectors. */
const NAMES = new Set(['Embedscope', "Inter, 'Inter Variable', sans-serif", 'NoWebGL2']);
/** Names of keys, as the web's events tell them. */
const KEYS =
  /^(Enter|Escape|Arrow\w+|Home|End|Page\w+|Delete|Backspace|Tab|Shift|Control|Ctrl|Meta|Alt|Space|Contextmenu)(\+|$)/;

const files = Object.entries(
  import.meta.glob<string>('../**/*.{svelte,ts}', { query: '?raw', import: 'default', eager: true }),
).filter(([path]) => !APART.test(path));
const letters = (text: string) => /\p{L}{2}/u.test(text) && !NAMES.has(text.trim());
/** Two words or more, or one that begins as a sentence does; keys, classes, selectors and paths of pictures look otherwise. */
const sentence = (text: string) =>
  (/(^|\s)\p{L}[\p{L}’']*[,:;.]?\s+\p{L}[\p{L}’']*/u.test(text) || /^\p{Lu}\p{Ll}/u.test(text)) &&
  !/[{}[\]()=/#<>_]|px\b|--|\n\s*\n/.test(text) &&
  !KEYS.test(text) &&
  !NAMES.has(text);

interface Node {
  type: string;
  name?: string;
  data?: string;
  value?: unknown;
  start: number;
  end: number;
}
const isNode = (value: unknown): value is Node => !!value && typeof value === 'object' && 'type' in value;

/** What a component says in its markup by itself. */
function said(source: string): string[] {
  const found: string[] = [];
  const walk = (value: unknown) => {
    if (Array.isArray(value)) return value.forEach(walk);
    if (!isNode(value) || value.type === 'StyleDirective') return;
    if (value.type === 'ExpressionTag' || value.type === 'RenderTag')
      strings(source.slice(value.start + 1, value.end - 1).replace(/^@render/, ''), sentence).forEach((text) =>
        found.push(text),
      );
    if (value.type === 'Text' && letters(value.data ?? '')) found.push(value.data!.trim());
    if (value.type === 'Attribute') {
      if (SPOKEN.has(value.name!))
        strings(source.slice(value.start, value.end), letters).forEach((text) => found.push(text));
      if (Array.isArray(value.value)) value.value.filter((part) => isNode(part) && part.type !== 'Text').forEach(walk);
      else walk(value.value);
      return;
    }
    Object.entries(value).forEach(([key, inner]) => key !== 'css' && key !== 'comments' && walk(inner));
  };
  walk(parse(source, { modern: true }).fragment);
  return found;
}

/** The literal texts in a piece of code (or of an attribute) that `counts` takes for words. */
function strings(code: string, counts: (text: string) => boolean): string[] {
  const found: string[] = [];
  const attribute = /^[\w-]+=(["'])([\s\S]*)\1$/.exec(code);
  if (attribute) {
    // In quotes an attribute is text with expressions between: `title="Stop watching {name}"`.
    const text = attribute[2]!.replace(/\{[^{}]*\}/g, ' ');
    return counts(text) ? [attribute[2]!] : [];
  }
  const walk = (node: ts.Node) => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    // What only a developer reads.
    if (ts.isNewExpression(node) && node.expression.getText() === 'Error') return;
    if (ts.isStringLiteralLike(node) && counts(node.text)) found.push(node.text);
    if (ts.isTemplateExpression(node)) {
      const text = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' ');
      if (counts(text)) found.push(text);
    }
    ts.forEachChild(node, walk);
  };
  walk(ts.createSourceFile('a.ts', code, ts.ScriptTarget.Latest, true));
  return found;
}

test('every word of the window stands in the catalogue', () => {
  const astray: string[] = [];
  for (const [path, source] of files) {
    const note = (text: string) => astray.push(`${path.slice(3)}: ${text}`);
    if (path.endsWith('.svelte')) {
      said(source).forEach(note);
      for (const [, code] of source.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g))
        strings(code!, sentence).forEach(note);
    } else strings(source, sentence).forEach(note);
  }
  expect(files.length).toBeGreaterThan(100);
  expect(astray).toEqual([]);
});
