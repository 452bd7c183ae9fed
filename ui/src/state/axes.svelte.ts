/**
 * Meanings as directions: one or two axes to lay the shown set out along, and a sum of things with what is nearest to it.
 *
 * A field holds words, or an item where the kept one was put into it; in a sum such an item stands by its first words in
 * quotes. Deliberately absent: the mathematics (the host's) and drawing.
 */
import type { Backend } from '../backend/backend';
import { readAs } from '../backend/frame';
import type { ItemView } from '../backend/wire/ItemView';
import type { HitView } from '../backend/wire/HitView';
import type { ThingView } from '../backend/wire/ThingView';
import { words } from '../words';
import type { Places } from './columns.svelte';
import type { History } from './history.svelte';
import type { Notices } from './notices.svelte';

const say = words.state.axes;

const ANSWERS = 10;
/** So many letters of an item stand in a sum. */
const LETTERS = 32;

/** A field of an axis: what was typed, or an item. */
export interface End {
  words: string;
  item: { id: number; title: string } | null;
}

export interface Laid {
  set: number;
  /** What stood in the fields. */
  x: [End, End];
  y: [End, End];
  two: boolean;
  /** What stands at the ends: left, right, and, where there is a second axis, bottom and top. */
  ends: string[];
  variance: number[];
  places: Places;
}

/** A word of a sum, and what is nearest to it alone. */
export interface Term {
  text: string;
  hits: HitView[];
}

export interface Answer {
  set: number;
  sum: string;
  hits: HitView[];
  plus: Term[];
  minus: Term[];
}

/** The steps of a sum: from what is taken away to what it is taken from, and from the rest to the answer. */
export function stepsOf({ sum, hits, plus, minus }: Answer): { from: Term; to: Term }[] {
  return plus.map((term, at) => (minus[at] ? { from: minus[at], to: term } : { from: term, to: { text: sum, hits } }));
}

const empty = (): End => ({ words: '', item: null });
export const said = ({ words, item }: End) => item?.title ?? words.trim();
const thing = ({ words, item }: End): ThingView =>
  item ? { what: 'item', item: item.id } : { what: 'words', words: words.trim() };
const isFull = (end: End) => end.item !== null || end.words.trim() !== '';

/** "king − man + woman" as what is added and what is taken away. */
export function parseSum(text: string): { plus: string[]; minus: string[] } {
  const parts = { plus: [] as string[], minus: [] as string[] };
  // A hyphen within a word is part of it; one that stands free takes away.
  const signed = /^\s*[+\-−–]\s/.test(text) ? ` ${text}` : ` + ${text}`;
  // So is one between quotes: behind every other one all quotes are closed.
  const pieces = signed.split(/\s+([+\-−–])\s+(?=(?:[^“”]*“[^“”]*”)*[^“”]*$)/);
  for (let i = 1; i < pieces.length; i += 2) {
    const words = pieces[i + 1]!.trim();
    if (words) parts[pieces[i] === '+' ? 'plus' : 'minus'].push(words);
  }
  return parts;
}

export class AxesState {
  x = $state.raw<[End, End]>([empty(), empty()]);
  y = $state.raw<[End, End]>([empty(), empty()]);
  /** Whether a second axis is asked for. */
  two = $state(false);
  laid = $state.raw<Laid | null>(null);
  busy = $state(false);
  sum = $state('');
  answer = $state.raw<Answer | null>(null);
  /** Items that were put into a sum, by what stands there for them. */
  private readonly named = new Map<string, ItemView>();
  private asked = 0;

  constructor(
    private readonly backend: Backend,
    private readonly notices: Notices,
    private readonly history: History,
  ) {}

  get ready(): boolean {
    return this.x.every(isFull) && (!this.two || this.y.every(isFull));
  }

  put(axis: 'x' | 'y', at: 0 | 1, end: End): void {
    const [from, to] = this[axis];
    this[axis] = at === 0 ? [end, to] : [from, end];
  }

  swap(axis: 'x' | 'y'): void {
    const [from, to] = this[axis];
    this[axis] = [to, from];
  }

