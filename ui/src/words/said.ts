/**
 * What the engine said, in the language of the page: a sentence is looked up as it stands, then as a template with its holes filled, then
 * part by part where sentences are joined. What is known in none of these ways stays as it is.
 *
 * A sentence is known whatever the case of its first letter and with or without a full stop, and has both as they were. Deliberately
 * absent: telling a user's words from the engine's, for the wire marks what the engine says, and only that comes here (`hear.ts`). Where
 * a name may stand in a hole, little is translated: what is known as a whole or by many letters, and nothing in “quotes”.
 */
import { words, type Engine } from '../words';

/** Longer texts, and parts beyond so many, are left as they are. */
const LONGEST = 2000;
const MOST_PARTS = 200;
const MOST_PLACES = 10;
/** Sentences that are remembered: a job says the same many times. */
const MOST_REMEMBERED = 2000;
/** Letters by which a template is known whatever fills it; in a hole a name may look like a shorter one. */
const TELLING = 5;
const TELLING_IN_HOLE = 8;
/** What stands between sentences, the strongest first. */
const JOINTS = ['; ', ': ', ', '];
const JOINED = /[;:,] /;

/** A sentence of the engine and its translation. */
interface Known {
  /** What stands before, between and behind the holes, in a small first letter and without a last stop. */
  pieces: string[];
  holes: string[];
  letters: number;
  startsLarge: boolean;
  endsInStop: boolean;
  translation: string;
}

/** What a text is in the other language, and how many of its letters stay unknown. */
interface Found {
  there: string;
  unknown: number;
}

const together = (a: Found, joint: string, b: Found) => ({
  there: a.there + joint + b.there,
  unknown: a.unknown + b.unknown,
});
const places = (text: string, joint: string) =>
  [...text.matchAll(new RegExp(joint, 'g'))].slice(0, MOST_PLACES).map(({ index }) => index);
const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const letters = (text: string) => text.replace(/\P{L}/gu, '').length;
const startsLarge = (text: string) => /^\p{Lu}/u.test(text);
const unstopped = (text: string) => text.replace(/(?<=[^.])\.$/, '');

function known([text, translation]: [string, string]): Known {
  const plain = unstopped(text);
  const parts = lower(plain).split(/\{(\w+)\}/);
  const pieces = parts.filter((_, at) => at % 2 === 0);
  return {
    pieces,
    holes: parts.filter((_, at) => at % 2 === 1),
    letters: letters(pieces.join('')),
    startsLarge: startsLarge(text),
    endsInStop: plain !== text,
    translation,
  };
}

/** What fills the holes, each as short as can be; undefined where it is another sentence. */
function fillings(text: string, small: string, pieces: string[]): string[] | undefined {
  const [first, last] = [pieces[0]!, pieces[pieces.length - 1]!];
  if (!small.startsWith(first) || !text.endsWith(last)) return undefined;
  const values: string[] = [];
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const next = text.indexOf(piece, at);
    if (next < 0) return undefined;
    values.push(text.slice(at, next));
    at = next + piece.length;
  }
  const end = text.length - last.length;
  return at > end ? undefined : [...values, text.slice(at, end)];
}

/** A translation in the form of what was said: a large letter first and a stop last where it has them. */
function inForm(translation: string, text: string, { pieces, endsInStop, ...of }: Known): string {
  // What begins with a hole begins as its value does.
  const turns = pieces[0] !== '' && startsLarge(text) !== of.startsLarge;
  const cased = turns ? (of.startsLarge ? lower : upper)(translation) : translation;
  const isStopped = unstopped(text) !== text;
  if (isStopped === endsInStop) return cased;
  return isStopped ? cased.replace(/(?<![.!?…。])$/, '.') : cased.replace(/[.。]$/, '');
}

