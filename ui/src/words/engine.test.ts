/**
 * The engine's part of the catalogue is what its sources say today. `npm run words` runs this test too, and writes what is new.
 *
 * Deliberately absent: what counts as a sentence (`scripts/sentences.ts`).
 */
import { expect, test } from 'vitest';
import { notes, sentences } from '../../scripts/sentences';

const files = {
  ...import.meta.glob<string>('../../../{crates/*,src-tauri}/src/**/*.rs', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
  ...import.meta.glob<string>('../../../assets/models.toml', { query: '?raw', import: 'default', eager: true }),
};
/** The lists, each with where it comes from. */
const LISTS: Record<string, RegExp> = {
  sources: /^crates\/sources\/src\//,
  models: /^crates\/models\/src\/|^assets\//,
  workspace: /^crates\/workspace\/src\//,
  space: /^crates\/space\/src\//,
  engine: /^crates\/engine\/src\//,
  api: /^crates\/api\/src\//,
  shell: /^src-tauri\/src\//,
};
/** Tests; reports, which are files of their own; what the shell tells the system and not the window. */
const APART = /\/(tests|faults|report)(\/|\.rs$)|\/attention\.rs$/;

/** As Prettier quotes it. */
const quoted = (text: string) => {
  const quote = text.split("'").length > text.split('"').length ? '"' : "'";
  return quote + text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote;
};

/** One list, as a file: under the name of each source what it is the first to say. */
function list(name: string): string {
  const said = new Set<string>();
  const lines: string[] = [];
  for (const [path, source] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const below = path.replace(/^(\.\.\/)+/, '');
    if (!LISTS[name]!.test(below) || APART.test(below)) continue;
    const fresh = (below.endsWith('.rs') ? sentences(source) : notes(source)).filter((text) => !said.has(text));
    if (fresh.length) lines.push(`  // ${below.replace(LISTS[name]!, (start) => (start === 'assets/' ? start : ''))}`);
    for (const text of fresh) {
      said.add(text);
      lines.push(`  ${quoted(text)},`);
    }
  }
  return `/** What the engine says, by source. Made by \`npm run words\`, and never changed by hand. */\nexport const ${name} = [\n${lines.join('\n')}\n] as const;\n`;
}

test.each(Object.keys(LISTS))('the catalogue holds what %s says: if not, run `npm run words`', async (name) => {
  await expect(list(name)).toMatchFileSnapshot(`./en/engine/${name}.ts`);
});