  /** Lays a set out along the axes; says whether it lies so now: another map may have been chosen meanwhile. */
  async lay(set: number): Promise<boolean> {
    if (!this.ready) return false;
    const { x, y, two } = this;
    const axis = ([from, to]: [End, End]) => ({ from: thing(from), to: thing(to) });
    const asked = ++this.asked;
    this.busy = true;
    const frame = await this.notices.guard(
      this.backend.getSpread({ set, x: axis(x), y: two ? axis(y) : null }).then((buffer) => readAs('spread', buffer)),
    );
    if (asked !== this.asked) return false;
    this.busy = false;
    if (!frame) return false;
    const { positions } = frame;
    this.laid = {
      ...{ set, x, y, two },
      ends: [...x, ...(two ? y : [])].map(said),
      variance: frame.variance,
      places: { set, dims: 2, count: positions.length / 2, iteration: 0, iterations: 0, positions },
    };
    return true;
  }

  /** Lays a set out between two of its items. */
  async between(set: number, from: number, to: number): Promise<boolean> {
    const items = await this.notices.guard(this.backend.listItems(Uint32Array.of(from, to)));
    const [left, right] = items ?? [];
    if (!left || !right) return false;
    const end = ({ id, title }: ItemView): End => ({ words: '', item: { id, title } });
    this.x = [end(left), end(right)];
    this.two = false;
    return this.lay(set);
  }

  /** Shows what was laid out before, with what stood in the fields; null is the map. */
  show(laid: Laid | null): void {
    this.asked++;
    this.busy = false;
    this.laid = laid;
    if (laid) ({ x: this.x, y: this.y, two: this.two } = laid);
  }

  /** Puts an item or words into the sum. */
  add(what: ItemView | string, sign: '+' | '−' = '+'): void {
    // Within a term no sign stands free.
    const name = typeof what === 'string' ? what.trim().replace(/\s+[+\-−–]\s+/g, ' ') : this.nameOf(what);
    const sum = this.sum.trim();
    this.sum = sum || sign === '−' ? `${sum} ${sign} ${name}`.trim() : name;
  }

  /** What stands in the sum for an item. */
  private nameOf(item: ItemView): string {
    const title = item.title.replace(/[“”]/g, '’');
    const short = title.length > LETTERS ? `${title.slice(0, LETTERS).trimEnd()}…` : title;
    const isTaken = (name: string) => (this.named.get(name) ?? item).id !== item.id;
    const name = isTaken(`“${short}”`) ? `“${short} ${item.id}”` : `“${short}”`;
    this.named.set(name, item);
    return name;
  }

  /** Adds up and takes away what stands in the sum, and finds what is nearest. */
  async reckon(set: number): Promise<void> {
    const sum = this.sum.trim();
    const { plus, minus } = parseSum(sum);
    if (!plus.length && !minus.length) return;
    const asked = ++this.asked;
    this.busy = true;
    const things = (all: string[]): ThingView[] =>
      all.map((text) => {
        const item = this.named.get(text);
        return item ? { what: 'item', item: item.id } : { what: 'words', words: text };
      });
    // Words stand among what is nearest to them, an item where it is.
    const standing = async (text: string): Promise<{ hits: HitView[] }> => {
      const item = this.named.get(text);
      return item ? { hits: [{ item, similarity: 1 }] } : this.backend.search({ set, text, k: ANSWERS });
    };
    const found = await this.notices.guard(
      Promise.all([
        this.backend.reckon({ set, plus: things(plus), minus: things(minus), k: ANSWERS }),
        ...[...plus, ...minus].map(standing),
      ]),
    );
    if (asked !== this.asked) return;
    this.busy = false;
    if (!found) return;
    const [hits, ...terms] = found;
    const term = (text: string, at: number): Term => ({ text, hits: terms[at]!.hits });
    const to: Answer = {
      set,
      sum,
      hits,
      plus: plus.map(term),
      minus: minus.map((text, at) => term(text, plus.length + at)),
    };
    this.history.record({ title: say.sum(sum), from: this.answer, to, put: this.restore });
    this.answer = to;
  }

  /** Drops the sum. */
  clear(): void {
    if (this.answer) this.history.change({ title: say.drop, from: this.answer, to: null, put: this.restore });
    else this.restore(null);
  }

  private restore = (answer: Answer | null): void => {
    this.asked++;
    this.busy = false;
    this.sum = answer?.sum ?? '';
    this.answer = answer;
  };
}
