/** How a map is looked at: which one, coloured by what, with which tool; and what its legend says. */
import { SvelteMap } from 'svelte/reactivity';
import type { Backend } from '../backend/backend';
import { NO_CLASS, readAs, readFrame, type AmountsFrame, type Unit } from '../backend/frame';
import type { ClassView } from '../backend/wire/ClassView';
import type { LookView } from '../backend/wire/LookView';
import type { MapView } from '../backend/wire/MapView';
import type { SetView } from '../backend/wire/SetView';
import type { WorkspaceView } from '../backend/wire/WorkspaceView';
import { SHAPED_COLOURS, classColours, classShapes, scaleColours } from '../plot/palette';
import type { Sight, Tool } from '../plot/props';
import { words } from '../words';
import type { Columns } from './columns.svelte';
import type { History } from './history.svelte';
import type { Notices } from './notices.svelte';

export interface Colours {
  set: number;
  by: string;
  names: ClassView[];
  /** How many smaller classes have no colour of their own. */
  more: number;
  classes: Uint16Array;
  /** Where rows have amounts instead of classes: a class is then a step of the scale. */
  scale: Scale | null;
}

/** Amounts as they are coloured: from `low` to `high` in even steps; beyond, as the ends. */
export interface Scale {
  unit: Unit;
  low: number;
  high: number;
  /** One a row, NaN where there is none. */
  amounts: Float32Array;
}

/** Steps of a scale: more than an eye tells apart. */
export const STEPS = 64;
/** The share of rows beyond each end of a scale: a few far away must not make all others alike. */
const TAIL = 0.01;
/** Rows that tell where the ends are. */
const SAMPLE = 20_000;

/** What maps draw or leave out. */
export type Drawn = 'labels' | 'pictures' | 'trueNeighbours' | 'shaped';

export class MapState {
  id = $state.raw<number | null>(null);
  workspace = $state.raw<WorkspaceView>({
    name: '',
    read_only: false,
    items: 0,
    collections: [],
    sets: [],
    maps: [],
    columns: [],
    selections: [],
    tags: [],
    watched: [],
    in_use: null,
  });
  colourBy = $state('cluster');
  colours = $state.raw<Colours | null>(null);
  readonly groups = new SvelteMap<number, Colours>();
  tool = $state<Tool>('pointer');
  labels = $state(true);
  trueNeighbours = $state(true);
  pictures = $state(true);
  /** Whether shapes join colours where there are more classes than are told apart well by colour alone. */
  shaped = $state(false);
  /** Points the stage drew last: fewer than loaded while much moves. */
  shown = $state(0);

  map: MapView | undefined = $derived(this.workspace.maps.find(({ id }) => id === this.id));
  set: SetView | undefined = $derived(this.workspace.sets.find(({ id }) => id === this.map?.set));
  /** Whether steps are being made; a map without steps only grows with its set. */
  moving = $derived(!!this.map?.running && this.map.iterations > 0);
  /** The kept item of the shown set, which others can be coloured by. */
  pinned: number | null = $derived.by(() => this.keptIn(this.set?.id ?? -1));
  /** Whole sets of other models that see what the shown one sees. */
  private rivals: number = $derived(
    this.workspace.sets.filter(
      ({ id, rows, total, kinds }) =>
        id !== this.set?.id && rows === total && kinds.some((kind) => this.set?.kinds.includes(kind)),
    ).length,
  );
  /** What items can be coloured by. */
  colourChoices: string[] = $derived([
    'cluster',
    'kind',
    'file',
    'collection',
    ...(this.workspace.tags.length ? ['tag'] : []),
    ...this.workspace.columns.map((name) => `column:${name}`),
    'misplaced',
    ...(this.rivals ? ['disagreement'] : []),
    ...(this.pinned !== null || this.colourBy === 'similarity' ? ['similarity'] : []),
  ]);
  /** Whether the user picked this very map; if not, a better one of the same set takes its place. */
  private chosen = $state(false);
  /** How the workspace is looked at, as it is kept with it. */
  look: LookView = $derived({
    map: this.chosen ? this.id : null,
    colour_by: this.colourBy,
    names: this.labels,
    pictures: this.pictures,
    true_neighbours: this.trueNeighbours,
    shapes: this.shaped,
  });
  /** Brings the whole map into sight; set by whoever shows it. */
  fit: (() => void) | null = null;
  /** Brings what is selected into sight. */
  fitSelection: (() => void) | null = null;
  /** What the stage shows; set by whoever shows it. */
  sight: (() => Sight | null) | null = null;

