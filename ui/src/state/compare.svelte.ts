/** Two to four maps side by side: which ones, how they lie on the first, and what is the same and what changed in two. */
import type { Backend } from '../backend/backend';
import { readAs, type MatrixFrame, type OverlapFrame } from '../backend/frame';
import type { ComparisonView } from '../backend/wire/ComparisonView';
import type { HitView } from '../backend/wire/HitView';
import type { MapView } from '../backend/wire/MapView';
import type { SetView } from '../backend/wire/SetView';
import type { Columns, Places } from './columns.svelte';
import { words } from '../words';
import type { History } from './history.svelte';
import { colourName, type Colours, type MapState } from './map.svelte';
import type { Notices } from './notices.svelte';

const say = words.state.compare;

/** Neighbours looked at. */
export const NEIGHBOURS = 10;
/** Maps that stand side by side at most. */
export const MOST = 4;
/** Most items on a side of the difference matrix: more would be smaller than a pixel. */
export const LIMIT = 300;
/** Fewer items have too few neighbours to compare; a set that is just being filled has none at first. */
export const LEAST_ROWS = 4;
/** What maps go by. */
export const LETTERS = ['A', 'B', 'C', 'D'] as const;

/** One of the maps: a set, and which of its maps; null for the best one. */
export interface Shown {
  set: number;
  map: number | null;
}

/** How maps stand side by side. */
interface Arranged {
  panes: Shown[];
  pair: [number, number];
  mode: Mode;
}

/** `kept`: by the share of neighbours kept; else whatever the map can be coloured by. */
export type ColourBy = string;
export type Mode = 'maps' | 'morph' | 'difference';
/** What the items of a difference are taken from. */
export type DifferenceSource = 'sample' | 'selection';

/** The neighbours of one item in both sets, nearest first. */
export interface Twins {
  item: number;
  a: HitView[];
  b: HitView[];
}

export class CompareState {
  /** What stands side by side; the first is what the others lie on. */
  panes = $state.raw<Shown[]>([]);
  /** The two, by their places, that are compared in figures. */
  pair = $state.raw<[number, number]>([0, 1]);
  mode = $state<Mode>('maps');
  /** How far the one map has become the other, 0 to 1. */
  morphed = $state(0);
  busy = $state(false);
  comparison = $state.raw<ComparisonView | null>(null);
  overlap = $state.raw<OverlapFrame | null>(null);
  /** Maps as they lie on the first one. */
  aligned = $state.raw<ReadonlyMap<number, Places>>(new Map());
  /** The first set's colours, which all maps show. */
  groups = $state.raw<Colours | null>(null);
  colourBy = $state<ColourBy>('cluster');
  twins = $state.raw<Twins | null>(null);
  difference = $state.raw<MatrixFrame | null>(null);
  /** What the items of the difference are to be taken from. */
  source = $state<DifferenceSource>('sample');
  /** The items the shown difference was made of; null for a sample. */
  subtracted = $state.raw<Uint32Array | null>(null);
  private asked = 0;
  private colouring = 0;
  private listing = 0;
  private aligning = false;
  /** Something moved while maps were being turned. */
  private moved = false;
  /** What the shown comparison was made from, and of which sets. */
  private stamp = '';
  private compared = '';
  /** What was last asked to be subtracted. */
  private subtracting: { stamp: string; items: Uint32Array | null } | null = null;

  constructor(
    private readonly backend: Backend,
    private readonly columns: Columns,
    private readonly map: MapState,
    private readonly notices: Notices,
    private readonly history: History,
  ) {}

  get sets(): SetView[] {
    return this.map.workspace.sets;
  }

  /** The sets compared in figures. */
  get a(): number | null {
    return this.panes[this.pair[0]]?.set ?? null;
  }
  get b(): number | null {
    return this.panes[this.pair[1]]?.set ?? null;
  }
  get first(): number | null {
    return this.panes[0]?.set ?? null;
  }
  /** Two maps of the same vectors: only the pictures differ. */
  get same(): boolean {
    return this.panes.length > 1 && this.a !== null && this.a === this.b;
  }

