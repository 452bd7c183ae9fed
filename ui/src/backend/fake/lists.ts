/** What the seeded world says of many items at once: tables, named selections, tags, amounts, sums and axes. */
import type { Unit } from '../frame';
import { unpacked } from '../items';
import type { AxisView } from '../wire/AxisView';
import type { FilterView } from '../wire/FilterView';
import type { HitView } from '../wire/HitView';
import type { ListView } from '../wire/ListView';
import type { ListingRequest } from '../wire/ListingRequest';
import type { MarkView } from '../wire/MarkView';
import type { ReckonRequest } from '../wire/ReckonRequest';
import type { SpecialRequest } from '../wire/SpecialRequest';
import type { SpecialView } from '../wire/SpecialView';
import type { SpreadRequest } from '../wire/SpreadRequest';
import type { TagRequest } from '../wire/TagRequest';
import type { ThingView } from '../wire/ThingView';
import { overlap } from './compare';
import { cosine, nearest, pca, words } from './space';
import type { Set as Embedded, World } from './world';
import { writeFrame } from './write';

const refuse = (message: string) => ({ code: 'bad_request', message, hint: null });
const frameOf = (items: Iterable<number>) => writeFrame('selection', 1, {}, { items: Uint32Array.from(items) });
const ordered = (items: Iterable<number>) => [...new Set(items)].sort((a, b) => a - b);
/** More different numbers than this are amounts. */
const CLASSES = 12;

export class Lists {
  private named = new Map<string, number[]>();
  private tag = new Map<string, Set<number>>();

  constructor(private readonly world: World) {}

  selections = (): ListView[] => [...this.named].map(([name, items]) => ({ name, items: items.length })).sort(byName);
  tags = (): ListView[] => [...this.tag].map(([name, items]) => ({ name, items: items.size })).sort(byName);
  tagsOf = (item: number): string[] => [...this.tag].flatMap(([tag, items]) => (items.has(item) ? [tag] : [])).sort();
  selection = (name: string) => frameOf(this.named.get(name) ?? []);
  tagged = (tag: string) => frameOf(ordered(this.tag.get(tag) ?? []));

  clear(): void {
    this.named.clear();
    this.tag.clear();
  }

  forget(gone: Set<number>): void {
    for (const [name, items] of this.named)
      this.named.set(
        name,
        items.filter((item) => !gone.has(item)),
      );
    for (const items of this.tag.values()) for (const item of gone) items.delete(item);
  }

  save(name: string, items: Uint32Array): void {
    this.named.set(name.trim(), ordered(items));
  }

  rename(name: string, to: string): void {
    const items = this.named.get(name);
    if (!items || this.named.has(to))
      throw refuse(`The selection could not be called “${to}”; another one is, or it is gone`);
    this.named.delete(name);
    this.named.set(to, items);
  }

  drop(name: string): void {
    this.named.delete(name);
  }

  setTag({ tag, items, on }: TagRequest): ArrayBuffer {
    if (tag.includes(',')) throw refuse('A tag has no comma in its name: commas stand between tags');
    const has = this.tag.get(tag) ?? new Set();
    const changed = unpacked(items).filter((item) => has.has(item) !== on);
    for (const item of changed) {
      if (on) has.add(item);
      else has.delete(item);
    }
    if (has.size) this.tag.set(tag, has);
    else this.tag.delete(tag);
    return frameOf(changed);
  }

  private value(item: number, field: string): string {
    const entry = this.world.entries[item]!;
    return field === 'text' ? entry.text || entry.title : this.world.classOf(item, field);
  }

  private passes(item: number, { field, is }: FilterView): boolean {
    const value = this.value(item, field);
    if (is.test === 'is') return (field === 'tag' ? value.split(', ') : [value]).some((one) => is.values.includes(one));
    if (is.test === 'holds') {
      const asked = is.words.trim().toLowerCase();
      if (field !== 'text') return value.toLowerCase().includes(asked);
      const known = value.toLowerCase().split(/[^\p{L}\p{N}]+/u);
      return asked.split(/\s+/).every((word) => known.some((own) => own.startsWith(word)));
    }
    const read = (text: string) => (/^\d{4}-/.test(text) ? Date.parse(text) : Number(text));
    for (const bound of [is.from, is.to])
      if (bound !== null && Number.isNaN(read(bound)))
        throw refuse(
          `“${bound}” is neither a number nor a date such as 2024-05-31, so nothing can be compared with it`,
        );
    const amount = read(value);
    return value !== '' && (is.from === null || amount >= read(is.from)) && (is.to === null || amount <= read(is.to));
  }