  private colouring = 0;
  /** What the colours were asked for. */
  private coloured = '';

  /** Colours on their way, and of which state of the workspace: they are not asked for twice. */
  private readonly pending = new Map<string, { of: WorkspaceView; colours: Promise<Colours> }>();
  /** Of what the groups of each set are known, or that they cannot be told. */
  private readonly grouped = new Map<number, string>();

  /** The maps there were when another was asked for. */
  private before: Set<number> | null = null;

  constructor(
    private readonly backend: Backend,
    private readonly columns: Columns,
    private readonly notices: Notices,
    private readonly history: History,
    /** The item of a set that is kept under the lens. */
    private readonly keptIn: (set: number) => number | null = () => null,
  ) {}

  choose(id: number): void {
    this.chosen = true;
    this.show(id);
  }

  /** Draws something that was left out, or leaves it out. */
  turn(what: Drawn): void {
    const on = !this[what];
    this.history.set(this, what, on, words.state.map.turn[what](on));
  }

  /** The best map of a set: a flat layout that moves or has moved, else the first one. */
  best(set: number): MapView | undefined {
    const maps = this.workspace.maps.filter((map) => map.set === set);
    const flat = maps.filter(({ dims }) => dims === 2);
    return flat.findLast(({ method }) => method !== 'pca') ?? flat.at(0) ?? maps.at(0);
  }

  /** The set that a map shows. */
  setOf(id: number): SetView | undefined {
    const map = this.workspace.maps.find((map) => map.id === id);
    return this.workspace.sets.find((set) => set.id === map?.set);
  }

  /** Shows the next map that is made, whichever is shown now. */
  await(): void {
    this.before = new Set(this.workspace.maps.map(({ id }) => id));
  }

  /** Shows the best map of another set. */
  chooseSet(set: number): void {
    const map = this.best(set);
    if (map) this.choose(map.id);
  }

  /**
   * The workspace changed: keeps the map if it can, follows a new layout of the same set unless the user chose.
   * `look`: how it was looked at before it was opened. Says whether a map is shown that was waited for.
   */
  take(workspace: WorkspaceView, look: LookView | null = null): boolean {
    this.workspace = { ...workspace, columns: inOrder(workspace.columns) };
    if (look) this.restore(look);
    const awaited = workspace.maps.find(({ id }) => this.before?.has(id) === false);
    const first = [workspace.in_use ?? -1, ...workspace.sets.map(({ id }) => id)].find((id) => this.best(id));
    if (!this.map) {
      this.chosen = false;
      this.id = null;
    }
    if (awaited) {
      this.before = null;
      this.chosen = true;
    }
    const wanted = awaited ?? (this.chosen ? this.map : this.best(this.map?.set ?? first ?? -1));
    if (wanted) this.show(wanted.id);
    else this.uncolour();
    for (const id of this.grouped.keys()) {
      if (workspace.sets.some((set) => set.id === id)) continue;
      this.groups.delete(id);
      this.grouped.delete(id);
    }
    void this.regroup();
    return awaited !== undefined;
  }

  private restore(look: LookView): void {
    this.id = look.map;
    this.chosen = look.map !== null;
    this.labels = look.names;
    this.pictures = look.pictures;
    this.trueNeighbours = look.true_neighbours;
    this.shaped = look.shapes;
    // A column, a tag or another model may be gone, and no item is kept under the lens yet.
    if (this.colourChoices.includes(look.colour_by)) this.colourBy = look.colour_by;
  }