  /** Sets that share a kind of item with this one, and so can be compared with it. */
  partners(set: number): SetView[] {
    const kinds = this.sets.find(({ id }) => id === set)?.kinds ?? [];
    return this.sets.filter(
      (other) => other.id !== set && other.rows >= LEAST_ROWS && other.kinds.some((kind) => kinds.includes(kind)),
    );
  }

  /** The maps of a set that can lie on the first one: of the same number of dimensions. */
  mapsOf(set: number): MapView[] {
    const dims = this.mapOf(this.panes[0])?.dims;
    return this.map.workspace.maps.filter((map) => map.set === set && (dims === undefined || map.dims === dims));
  }

  mapOf(shown: Shown | null | undefined): MapView | undefined {
    if (!shown) return undefined;
    const own = this.map.workspace.maps.find(({ id, set }) => id === shown.map && set === shown.set);
    return own ?? this.map.best(shown.set);
  }

  /** What one more map would show: a model that is not here yet, else another map of one that is. */
  get next(): Shown | null {
    const { first } = this;
    if (first === null || this.panes.length >= MOST) return null;
    const here = new Set(this.panes.map(({ set }) => set));
    const other = this.partners(first).find(({ id }) => !here.has(id));
    if (other) return { set: other.id, map: null };
    const seen = new Set(this.panes.map((shown) => this.mapOf(shown)?.id));
    const map = this.panes.flatMap(({ set }) => this.mapsOf(set)).find(({ id, rows }) => !seen.has(id) && rows > 0);
    return map ? { set: map.set, map: map.id } : null;
  }

  /** Keeps what still stands, else proposes two: the shown set first. */
  async open(): Promise<void> {
    const stands = ({ set }: Shown) => this.sets.some(({ id }) => id === set);
    const first = this.panes.find(stands)?.set ?? this.map.set?.id ?? this.sets[0]?.id ?? null;
    if (first === null) {
      this.panes = [];
      return;
    }
    const fitting = new Set([first, ...this.partners(first).map(({ id }) => id)]);
    let panes = this.panes.filter(({ set }) => fitting.has(set));
    if (!panes.length) panes = [{ set: first, map: null }];
    const partner = this.partners(first)[0];
    if (panes.length < 2 && partner) panes = [...panes, { set: partner.id, map: null }];
    await this.show(panes);
  }

  /** Shows these; the pair is kept where its places still stand. */
  private async show(panes: Shown[], [a, b]: [number, number] = this.pair, mode: Mode = this.mode): Promise<void> {
    [this.panes, this.pair, this.mode] = [panes.slice(0, MOST), [a, b], mode];
    if (a >= panes.length || b >= panes.length) this.pair = [0, Math.min(1, panes.length - 1)];
    else if (panes.length > 1 && a === b) this.pair = [0, 1];
    if (panes.length < 2) this.mode = 'maps';
    await Promise.all([this.compare(), this.recolour()]);
  }

  private get arranged(): Arranged {
    const { panes, pair, mode } = this;
    return { panes, pair, mode };
  }

  /** Shows others, as a step. */
  private arrange(panes: Shown[], pair?: [number, number], mode?: Mode): Promise<void> {
    const from = this.arranged;
    const shown = this.show(panes, pair, mode);
    const put = ({ panes, pair, mode }: Arranged) => this.show(panes, pair, mode);
    const stands = ({ panes }: Arranged) => panes.every(({ set }) => this.sets.some(({ id }) => id === set));
    this.history.record({ title: say.arrange, from, to: this.arranged, put, stands });
    return shown;
  }