  listing({ filters, sort }: ListingRequest): ArrayBuffer {
    const items = [...this.world.entries.keys()].filter(
      (item) => this.world.entries[item] && filters.every((filter) => this.passes(item, filter)),
    );
    if (sort) {
      const values = new Map(items.map((item) => [item, this.value(item, sort.field)]));
      const numbers = [...values.values()].every((value) => Number.isFinite(Number(value)));
      const sign = sort.descending ? -1 : 1;
      const order = (a: string, b: string) => (numbers ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0);
      items.sort((a, b) => {
        const [x, y] = [values.get(a)!, values.get(b)!];
        return x && y ? sign * order(x, y) || a - b : Number(!x) - Number(!y) || a - b;
      });
    }
    return frameOf(items);
  }

  grown(set: Embedded, items: Uint32Array, k: number): ArrayBuffer {
    const near = [...items].flatMap((item) => this.world.neighbours(set, item, k).map((hit) => hit.item.id));
    return frameOf(ordered([...items, ...near]));
  }

  amounts(set: Embedded, by: string): ArrayBuffer | null {
    const rows = set.items.slice(0, set.embedded);
    const [what, name = ''] = by.split(/:(.*)/s);
    let values: number[] | null = null;
    let unit: Unit = 'number';
    if (what === 'similarity') {
      const row = set.items.indexOf(Number(name));
      if (row < 0) throw { code: 'not_found', message: 'This item is not on this map.', hint: null };
      unit = 'similarity';
      values = Array.from(rows, (_, other) => cosine(set.vectors[row]!, set.vectors[other]!));
    } else if (what === 'misplaced') {
      unit = 'share';
      values = this.misplaced(set, this.world.layout(Number(name)).positions);
    } else if (what === 'disagreement') {
      unit = 'share';
      values = this.disagreement(set);
    } else if (what === 'column') {
      const texts = Array.from(rows, (item) => this.world.classOf(item, by));
      if (new Set(texts).size <= CLASSES) return null;
      if (texts.every((text) => Number.isFinite(Number(text)))) values = texts.map(Number);
      else if (texts.every((text) => /^\d{4}-\d\d/.test(text))) {
        unit = 'date';
        values = texts.map((text) => Date.parse(text) / 1000);
      }
    }
    if (!values) return null;
    const head = { set: set.id, by, unit, low: Math.min(...values), high: Math.max(...values) };
    return writeFrame('amounts', 1, head, { amounts: Float32Array.from(values) });
  }

  /** Of each row's ten nearest, the share that another set does not name, the mean over all others. */
  private disagreement(set: Embedded): number[] {
    const others = this.world.sets.filter(
      ({ id, items }) => id !== set.id && set.items.every((i) => items.includes(i)),
    );
    if (!others.length) throw refuse('No other model has embedded these items');
    const shares = others.map((other) => overlap(this.world, { a: set.id, b: other.id, k: 10 }).overlap);
    return Array.from(set.items, (_, row) => 1 - shares.reduce((sum, of) => sum + of[row]!, 0) / shares.length);
  }

  /** Of all rows, the share that is nearer in the full space than the ten drawn beside each. */
  private misplaced(set: Embedded, positions: Float32Array): number[] {
    const n = set.embedded;
    return Array.from({ length: n }, (_, row) => {
      const far = (other: number) =>
        Math.hypot(positions[row * 2]! - positions[other * 2]!, positions[row * 2 + 1]! - positions[other * 2 + 1]!);
      const others = [...Array(n).keys()].filter((other) => other !== row);
      const near = others.map((other) => cosine(set.vectors[row]!, set.vectors[other]!)).sort((a, b) => b - a);
      const drawn = others.sort((a, b) => far(a) - far(b)).slice(0, 10);
      const shares = drawn.map((other) => {
        const own = cosine(set.vectors[row]!, set.vectors[other]!);
        return near.findIndex((value) => value <= own + 1e-12) / n;
      });
      return shares.reduce((sum, share) => sum + share, 0) / shares.length;
    });
  }

