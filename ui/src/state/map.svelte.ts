/** How a map is looked at: which one, coloured by what, with which tool; and what its legend says. */
import { SvelteMap } from 'svelte/reactivity';
import type { Backend } from '../backend/backend';
import { readAs } from '../backend/frame';
import type { ClassView } from '../backend/wire/ClassView';
import type { MapView } from '../backend/wire/MapView';
import type { SetView } from '../backend/wire/SetView';
import type { WorkspaceView } from '../backend/wire/WorkspaceView';
import { classColours } from '../plot/palette';
import type { Tool } from '../plot/props';
import type { Columns } from './columns.svelte';
import type { Notices } from './notices.svelte';

export interface Colours {
  set: number;
  by: string;
  names: ClassView[];
  /** How many smaller classes have no colour of their own. */
  more: number;
  classes: Uint16Array;
}

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
    watched: [],
  });
  colourBy = $state('cluster');
  colours = $state.raw<Colours | null>(null);
  readonly groups = new SvelteMap<number, Colours>();
  tool = $state<Tool>('pointer');
  labels = $state(true);
  trueNeighbours = $state(true);
  pictures = $state(true);
  /** Points the stage drew last: fewer than loaded while much moves. */
  shown = $state(0);

  map: MapView | undefined = $derived(this.workspace.maps.find(({ id }) => id === this.id));
  set: SetView | undefined = $derived(this.workspace.sets.find(({ id }) => id === this.map?.set));
  /** Whether steps are being made; a map without steps only grows with its set. */
  moving = $derived(!!this.map?.running && this.map.iterations > 0);
  /** What items can be coloured by. */
  colourChoices: string[] = $derived([
    'cluster',
    'kind',
    'file',
    'collection',
    ...this.workspace.columns.map((name) => `column:${name}`),
  ]);

  /** Whether the user picked this very map; if not, a better one of the same set takes its place. */
  private chosen = false;
  private colouring = 0;
  /** What the colours were asked for. */
  private coloured = '';

  /** The maps there were when another was asked for. */
  private before: Set<number> | null = null;

  constructor(
    private readonly backend: Backend,
    private readonly columns: Columns,
    private readonly notices: Notices,
  ) {}

  choose(id: number): void {
    this.chosen = true;
    this.show(id);
  }

  /** The best map of a set: a layout that moves or has moved, else the first one. */
  best(set: number): MapView | undefined {
    const maps = this.workspace.maps.filter((map) => map.set === set);
    return maps.findLast(({ method }) => method !== 'pca') ?? maps.at(0);
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

  /** The workspace changed: keeps the map if it can, follows a new layout of the same set unless the user chose. */
  take(workspace: WorkspaceView): void {
    this.workspace = workspace;
    const awaited = workspace.maps.find(({ id }) => this.before?.has(id) === false);
    const first = workspace.sets.find(({ id }) => this.best(id));
    if (!this.map) {
      this.chosen = false;
      this.id = null;
    }
    if (awaited) {
      this.before = null;
      this.chosen = true;
    }
    const wanted = awaited ?? (this.chosen ? this.map : this.best(this.map?.set ?? first?.id ?? -1));
    if (wanted) this.show(wanted.id);
    else this.colours = null;
    for (const id of this.groups.keys()) if (!workspace.sets.some((set) => set.id === id)) this.groups.delete(id);
    void this.regroup();
  }

  private show(id: number): void {
    const before = this.set?.id;
    this.id = id;
    const { map, set } = this;
    if (!map || !set) return;
    if (before !== set.id) this.colours = null;
    void this.notices.guard(
      Promise.all([this.columns.needRows(set.id, set.rows), this.columns.needPlaces(map.id, map.rows)]),
    );
    void this.recolour();
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
      ...this.workspace.maps.flatMap((map) => (map.set === set ? [map.id, map.running] : [])),
    ].join();
    if (news === this.coloured && this.colours) return;
    this.coloured = news;
    const asked = ++this.colouring;
    const colours = await this.coloursOf(set, by);
    if (asked === this.colouring) this.colours = colours;
  }

  /** The classes of a set's rows; null while they cannot be told (groups are found once a set is whole). */
  async coloursOf(set: number, by: string): Promise<Colours | null> {
    try {
      const { names, more, classes } = readAs('colours', await this.backend.getColours(set, by));
      return { set, by, names, more, classes };
    } catch {
      return null;
    }
  }

  /** The groups of every whole set, for the stamps of maps that are not shown. */
  private async regroup(): Promise<void> {
    for (const { id, rows, total } of this.workspace.sets) {
      if (rows < total || this.groups.get(id)?.classes.length === rows) continue;
      const groups = await this.coloursOf(id, 'cluster');
      // Without a name they are not found yet.
      if (groups?.names.length) this.groups.set(id, groups);
    }
  }

  paletteOf(colours: Colours | null, theme: { dark: boolean; plot: { unselected: string } }): string[] {
    return classColours(
      (colours?.names ?? []).map((name) => name.count),
      theme.dark,
      theme.plot.unselected,
    );
  }

  /** The items of one class of the shown map. */
  itemsOf(index: number): Uint32Array {
    const rows = this.colours && this.columns.rows.get(this.colours.set);
    return rows
      ? rows.items.slice(0, this.colours!.classes.length).filter((_, row) => this.colours!.classes[row] === index)
      : new Uint32Array();
  }
}

export function colourName(by: string): string {
  return by.startsWith('column:') ? by.slice('column:'.length) : by;
}
