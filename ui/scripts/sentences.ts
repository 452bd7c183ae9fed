/**
 * The engine's sentences, taken out of its sources: what a person may read, with its holes.
 *
 * Rather one too many than one too few: what is listed and never said costs a translator a line, what is missing cannot be translated.
 * Deliberately absent: reading and writing files; `src/words/engine.test.ts` does both.
 */
import { tokens, type Token } from './rust';

/** What is for developers or the machine, or is written by `html!`: reports and exported pages are files of their own, in English. */
const UNREAD_MACROS =
  /^(panic|todo|unreachable|unimplemented|(debug_)?assert(_eq|_ne)?|e?print(ln)?|html|json|include_\w+|env|cfg)$/;
const UNREAD_CALLS =
  /^(expect(_err)?|note|(starts|ends)_with|strip_(pre|suf)fix|contains|header|prepare(_cached)?|execute(_batch)?|query_row)$/;
/** What models are tried on. */
const UNREAD_LISTS = /^(SENTENCES|TEXTS)$/;
const NO_SENTENCE = /[\p{Cc}<>=\\|]|::|;\s*\}|^(SELECT|INSERT|DELETE|CREATE)\b|^\w+(, \w+){4,}$/u;

/** Where a single word in small letters is said too: fields, arguments of calls, and what gives things their names. */
const FIELDS = /^(name|what|unit|title|stage|expected|found|problem|reason)$/;
const CALLS = /^(stage|push)$/;
const NAMES = /^(name|NAMES|format_title)$/;

/** Helpers that say more than the word they are given: what they make of it; `{n}` is always a number. */
const HELPERS: Record<string, (word: string) => string[]> = {
  counted: (things) => [things, ...otherNumber(things)].map((word) => `{n} ${word}`),
  role: (what) => [`${what} “{0}”`],
};
/** Of "items" the singular, of "item" the plural; "tested" and "left out" have neither. */
function otherNumber(things: string): string[] {
  if (things.endsWith('s')) return [things.slice(0, -1)];
  return /^\p{L}+(?<!ed)$/u.test(things) ? [`${things}s`] : [];
}

const HOLE = /\{[^{}]*\}/g;
const hasWords = (text: string) => /\p{L}{2}/u.test(text.replace(HOLE, ' '));
/** Two words or more, where a hole is a word. */
const isSentence = (text: string) =>
  hasWords(text) &&
  /(^|\s)[“(]?[\p{L}\d][\p{L}\d’'-]*[,:;.)]?\s+[“(]?[\p{L}\d]/u.test(text.replace(HOLE, 'X')) &&
  !NO_SENTENCE.test(text);
const isWord = (text: string) => /^\p{L}[\p{L}-]+$/u.test(text);
const isTitle = (text: string) => /^\p{Lu}\p{Ll}+$/u.test(text);

/**
 * A literal as the catalogue has it: holes lose their format, those without a name are numbered; what a dot joins stands apart, and what
 * is put to the end or the beginning of another text has a hole for that.
 */
function templates(literal: string): string[] {
  let next = 0;
  const plain = literal.replace(/\{(\w*)[^{}]*\}/g, (_, name: string) => `{${name || next++}}`);
  const whole = (part: string) =>
    part
      .replace(/^[,;:] /, '')
      .replace(/^ (?=\S)/, '{before} ')
      .replace(/(?<=\S) $/, ' {after}')
      .trim();
  return plain.split(' · ').map(whole).filter(hasWords);
}

const isMark = (token: Token | undefined, text: string) => token?.is === 'mark' && token.text === text;
const isWordOf = (token: Token | undefined, names: RegExp) => token?.is === 'word' && names.test(token.text);

/** Where words stand: whose argument they are, and whether single ones count. */
interface Place {
  helper?: (word: string) => string[];
  words?: boolean;
  isArgument?: boolean;
}

/** What a file of Rust says, in its order, each once. */
export function sentences(source: string): string[] {
  const found = new Set<string>();
  const walk = (inside: Token[], place: Place) => {
    for (let at = 0; at < inside.length; at++) {
      const [token, next, after] = [inside[at]!, inside[at + 1], inside[at + 2]];
      if (isMark(token, '#')) {
        at += isMark(next, '!') ? 2 : 1;
        const attribute = inside[at];
        if (attribute?.is !== 'group') continue;
        if (isOfTests(attribute)) at = endOfItem(inside, at);
        else if (isWordOf(attribute.inside[0], /^error$/)) walk(attribute.inside, { words: true });
      } else if (token.is === 'word' && isMark(next, '!') && after?.is === 'group') {
        if (!UNREAD_MACROS.test(token.text)) walk(after.inside, place);
        at += 2;
      } else if (token.is === 'word' && next?.is === 'group' && next.text === '(') {
        const helper = HELPERS[token.text] ?? place.helper;
        const words = place.words || helper !== undefined || CALLS.test(token.text);
        if (!UNREAD_CALLS.test(token.text)) walk(next.inside, { helper, words, isArgument: true });
        at += 1;
      } else if (isWordOf(token, /^(fn|const)$/) && next) {
        // How it is read depends on what it is called.
        const end = endOfItem(inside, at);
        if (!isWordOf(next, UNREAD_LISTS)) walk(inside.slice(at + 2, end + 1), { words: isWordOf(next, NAMES) });
        at = end;
      } else if (token.is === 'group') {
        walk(token.inside, { ...place, words: place.words || isChoice(inside, at), isArgument: false });
      } else if (token.is === 'text' && !isCompared(inside, at)) {
        const { text } = token;
        const isNamed = place.words || (isMark(inside[at - 1], ':') && isWordOf(inside[at - 2], FIELDS));
        const isShown = isTitle(text) && (!place.isArgument || isMark(next, '.'));
        if (!isSentence(text) && !(isNamed && isWord(text)) && !isShown) continue;
        for (const said of templates(text).flatMap((one) => place.helper?.(one) ?? [one])) found.add(said);
      }
    }
  };
  walk(tokens(source), {});
  return [...found];
}

const isOfTests = ({ inside }: Token & { is: 'group' }) =>
  isWordOf(inside[0], /^cfg$/) && /"text":"test"/.test(JSON.stringify(inside));
/** Where what begins here ends: with its block, or a semicolon. */
function endOfItem(inside: Token[], from: number): number {
  const isEnd = (token: Token) => isMark(token, ';') || (token.is === 'group' && token.text === '{');
  const end = inside.findIndex((token, at) => at > from && isEnd(token));
  return end < 0 ? inside.length : end;
}
/** What something is compared with is not said. */
const isCompared = (inside: Token[], at: number) =>
  isMark(inside[at + 1], '|') ||
  (isMark(inside[at + 1], '=') && isMark(inside[at + 2], '>')) ||
  (isMark(inside[at - 1], '=') && (isMark(inside[at - 2], '=') || isMark(inside[at - 2], '!')));
/** Either half of `if … { "item" } else { "items" }`. */
function isChoice(inside: Token[], at: number): boolean {
  const here = inside[at];
  const isBare = here?.is === 'group' && here.inside.length === 1 && here.inside[0]!.is === 'text';
  return isBare && (isWordOf(inside[at - 1], /^else$/) || isWordOf(inside[at + 1], /^else$/));
}

/** What the list of models says of each. */
export const notes = (toml: string) =>
  [...toml.matchAll(/^note = "(.*)"$/gm)].map(([, note]) => note!.replace(/\\(.)/g, '$1'));