  /** Two sets by their ids, as others ask for them. */
  async choose(a: number, b: number | null): Promise<void> {
    const panes = [{ set: a, map: null }, ...(b === null ? [] : [{ set: b, map: null }])];
    await this.arrange(panes, [0, panes.length - 1]);
  }

  /** The maps themselves, one becoming the other, or the difference of their similarities. */
  look(mode: Mode): void {
    this.history.set(this, 'mode', mode, say.look[mode]);
  }

  /** Takes the items of the difference from elsewhere. */
  subtractOf(source: DifferenceSource): void {
    this.history.set(this, 'source', source, say.subtract[source]);
  }

  /** Another set or map in one place. Where the first changes, what cannot be compared with it goes. */
  async put(at: number, shown: Shown): Promise<void> {
    const panes = this.panes.map((old, i) => (i === at ? shown : old));
    if (at > 0) return this.arrange(panes);
    const fitting = new Set([shown.set, ...this.partners(shown.set).map(({ id }) => id)]);
    const others = panes.slice(1).filter(({ set, map }) => fitting.has(set) && (set !== shown.set || map !== null));
    const partner = this.partners(shown.set)[0];
    if (!others.length && partner) others.push({ set: partner.id, map: null });
    await this.arrange([shown, ...others]);
  }

  async add(): Promise<void> {
    const { next } = this;
    if (!next) return;
    await this.arrange([...this.panes, next], [0, this.panes.length], 'maps');
  }

  async remove(at: number): Promise<void> {
    if (this.panes.length <= 2) return;
    await this.arrange(
      this.panes.filter((_, i) => i !== at),
      [0, 1],
    );
  }

  async comparePair(a: number, b: number): Promise<void> {
    if (a !== b) await this.arrange(this.panes, [a, b]);
  }

  swap(): void {
    const [a, b, ...rest] = this.panes;
    if (a && b) void this.arrange([b, a, ...rest]);
  }

  /** Asks what is the same and what changed in the pair, unless that is known. */
  async compare(): Promise<void> {
    const { a, b } = this;
    const [left, right] = [this.map.best(a ?? -1), this.map.best(b ?? -1)];
    const rows = this.sets.filter(({ id }) => id === a || id === b).map((set) => set.rows);
    const stamp = [a, b, left?.id, left?.running, right?.id, right?.running, ...rows].join();
    if (stamp === this.stamp && this.comparison) return;
    const asked = ++this.asked;
    const sets = `${a},${b}`;
    if (sets !== this.compared) this.comparison = this.overlap = null;
    this.compared = sets;
    this.stamp = stamp;
    if (a === null || b === null || a === b) {
      this.comparison = this.overlap = null;
      this.busy = false;
      return;
    }
    this.busy = true;
    const request = { a, b, k: NEIGHBOURS };
    // Maps without a comparison are still worth seeing.
    const found = await this.notices.guard(
      Promise.all([
        this.backend.compare(request),
        this.backend.getOverlap(request).then((buffer) => readAs('overlap', buffer)),
      ]),
    );
    if (asked !== this.asked) return;
    this.busy = false;
    [this.comparison, this.overlap] = found ?? [null, null];
  }

  async colour(by: ColourBy): Promise<void> {
    const put = (by: ColourBy) => {
      this.colourBy = by;
      return this.recolour();
    };
    const stands = (by: ColourBy) => by === 'kept' || this.map.colourChoices.includes(by);
    const title = by === 'kept' ? say.colourByKept : words.state.app.colourBy(colourName(by));
    await this.history.change({ title, from: this.colourBy, to: by, put, stands });
  }

  private async recolour(): Promise<void> {
    const { first } = this;
    if (first === null) return;
    const asked = ++this.colouring;
    const by = this.colourBy === 'kept' ? 'cluster' : this.colourBy;
    const groups = await this.notices.guard(this.map.coloursOf(first, by));
    if (asked !== this.colouring) return;
    if (groups) this.groups = groups;
    // What cannot be told leaves the colours as they were.
    else if (this.groups) this.colourBy = this.groups.by;
  }

