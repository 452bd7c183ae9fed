/**
 * What lies on the stage and under the lens: a map, or its set along axes in its place, and the kept item. Each is changed
 * as a step of the history, and what hangs together is one step. Deliberately absent: which view is in front (`app`).
 */
import { METHOD, words } from '../words';
import type { AxesState, Laid } from './axes.svelte';
import type { History } from './history.svelte';
import type { Kept, Lens } from './lens.svelte';
import type { MapState } from './map.svelte';
import type { Search } from './search.svelte';

const say = words.state.stage;

/** As much of a kept item as leads back to it. */
interface Pinned {
  set: number;
  item: number;
}

/** As much as a step changes. */
interface Staged {
  map?: number | null;
  laid?: Laid | null;
  kept?: Pinned | null;
}

const pinned = (kept: Kept | null): Pinned | null => kept && { set: kept.set, item: kept.item.id };

export class Stage {
  constructor(
    private readonly map: MapState,
    private readonly axes: AxesState,
    private readonly lens: Lens,
    private readonly search: Search,
    private readonly history: History,
  ) {}

  /** The map, or what lies in its place. */
  private get shown(): Staged {
    return { map: this.map.id, laid: this.axes.laid };
  }

  /** Shows another map; a search that stands is asked again there, and what is kept is kept there where it can be. */
  choose(id: number): void {
    const { map, axes, lens } = this;
    if (id === map.id && !axes.laid) return map.choose(id);
    const { kept } = lens;
    const set = map.setOf(id);
    const follows = kept && set?.kinds.includes(kept.item.kind);
    const from = { ...this.shown, kept: pinned(kept) };
    const to = { map: id, laid: null, kept: follows ? { set: set!.id, item: kept.item.id } : from.kept };
    this.record(this.showing(id), from, to);
    void this.put(to);
  }

  /** A map came that was waited for, in place of another. */
  came(before: number | null): void {
    const from = { ...this.shown, map: before };
    this.axes.show(null);
    this.record(this.showing(this.map.id), from, this.shown);
  }

  /** Lays a set out along the axes that are asked for. */
  layOut = (set: number) => this.laying(set, this.axes.lay(set));

  /** Lays a set out between two of its items. */
  between = (set: number, a: number, b: number) => this.laying(set, this.axes.between(set, a, b));

  private async laying(set: number, laid: Promise<boolean>): Promise<void> {
    const from = this.shown;
    if (!(await laid)) return;
    if (this.map.set?.id !== set) this.map.chooseSet(set);
    this.record(say.lay(this.axes.laid!.ends), from, this.shown);
  }

  /** Back to the map. */
  leaveAxes(): void {
    const from = this.shown;
    this.axes.show(null);
    if (from.laid) this.record(say.leaveAxes, from, this.shown);
  }

  /** Keeps an item, on another map where the shown one has to be left for it; says whether it is kept now. */
  async keep(set: number, item: number, leaves: boolean): Promise<boolean> {
    const before = pinned(this.lens.kept);
    if (!(await this.lens.keep(set, item))) return false;
    const map = leaves ? this.map.best(set)?.id : undefined;
    const from: Staged = { kept: before, ...(map !== undefined && this.shown) };
    const to: Staged = { kept: { set, item }, ...(map !== undefined && { map, laid: null }) };
    if (before?.item !== item || map !== undefined) this.record(say.keep, from, to);
    if (map !== undefined) await this.put(to);
    return true;
  }

  /** Keeps no item any more. */
  release(): void {
    const kept = pinned(this.lens.kept);
    this.lens.release();
    if (kept) this.record(say.release, { kept }, { kept: null });
  }

  private showing(id: number | null): string {
    const map = this.map.workspace.maps.find((map) => map.id === id);
    return map ? say.show(METHOD[map.method], map.dims === 3, this.map.setOf(map.id)?.model ?? '') : '';
  }

  private record(title: string, from: Staged, to: Staged): void {
    this.history.record({ title, from, to, put: this.put, stands: this.stands });
  }

  private put = async ({ map, laid, kept }: Staged): Promise<void> => {
    this.lens.dismiss();
    if (map != null) {
      this.map.choose(map);
      if (this.search.answer) void this.search.ask(true);
    }
    if (laid !== undefined) this.axes.show(laid);
    const now = pinned(this.lens.kept);
    if (kept === null) this.lens.release();
    else if (kept && (kept.set !== now?.set || kept.item !== now.item)) await this.lens.keep(kept.set, kept.item);
  };

  private stands = ({ map, kept }: Staged): boolean => {
    const { maps, sets } = this.map.workspace;
    return (
      (map === undefined || maps.some(({ id }) => id === map)) && (!kept || sets.some(({ id }) => id === kept.set))
    );
  };
}