/** Says the engine's sentences in another language. */
export function speaker(engine: Partial<Engine>): (text: string) => string {
  const exact = new Map(Object.entries(engine));
  const all = Object.entries(engine).map(known);
  const whole = new Map(all.filter(({ holes }) => !holes.length).map((one) => [one.pieces[0]!, one]));
  const templates = all.filter(({ holes }) => holes.length).sort((a, b) => b.letters - a.letters);
  const remembered = new Map<string, string>();
  /** What the parts of the present text are, those in holes apart. */
  const parts = { whole: new Map<string, Found>(), inHole: new Map<string, Found>() };

  function find(text: string, inHole: boolean): Found {
    const nothing = { there: text, unknown: letters(text) };
    if (!nothing.unknown) return nothing;
    const known = inHole ? parts.inHole : parts.whole;
    if (!known.has(text) && parts.whole.size + parts.inHole.size < MOST_PARTS) {
      known.set(text, nothing);
      known.set(text, look(text, inHole));
    }
    return known.get(text) ?? nothing;
  }

  function look(text: string, inHole: boolean): Found {
    const plain = unstopped(text);
    const small = lower(plain);
    const same = whole.get(small);
    const there = exact.get(text) ?? (same && inForm(same.translation, text, same));
    if (there !== undefined) return { there, unknown: 0 };
    if (text.includes(' · '))
      return text
        .split(' · ')
        .map((part) => find(part, inHole))
        .reduce((a, b) => together(a, ' · ', b));

    let best: Found = { there: text, unknown: letters(text) };
    const offer = (found: Found) => {
      if (found.unknown < best.unknown) best = found;
    };
    const swallowing: Found[] = [];
    for (const one of templates) {
      const values = fillings(plain, small, one.pieces);
      const filled = values && fill(one, values, text, inHole);
      if (!filled) continue;
      // What fills a hole may go on with the next sentence: then both are tried by themselves before.
      const isSure = one.pieces.some((piece) => JOINED.test(piece)) || !values.some((value) => JOINED.test(value));
      if (!isSure) swallowing.push(filled);
      else if (!filled.unknown) return filled;
      else offer(filled);
    }
    for (const joint of JOINTS)
      for (const at of places(text, joint)) {
        // Before a colon or semicolon a name may stand, and in a hole it may have such marks in it.
        const before = find(text.slice(0, at), inHole || joint !== ', ');
        const found = together(before, joint, find(text.slice(at + joint.length), inHole));
        if (!inHole || !found.unknown) offer(found);
      }
    swallowing.forEach(offer);
    // Behind a name stands what is said of it: “ollama does not answer”.
    if (!inHole)
      for (const at of places(text, ' ').filter((at) => text.includes(' ', at + 1))) {
        const name = text.slice(0, at);
        offer(together({ there: name, unknown: letters(name) }, ' ', find(text.slice(at + 1), true)));
      }
    return best;
  }

  /** A template with its holes filled; undefined where `{n}` is no number, or too few letters tell it from a name. */
  function fill(one: Known, values: string[], text: string, inHole: boolean): Found | undefined {
    if (values.some((value, at) => one.holes[at] === 'n' && letters(value))) return undefined;
    // A name in quotes stays, and so does the end of an English plural.
    const stays = (at: number) =>
      values[at] === 's' || (one.pieces[at]!.endsWith('“') && one.pieces[at + 1]!.startsWith('”'));
    // Behind a colon stands what went wrong, and not a name.
    const mayBeName = (at: number) => !/[:;(] ?$/.test(one.pieces[at]!) && !/^(before|after)$/.test(one.holes[at]!);
    const found = values.map((value, at) => (stays(at) ? { there: value, unknown: 0 } : find(value, mayBeName(at))));
    const isClear = values.every((value, at) => !found[at]!.unknown || (!inHole && !value.includes(' ')));
    if (!isClear && one.letters < (inHole ? TELLING_IN_HOLE : TELLING)) return undefined;
    const filled = one.translation.replace(
      /\{(\w+)\}/g,
      (hole, name: string) => found[one.holes.indexOf(name)]?.there ?? hole,
    );
    return { there: inForm(filled, text, one), unknown: found.reduce((sum, { unknown }) => sum + unknown, 0) };
  }

  return (text) => {
    if (text.length > LONGEST) return text;
    if (!remembered.has(text)) {
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      parts.whole.clear();
      parts.inHole.clear();
      remembered.set(text, find(text, false).there);
    }
    return remembered.get(text)!;
  };
}

/** What the engine said, in the language of the page. */
export const said: (text: string) => string = words.engine ? speaker(words.engine) : (text) => text;
