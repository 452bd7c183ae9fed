/**
 * What is dragged, from where it was picked up to where it is put. Deliberately absent: the page's elements
 * (`components/drag.ts`) and what comes of putting something somewhere (`putting.ts`).
 */
import type { ItemView } from '../backend/wire/ItemView';
import type { Place } from '../plot/props';

/** What is dragged: an item, or several under one name. */
export interface Load {
  /** Where it was picked up: nothing is put into itself. */
  from: string;
  name: string;
  count: number;
  items(): Uint32Array | Promise<Uint32Array>;
  /** The item, where it is a single one. */
  item: ItemView | null;
  /** What it means in words, where it does. */
  words: string | null;
}

export interface Deed {
  /** "Add to “Pair”". */
  title: string;
  run(): unknown;
}

/** Where something can be put, or what opens for a pointer that rests there. */
export interface Target {
  /** What comes of putting it here; null where nothing does. */
  take?(load: Load): Deed | null;
  /** Gives the way back. */
  open?(): () => void;
}

/** Farther than this a press is a drag (px). */
const SLACK = 6;
const REST_MS = 500;

export class Dragging {
  load = $state.raw<Load | null>(null);
  at = $state.raw<Place>({ x: 0, y: 0 });
  over = $state.raw<Target | null>(null);
  /** What letting go would do now. */
  deed: Deed | null = $derived.by(() => this.deedOf(this.over));
  private pressed: { pick: () => Load | null; at: Place } | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private ways: (() => void)[] = [];

  deedOf(target: Target | null): Deed | null {
    return (this.load && target?.take?.(this.load)) ?? null;
  }

  /** Something that can be dragged was pressed. */
  press(pick: () => Load | null, at: Place): void {
    this.cancel();
    this.pressed = { pick, at };
  }

  /** The pointer went on. `below`: finds what is there. */
  move(at: Place, below: (at: Place) => Target | null): void {
    if (this.pressed && Math.hypot(at.x - this.pressed.at.x, at.y - this.pressed.at.y) >= SLACK) {
      this.load = this.pressed.pick();
      this.pressed = null;
    }
    if (!this.load) return;
    this.at = at;
    this.rest(below(at));
  }

  private rest(target: Target | null): void {
    if (target === this.over) return;
    this.over = target;
    clearTimeout(this.timer);
    if (target?.open) this.timer = setTimeout(() => this.ways.push(target.open!()), REST_MS);
  }

  /** Puts it where the pointer is. */
  async drop(): Promise<void> {
    const { deed } = this;
    if (deed) this.ways = [];
    this.cancel();
    await deed?.run();
  }

  /** Nothing was done: what opened on the way closes again. */
  cancel(): void {
    clearTimeout(this.timer);
    this.pressed = this.load = this.over = null;
    for (const back of this.ways.splice(0).reverse()) back();
  }
}
