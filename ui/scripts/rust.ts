/**
 * Rust as far as texts in it are concerned: its tokens, with brackets as groups.
 *
 * Deliberately absent: a grammar. Comments are dropped, numbers and lifetimes are words like any other.
 */

/** A literal text, a word, a mark of punctuation, or what stands in brackets. */
export type Token =
  { is: 'text' | 'word' | 'mark'; text: string } | { is: 'group'; text: '(' | '[' | '{'; inside: Token[] };

const TOKEN = new RegExp(
  [
    String.raw`(?<gap>\s+|//[^\n]*)`,
    String.raw`(?<nested>/\*)`,
    String.raw`b?r(?<hashes>#*)"(?<raw>[\s\S]*?)"\k<hashes>(?!#)`,
    String.raw`[bc]?"(?<plain>(?:[^"\\]|\\[\s\S])*)"`,
    // A letter in quotes; what has no second quote is a lifetime.
    String.raw`(?<word>b?'(?:[^'\\\n]|\\(?:[^u]|u\{\w+\}|x\w\w))'|'?\w+)`,
    String.raw`(?<mark>[\s\S])`,
  ].join('|'),
  'uy',
);
const ESCAPED: Record<string, string> = { n: '\n', r: '\r', t: '\t', '0': '\0' };

/** What a plain literal says: a line that ends in `\` goes on where the next one begins. */
const unescaped = (text: string) =>
  text.replace(/\\(?:u\{(\w+)\}|x(\w\w)|\r?\n\s*|([\s\S]))/gu, (_, wide?: string, narrow?: string, one?: string) =>
    wide || narrow ? String.fromCodePoint(parseInt((wide ?? narrow)!, 16)) : one ? (ESCAPED[one] ?? one) : '',
  );

export function tokens(source: string): Token[] {
  const open: Token[][] = [[]];
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(source); found; found = TOKEN.exec(source)) {
    const { gap, nested, raw, plain, word, mark } = found.groups!;
    const here = open[open.length - 1]!;
    if (nested) TOKEN.lastIndex = afterComment(source, found.index);
    else if (raw !== undefined) here.push({ is: 'text', text: raw });
    else if (plain !== undefined) here.push({ is: 'text', text: unescaped(plain) });
    else if (word) here.push({ is: 'word', text: word });
    else if (mark === '(' || mark === '[' || mark === '{') {
      const inside: Token[] = [];
      here.push({ is: 'group', text: mark, inside });
      open.push(inside);
    } else if (mark && ')]}'.includes(mark)) open.pop();
    else if (!gap) here.push({ is: 'mark', text: mark! });
  }
  return open[0]!;
}

/** Comments in Rust stand in each other. */
function afterComment(source: string, from: number): number {
  const ends = /\/\*|\*\//g;
  ends.lastIndex = from;
  let depth = 0;
  for (let found = ends.exec(source); found; found = ends.exec(source)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return ends.lastIndex;
  }
  return source.length;
}