  private show(id: number): void {
    const before = this.set?.id;
    this.id = id;
    const { map, set } = this;
    if (!map || !set) return;
    if (before !== set.id) this.uncolour();
    void this.notices.guard(
      Promise.all([this.columns.needRows(set.id, set.rows), this.columns.needPlaces(map.id, map.rows)]),
    );
    void this.recolour();
  }

  private uncolour(): void {
    this.colours = null;
    this.coloured = '';
    this.colouring++;
  }

  /** What the host is asked for: some colours hang on the map, or on the kept item. */
  private get question(): string {
    if (this.colourBy === 'misplaced') return `misplaced:${this.id}`;
    if (this.colourBy === 'similarity') return this.pinned === null ? 'cluster' : `similarity:${this.pinned}`;
    return this.colourBy;
  }

  /** The kept item is another one. */
  repin(): void {
    if (this.colourBy === 'similarity') void this.recolour();
  }

  async colour(by: string): Promise<void> {
    this.colourBy = by;
    await this.recolour();
  }

  private async recolour(): Promise<void> {
    const [set, by] = [this.set?.id, this.colourBy];
    if (set === undefined) return;
    // Classes change when rows come or a layout ends; asking at every piece of news would repaint for nothing.
    const news = [
      set,
      by,
      this.set?.rows,
      this.question,
      this.set && found(this.set),
      ...(by === 'tag' ? this.workspace.tags.map(({ items }) => items) : []),
      ...(by === 'disagreement' ? [this.rivals] : []),
      ...this.workspace.maps.flatMap((map) => (map.set === set ? [map.id, map.running] : [])),
    ].join();
    if (news === this.coloured) return;
    this.coloured = news;
    const asked = ++this.colouring;
    try {
      const colours = await this.coloursOf(set, by);
      if (asked === this.colouring) this.colours = colours;
    } catch (thrown) {
      if (asked === this.colouring) await this.fallBack(by, thrown);
    }
  }

  /** What cannot be told leaves the colours as they were, and is asked for again once it may have changed. */
  private async fallBack(by: string, thrown: unknown): Promise<void> {
    this.notices.tell(thrown);
    const before = this.colours?.by ?? 'cluster';
    if (before !== by) await this.colour(before);
  }

  /** The classes of a set's rows, without a name while groups are not found yet (they are once a set is whole). */
  coloursOf(set: number, by: string): Promise<Colours> {
    const asked = by === this.colourBy ? this.question : by;
    const question = `${set} ${asked}`;
    const known = this.pending.get(question);
    if (known?.of === this.workspace) return known.colours;
    const colours = this.askColours(set, by, asked).finally(() => {
      if (this.pending.get(question)?.colours === colours) this.pending.delete(question);
    });
    this.pending.set(question, { of: this.workspace, colours });
    return colours;
  }

  private async askColours(set: number, by: string, asked: string): Promise<Colours> {
    const buffer = await this.backend.getColours(set, asked);
    const frame = readFrame(buffer);
    if (frame.kind === 'amounts') return { set, by, names: [], more: 0, ...scaled(frame) };
    const { names, more, classes } = readAs('colours', buffer);
    return { set, by, names, more, classes, scale: null };
  }

  /** The groups of every whole set, for the stamps of maps that are not shown. */
  private async regroup(): Promise<void> {
    for (const set of this.workspace.sets) {
      const { id, rows, total } = set;
      const stamp = `${rows} ${found(set)}`;
      if (rows < total || this.grouped.get(id) === stamp) continue;
      // Stamps without groups are grey: what went wrong is said where they are the colours of the map.
      const groups = await this.coloursOf(id, 'cluster').catch(() => null);
      // Without a name they are not found yet.
      if (!groups || groups.names.length) this.grouped.set(id, stamp);
      if (groups?.names.length) this.groups.set(id, groups);
    }
  }

