/**
 * A hand on the map that moves: its parameters while it does, ending it early, going on with it. Deliberately absent:
 * pausing, which all long work can (`jobs`).
 */
import type { Backend } from '../backend/backend';
import type { MapView } from '../backend/wire/MapView';
import type { SteeringView } from '../backend/wire/SteeringView';
import type { Notices } from './notices.svelte';

/** A slider is dragged through many values; so often one of them is told. */
const TOLD_EVERY_MS = 100;

/** Perplexity must stay well below the number of items. */
export const mostPerplexity = (rows: number) => Math.max(5, Math.min(100, Math.floor((rows - 1) / 3)));

/** A neighbourhood holds at most all items. */
export const mostNeighbours = (rows: number) => Math.max(2, Math.min(100, rows));

export class Steering {
  /** Whether the parameters are in sight. */
  open = $state(false);
  /** Maps that were asked to end early. */
  settling = $state.raw<number[]>([]);
  /** What was asked for and not told yet, and of which map. */
  private wanted: { map: number; change: Partial<SteeringView> } | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** What was told last; it counts until the workspace says as much. */
  private asked = $state.raw<{ map: number; change: Partial<SteeringView> } | null>(null);

  constructor(
    private readonly backend: Backend,
    private readonly notices: Notices,
  ) {}

  /** The parameters of a map as they are, or will be in a moment. */
  of(map: MapView): SteeringView | null {
    return map.steering && this.asked?.map === map.id ? { ...map.steering, ...this.asked.change } : map.steering;
  }

  /** News of the maps: of one that does not move, what was asked for is done or void. */
  take(maps: readonly MapView[]): void {
    const moving = (id: number) => maps.some((map) => map.id === id && map.running);
    this.settling = this.settling.filter(moving);
    if (this.asked && !moving(this.asked.map)) this.asked = null;
  }

  /** Changes parameters of a moving map. */
  steer(map: number, change: Partial<SteeringView>): void {
    const before = this.wanted?.map === map ? this.wanted.change : {};
    this.wanted = { map, change: { ...before, ...change } };
    this.asked = { map, change: { ...(this.asked?.map === map ? this.asked.change : {}), ...change } };
    if (this.timer !== undefined) return;
    this.tell();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.tell();
    }, TOLD_EVERY_MS);
  }

  private tell(): void {
    const { wanted } = this;
    if (!wanted) return;
    this.wanted = null;
    const none = { exaggeration: null, perplexity: null, neighbours: null, min_dist: null, seed: null };
    void this.notices.guard(this.backend.steerMap({ ...none, ...wanted.change, map: wanted.map }));
  }

  /** Ends a map early, as it is. */
  async settle(map: number): Promise<void> {
    if (this.settling.includes(map)) return;
    this.settling = [...this.settling, map];
    try {
      await this.backend.settleMap(map);
    } catch (thrown) {
      this.settling = this.settling.filter((other) => other !== map);
      this.notices.tell(thrown);
    }
  }

  /** Goes on with a map that has ended: to the steps that are left, or for as many more as the host thinks right. */
  goOn = (map: number) => this.notices.guard(this.backend.goOnWithMap(map, null));

  /** The last layout of a moving map is on the screen. */
  drawn = (map: number) => void this.backend.layoutDrawn(map).catch(() => undefined);
}