  special({ items, against }: SpecialRequest): SpecialView {
    const chosen = new Set(unpacked(items));
    const all = [...this.world.entries.keys()].filter((item) => this.world.entries[item]);
    const others = against ? new Set(unpacked(against)) : null;
    const here = all.filter((item) => chosen.has(item));
    const elsewhere = all.filter((item) => !chosen.has(item) && (others?.has(item) ?? true));
    const share = (side: number[], has: (item: number) => boolean) =>
      side.length ? side.filter(has).length / side.length : 0;
    const mark = (field: string, value: string, has: (item: number) => boolean): MarkView => ({
      field,
      value,
      here: share(here, has),
      elsewhere: share(elsewhere, has),
    });
    const telling = (marks: MarkView[]) =>
      marks
        .filter((found) => found.here >= 0.1 && found.here > 1.5 * found.elsewhere)
        .sort((a, b) => b.here - b.elsewhere - (a.here - a.elsewhere))
        .slice(0, 8);
    const known = new Map(all.map((item) => [item, new Set(words(this.value(item, 'text')))]));
    const vocabulary = new Set(here.flatMap((item) => [...known.get(item)!].filter((word) => word.length > 3)));
    const fields = ['kind', 'cluster', 'tag', 'column:year'];
    const values = fields.flatMap((field) =>
      [...new Set(here.map((item) => this.value(item, field)).filter(Boolean))].map((value) =>
        mark(field, value, (item) => this.value(item, field) === value),
      ),
    );
    const median = (side: number[], field: string) => {
      const read = (value: string) => (field.endsWith('written') ? Date.parse(value) / 1000 : Number(value));
      return side.map((item) => read(this.value(item, field))).sort((a, b) => a - b)[Math.floor(side.length / 2)] ?? 0;
    };
    const amounts = ['column:letters', 'column:written'].map((field) => ({
      field,
      dates: field.endsWith('written'),
      here: median(here, field),
      elsewhere: median(elsewhere, field),
    }));
    return {
      words: telling([...vocabulary].map((word) => mark('text', word, (item) => known.get(item)!.has(word)))),
      values: telling(values),
      amounts: elsewhere.length ? amounts : [],
      here: here.length,
      elsewhere: elsewhere.length,
    };
  }

  private vector(set: Embedded, thing: ThingView): Float64Array {
    if (thing.what === 'item') return set.vectors[set.items.indexOf(thing.item)]!;
    if (!thing.words.trim()) throw refuse('A word is missing');
    return set.model.text(thing.words);
  }

  reckon({ set: id, plus, minus, k }: ReckonRequest): HitView[] {
    const set = this.world.set(id);
    const sum = new Float64Array(set.vectors[0]!.length);
    for (const [things, sign] of [
      [plus, 1],
      [minus, -1],
    ] as const)
      for (const thing of things) this.vector(set, thing).forEach((value, d) => (sum[d]! += sign * value));
    const length = Math.sqrt(cosine(sum, sum));
    if (length < 1e-9) throw refuse('What was added and what was taken away cancel out, so nothing is nearest');
    const used = [...plus, ...minus].flatMap((thing) => (thing.what === 'item' ? [thing.item] : []));
    return nearest(
      sum.map((value) => value / length),
      set.vectors.slice(0, set.embedded),
      k + used.length,
    )
      .map(([row, similarity]) => ({ item: this.world.item(set.items[row]!), similarity }))
      .filter(({ item }) => !used.includes(item.id))
      .slice(0, k);
  }

  spread({ set: id, x, y }: SpreadRequest): ArrayBuffer {
    const set = this.world.set(id);
    const rows = set.vectors.slice(0, set.embedded);
    const along = ({ from, to }: AxisView) => {
      const [a, b] = [this.vector(set, from), this.vector(set, to)];
      const step = b.map((value, d) => (value - a[d]!) / 2);
      const middle = b.map((value, d) => (value + a[d]!) / 2);
      const length = cosine(step, step);
      if (length < 1e-9) throw refuse('Both ends of an axis are the same to this model, so it has no direction');
      return { step, length, places: rows.map((row) => (cosine(row, step) - cosine(middle, step)) / length) };
    };
    const first = along(x);
    const across = () => {
      const rest = rows.map((row) => {
        const part = cosine(row, first.step) / first.length;
        return row.map((value, d) => value - part * first.step[d]!);
      });
      const { positions } = pca(rest);
      return rest.map((_, row) => positions[row * 2]! / Math.sqrt(first.length));
    };
    const second = y ? along(y).places : across();
    const positions = Float32Array.from(first.places.flatMap((place, row) => [place, second[row]!]));
    return writeFrame('spread', 1, { set: id, variance: [0.11, 0.07] }, { positions });
  }
}

function byName(a: ListView, b: ListView): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
