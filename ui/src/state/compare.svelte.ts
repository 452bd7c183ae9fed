/** Two embedding sets side by side: which ones, their maps, what is the same and what changed. */
import type { Backend } from '../backend/backend';
import { readAs, type OverlapFrame } from '../backend/frame';
import type { ComparisonView } from '../backend/wire/ComparisonView';
import type { MapView } from '../backend/wire/MapView';
import type { SetView } from '../backend/wire/SetView';
import type { Columns, Places } from './columns.svelte';
import type { Colours, MapState } from './map.svelte';
import type { Notices } from './notices.svelte';

/** Neighbours looked at. */
export const NEIGHBOURS = 10;
/** Fewer items have too few neighbours to compare; a set that is just being filled has none at first. */
const LEAST_ROWS = 4;

export type ColourBy = 'groups' | 'kept';

export class CompareState {
  a = $state.raw<number | null>(null);
  b = $state.raw<number | null>(null);
  busy = $state(false);
  comparison = $state.raw<ComparisonView | null>(null);
  overlap = $state.raw<OverlapFrame | null>(null);
  /** The right map, turned to lie on the left one. */
  aligned = $state.raw<{ map: number; places: Places } | null>(null);
  /** The left set's groups, which colour both sides. */
  groups = $state.raw<Colours | null>(null);
  colourBy = $state<ColourBy>('groups');
  private asked = 0;
  private aligning = false;
  /** Something moved while the right map was being turned. */
  private moved = false;
  /** What the shown comparison was made from. */
  private stamp = '';

  constructor(
    private readonly backend: Backend,
    private readonly columns: Columns,
    private readonly map: MapState,
    private readonly notices: Notices,
  ) {}

  get sets(): SetView[] {
    return this.map.workspace.sets;
  }

  /** Sets that share a kind of item with this one, and so can be compared with it. */
  partners(set: number): SetView[] {
    const kinds = this.sets.find(({ id }) => id === set)?.kinds ?? [];
    return this.sets.filter(
      (other) => other.id !== set && other.rows >= LEAST_ROWS && other.kinds.some((kind) => kinds.includes(kind)),
    );
  }

  mapOf(set: number | null): MapView | undefined {
    return set === null ? undefined : this.map.best(set);
  }

  /** Keeps the pair if it still stands, else proposes one: the shown set on the left. */
  async open(): Promise<void> {
    const stands = (set: number | null) => set !== null && this.sets.some(({ id }) => id === set);
    const left = stands(this.a) ? this.a! : (this.map.set?.id ?? this.sets[0]?.id ?? null);
    if (left === null) return;
    const partners = this.partners(left);
    const right = partners.some(({ id }) => id === this.b) ? this.b : (partners[0]?.id ?? null);
    await this.choose(left, right);
  }

  async choose(a: number, b: number | null): Promise<void> {
    const [left, right] = [this.mapOf(a), this.mapOf(b)];
    const rows = this.sets.filter(({ id }) => id === a || id === b).map((set) => set.rows);
    const stamp = [a, b, left?.id, left?.running, right?.id, right?.running, ...rows].join();
    if (stamp === this.stamp && this.comparison) return;
    const asked = ++this.asked;
    if (a !== this.a || b !== this.b) this.comparison = this.overlap = this.aligned = null;
    this.a = a;
    this.b = b;
    this.stamp = stamp;
    this.busy = b !== null;
    if (b === null) {
      const groups = await this.map.coloursOf(a, 'cluster');
      if (asked === this.asked) this.groups = groups;
      return;
    }
    const request = { a, b, k: NEIGHBOURS };
    // Each part stands by itself: maps without a comparison are still worth seeing.
    const [found, groups] = await Promise.all([
      this.notices.guard(
        Promise.all([
          this.backend.compare(request),
          this.backend.getOverlap(request).then((buffer) => readAs('overlap', buffer)),
        ]),
      ),
      this.map.coloursOf(a, 'cluster'),
    ]);
    if (asked !== this.asked) return;
    this.busy = false;
    [this.comparison, this.overlap] = found ?? [null, null];
    this.groups = groups;
  }

  /** Turns the right map onto the left one; to be called whenever either moved. One question is asked at a time. */
  async align(): Promise<void> {
    this.moved = true;
    if (this.aligning) return;
    this.aligning = true;
    while (this.moved) {
      this.moved = false;
      const [left, right] = [this.mapOf(this.a)?.id, this.mapOf(this.b)?.id];
      if (left === undefined || right === undefined) continue;
      const asked = this.backend.getPositions(right, left).then((buffer) => readAs('positions', buffer));
      const frame = await this.notices.guard(asked);
      // A map that cannot be turned is shown as it lies.
      const places = frame ? { ...frame, dims: frame.dims as 2 | 3 } : this.columns.places.get(right);
      const stands = left === this.mapOf(this.a)?.id && right === this.mapOf(this.b)?.id;
      if (stands && places) this.aligned = { map: right, places };
    }
    this.aligning = false;
  }

  /** The places of the right map, once it is turned. */
  rightPlaces(map: number): Places | undefined {
    return this.aligned?.map === map ? this.aligned.places : undefined;
  }

  swap(): void {
    const { a, b } = this;
    if (a !== null && b !== null) void this.choose(b, a);
  }

  /** The items whose neighbours in common number exactly `shared`. */
  itemsSharing(shared: number): Uint32Array {
    const { overlap } = this;
    return overlap
      ? overlap.items.filter((_, i) => Math.round(overlap.overlap[i]! * overlap.k) === shared)
      : new Uint32Array();
  }
}