  /** Turns the other maps onto the first; to be called whenever one moved. One question is asked at a time. */
  async align(): Promise<void> {
    this.moved = true;
    if (this.aligning) return;
    this.aligning = true;
    while (this.moved) {
      this.moved = false;
      const first = this.mapOf(this.panes[0])?.id;
      const others = new Set(this.panes.slice(1).map((shown) => this.mapOf(shown)?.id));
      const turned = new Map<number, Places>();
      for (const id of others) {
        if (first === undefined || id === undefined || id === first) continue;
        const asked = this.backend.getPositions(id, first).then((buffer) => readAs('positions', buffer));
        const frame = await this.notices.guard(asked);
        // A map that cannot be turned is shown as it lies.
        const places = frame ? { ...frame, dims: frame.dims as 2 | 3 } : this.columns.places.get(id);
        if (places) turned.set(id, places);
      }
      if (first === this.mapOf(this.panes[0])?.id) this.aligned = turned;
    }
    this.aligning = false;
  }

  /** The places of a map as it stands in a place: the first as it lies, the others once they are turned. */
  placesOf(at: number): Places | undefined {
    const [first, own] = [this.mapOf(this.panes[0])?.id, this.mapOf(this.panes[at])?.id];
    if (own === undefined) return undefined;
    return own === first ? this.columns.places.get(own) : this.aligned.get(own);
  }

  /** The items whose neighbours in common number exactly `shared`. */
  itemsSharing(shared: number): Uint32Array {
    const { overlap } = this;
    return overlap
      ? overlap.items.filter((_, i) => Math.round(overlap.overlap[i]! * overlap.k) === shared)
      : new Uint32Array();
  }

  /** Both neighbour lists of an item, where both sets show it. */
  async list(item: number | null): Promise<void> {
    const { a, b } = this;
    const asked = ++this.listing;
    const shown = (set: number | null) => set !== null && item !== null && this.columns.row(set, item) !== undefined;
    if (item === null || a === null || b === null || a === b || !shown(a) || !shown(b)) {
      this.twins = null;
      return;
    }
    const found = await this.notices.guard(
      Promise.all([this.backend.getNeighbours(a, item, NEIGHBOURS), this.backend.getNeighbours(b, item, NEIGHBOURS)]),
    );
    if (asked === this.listing) this.twins = found ? { item, a: found[0], b: found[1] } : null;
  }

  /** The difference matrix of the pair: of some items, or of a sample. */
  async subtract(items: Uint32Array | null): Promise<void> {
    const { a, b } = this;
    if (a === null || b === null || a === b) {
      this.difference = this.subtracting = null;
      return;
    }
    const { stamp, subtracting } = this;
    if (subtracting?.stamp === stamp && subtracting.items === items) return;
    const asked = (this.subtracting = { stamp, items });
    const found = this.backend.getDifference(a, b, items, LIMIT).then((buffer) => readAs('matrix', buffer));
    const frame = await this.notices.guard(found);
    if (asked !== this.subtracting) return;
    if (!frame) this.subtracting = null;
    this.difference = frame ?? null;
    this.subtracted = items;
  }
}

/**
 * Where the rows of one map lie on the way to another: rows that the other has not are nowhere. `twin` gives the row in
 * the other map.
 */
export function between(from: Places, to: Places, twin: (row: number) => number | undefined, t: number): Float32Array {
  const { dims, count } = from;
  const places = new Float32Array(count * dims).fill(NaN);
  if (to.dims !== dims) return places;
  for (let row = 0; row < count; row++) {
    const other = twin(row);
    if (other === undefined || other >= to.count) continue;
    for (let axis = 0; axis < dims; axis++) {
      const [x, y] = [from.positions[row * dims + axis]!, to.positions[other * dims + axis]!];
      places[row * dims + axis] = x + (y - x) * t;
    }
  }
  return places;
}