  /** `shaped`: for who draws shapes as well. */
  paletteOf(colours: Colours | null, theme: { dark: boolean; plot: { unselected: string } }, shaped = false): string[] {
    if (colours?.scale) return scaleColours(STEPS, theme.dark);
    return classColours(countsOf(colours), theme.dark, theme.plot.unselected, shaped && manyClasses(colours));
  }

  /** The shape of each class; null where all are discs. */
  shapesOf(colours: Colours | null): number[] | null {
    return this.shaped && manyClasses(colours) ? classShapes(countsOf(colours)) : null;
  }

  /** The items of the shown map whose class is among these. */
  itemsOf(wanted: (index: number) => boolean): Uint32Array {
    const rows = this.colours && this.columns.rows.get(this.colours.set);
    return rows
      ? rows.items.slice(0, this.colours!.classes.length).filter((_, row) => wanted(this.colours!.classes[row]!))
      : new Uint32Array();
  }

  /** The items of the shown map whose amount lies between two. */
  itemsBetween(low: number, high: number): Uint32Array {
    const { scale, set } = this.colours ?? {};
    const rows = set !== undefined && this.columns.rows.get(set);
    return rows && scale
      ? rows.items
          .slice(0, scale.amounts.length)
          .filter((_, row) => scale.amounts[row]! >= low && scale.amounts[row]! <= high)
      : new Uint32Array();
  }
}

/** What a column says of items that are in no class. A group may be called so for the words of its texts, and is one. */
const UNCLASSED = /^\s*(unlabell?ed|noise)?\s*$/i;
export const unclassed = (by: string, label: string) => by.startsWith('column:') && UNCLASSED.test(label);

/** How many items each class holds, none where it stands for having no class. */
const countsOf = (colours: Colours | null) =>
  (colours?.names ?? []).map(({ label, count }) => (unclassed(colours!.by, label) ? 0 : count));

/** Whether there are more classes than are told apart well by colour alone. */
export const manyClasses = (colours: Colours | null) => !!colours && colours.names.length > SHAPED_COLOURS;

/** Whether a set's vectors are places that came with a file: the engine compares so few numbers by distance. */
export const holdsPlaces = ({ dim, asks }: SetView) => dim <= 3 && !asks;

/** What tells a set's clusters from those it had before. */
const found = ({ clusters }: SetView) => (clusters ? `${clusters.run}.${clusters.shown}` : '');

/** The steps of a scale: its ends leave out a few far away. */
export function scaled({ unit, low, high, amounts }: Pick<AmountsFrame, 'unit' | 'low' | 'high' | 'amounts'>) {
  const stride = Math.max(1, Math.floor(amounts.length / SAMPLE));
  const sample = amounts.filter((amount, row) => row % stride === 0 && Number.isFinite(amount)).sort();
  const at = (share: number) => sample[Math.round((sample.length - 1) * share)];
  let [from, to] = [at(TAIL) ?? low, at(1 - TAIL) ?? high];
  if (!(from < to)) [from, to] = [low, high];
  const step = (amount: number) =>
    Math.max(0, Math.min(STEPS - 1, Math.floor(((amount - from) / (to - from || 1)) * STEPS)));
  const classes = Uint16Array.from(amounts, (amount) => (Number.isNaN(amount) ? NO_CLASS : step(amount)));
  return { classes, scale: { unit, low: from, high: to, amounts } satisfies Scale };
}

const inTurn = new Intl.Collator(undefined, { numeric: true });
/** Columns as they come, but those whose names differ by a number alone stand together, in its order: layer0 before layer1. */
export function inOrder(columns: readonly string[]): string[] {
  const alike = new Map<string, string[]>();
  for (const name of columns) {
    const kind = name.replace(/\d+/g, '#');
    alike.set(kind, [...(alike.get(kind) ?? []), name]);
  }
  return [...alike.values()].flatMap((names) => names.sort(inTurn.compare));
}

export function colourName(by: string): string {
  const { NAME }: { NAME: Record<string, string> } = words.state.map;
  return by.startsWith('column:') ? by.slice('column:'.length) : (NAME[by] ?? by);
}
