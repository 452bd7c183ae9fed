/**
 * Where names of classes go: on the densest spot of each, without touching one another. Pure; deliberately absent:
 * drawing.
 */
import type { Place } from './props';

export type Anchor = readonly [number, number, number];

/** Cells across the map when looking for density. */
const SIDE = 72;
/** Names shown while the whole map is in sight; zooming in brings the rest. */
const FIRST_LEVEL = 14;
const SECOND_LEVEL_ZOOM = 1.8;
/** Where a name may stand instead of on its spot, in its own heights. */
const LIFTS = [0, -0.7, 0.7, -1.3, 1.3, -1.9, 1.9];
/** Free space around a name (px). */
const AIR = 4;

/** The densest spot of each wanted class, in data coordinates. */
export function peaks(
  positions: Float32Array,
  dims: 2 | 3,
  classes: Uint16Array,
  wanted: readonly number[],
): Map<number, Anchor> {
  const slots = new Map(wanted.map((name, slot) => [name, slot]));
  const count = Math.min(classes.length, Math.floor(positions.length / dims));
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let row = 0; row < count; row++) {
    const x = positions[row * dims]!;
    const y = positions[row * dims + 1]!;
    if (!(Number.isFinite(x) && Number.isFinite(y))) continue;
    left = Math.min(left, x);
    right = Math.max(right, x);
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  const found = new Map<number, Anchor>();
  if (!(left <= right)) return found;
  const cell = (Math.max(right - left, high - low) || 1) / SIDE;
  const cellOf = (row: number): number => {
    const x = positions[row * dims]!;
    const y = positions[row * dims + 1]!;
    if (!(Number.isFinite(x) && Number.isFinite(y))) return -1;
    const i = Math.min(SIDE - 1, Math.floor((x - left) / cell));
    const j = Math.min(SIDE - 1, Math.floor((y - low) / cell));
    return j * SIDE + i;
  };
  const counts = wanted.map(() => new Uint32Array(SIDE * SIDE));
  for (let row = 0; row < count; row++) {
    const slot = slots.get(classes[row]!);
    const at = slot === undefined ? -1 : cellOf(row);
    if (at >= 0) counts[slot!]![at]!++;
  }
  const best = counts.map(densest);
  const sums = wanted.map(() => [0, 0, 0, 0] as [number, number, number, number]);
  for (let row = 0; row < count; row++) {
    const slot = slots.get(classes[row]!);
    if (slot === undefined || best[slot]! < 0) continue;
    const at = cellOf(row);
    if (at < 0 || !beside(at, best[slot]!)) continue;
    const sum = sums[slot]!;
    sum[0] += positions[row * dims]!;
    sum[1] += positions[row * dims + 1]!;
    sum[2] += dims === 3 ? positions[row * 3 + 2]! : 0;
    sum[3] += 1;
  }
  wanted.forEach((name, slot) => {
    const [x, y, z, n] = sums[slot]!;
    if (n > 0) found.set(name, [x / n, y / n, z / n]);
  });
  return found;
}

function beside(a: number, b: number): boolean {
  return Math.abs((a % SIDE) - (b % SIDE)) <= 2 && Math.abs(Math.floor(a / SIDE) - Math.floor(b / SIDE)) <= 2;
}

/** The cell with the most points around it (a 5 × 5 tent); −1 when all are empty. */
function densest(counts: Uint32Array): number {
  const across = new Float64Array(SIDE * SIDE);
  const tent = [1, 2, 3, 2, 1];
  const smooth = (from: ArrayLike<number>, to: Float64Array, step: number, along: (at: number) => number) => {
    for (let at = 0; at < SIDE * SIDE; at++) {
      let sum = 0;
      for (let d = -2; d <= 2; d++) {
        const line = along(at) + d;
        if (line >= 0 && line < SIDE) sum += tent[d + 2]! * from[at + d * step]!;
      }
      to[at] = sum;
    }
  };
  smooth(counts, across, 1, (at) => at % SIDE);
  const both = new Float64Array(SIDE * SIDE);
  smooth(across, both, SIDE, (at) => Math.floor(at / SIDE));
  let best = -1;
  let most = 0;
  for (let at = 0; at < SIDE * SIDE; at++) {
    if (both[at]! > most) {
      most = both[at]!;
      best = at;
    }
  }
  return best;
}

/** A name that wants a place: where its spot is on the screen and how much room it takes. */
export interface Wish {
  at: Place;
  width: number;
  height: number;
  weight: number;
}

/** A box on the screen. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/**
 * The middle of each name that finds room, by its index in `wishes`. Heavier names choose first: on their spot, else a
 * little above or below it. `zoomed` is how much closer one looks than at the whole map. Of the
 * places that are free, a name takes the one that covers the least of what is `blocked`.
 */
export function settle(
  wishes: readonly Wish[],
  stage: Box,
  zoomed: number,
  blocked: readonly Box[] = [],
): Map<number, Place> {
  const placed = new Map<number, Place>();
  const taken: Box[] = [];
  const limit = zoomed < SECOND_LEVEL_ZOOM ? FIRST_LEVEL : Infinity;
  const inSight = ({ at }: Wish) => at.x > stage.left && at.x < stage.right && at.y > stage.top && at.y < stage.bottom;
  const byWeight = wishes.map((wish, index) => ({ wish, index })).filter(({ wish }) => inSight(wish));
  byWeight.sort((a, b) => b.wish.weight - a.wish.weight || a.index - b.index);
  for (const { wish, index } of byWeight.slice(0, limit)) {
    const x = Math.min(stage.right - wish.width / 2, Math.max(stage.left + wish.width / 2, wish.at.x));
    const free = LIFTS.map((lift) => around(x, wish.at.y + lift * wish.height, wish)).filter(
      (box) => box.top >= stage.top && box.bottom <= stage.bottom && !taken.some((other) => overlap(box, other)),
    );
    const covers = free.map((candidate) => blocked.reduce((sum, other) => sum + shared(candidate, other), 0));
    const box = free[covers.indexOf(Math.min(...covers))];
    if (!box) continue;
    taken.push(box);
    placed.set(index, { x, y: (box.top + box.bottom) / 2 });
  }
  return placed;
}

function around(x: number, y: number, { width, height }: Wish): Box {
  return {
    left: x - width / 2 - AIR,
    right: x + width / 2 + AIR,
    top: y - height / 2 - AIR,
    bottom: y + height / 2 + AIR,
  };
}

/** The area of what two boxes share. */
function shared(a: Box, b: Box): number {
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return Math.max(0, across) * Math.max(0, down);
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
