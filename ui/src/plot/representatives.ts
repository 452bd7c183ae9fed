/**
 * A few pictures for many: of every patch of a map that holds enough of them, the one in the middle of its densest spot.
 *
 * Patches are squares, or cubes of a map in space. They lie on the map, not on the stage, and halve as one comes nearer: the same pictures stay while one pans. Pure;
 * deliberately absent: which of them find room (`thumbs.ts`).
 */

/** The side of a representative's picture (px). */
export const REPRESENTATIVE = 36;
/** A patch is at least so wide on the screen (px), and less than twice that. */
const PATCH = 56;
/** A patch is so many spots across: the middle of all of it may lie between two heaps. */
const PARTS = 4;
/** What numbers the patches, and the spots, along one axis: two of them, or three, fit into the whole numbers there are. */
const KEYS = { 2: 2 ** 26, 3: 2 ** 17 };
/** Pictures of a patch without which nothing stands for it. */
const ENOUGH = 8;

/** Pictures side by side: their patch, how many they are, the sum of their places, and the one nearest to the middle. */
interface Spot {
  patch: number;
  count: number;
  x: number;
  y: number;
  z: number;
  nearest: number;
  distance: number;
}

/** The side of a patch, in units of the map, where one of these is `scale` pixels. */
export function patchSide(scale: number): number {
  return 2 ** Math.ceil(Math.log2(PATCH / scale));
}

/** The rows that stand for those around them, first the one that stands for most; of `rows`, whose places are numbers. */
export function representatives(
  positions: Float32Array,
  dims: 2 | 3,
  rows: ArrayLike<number>,
  side: number,
): Uint32Array {
  const number = (across: number, along: number, into: number) =>
    (across * KEYS[dims] + along) * (dims === 3 ? KEYS[3] : 1) + into;
  const depth = (row: number) => (dims === 3 ? positions[row * 3 + 2]! : 0);
  const spots = new Map<number, Spot>();
  const spotOf: Spot[] = [];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const [x, y, z] = [positions[row * dims]!, positions[row * dims + 1]!, depth(row)];
    const part = (of: number) => Math.floor((PARTS * of) / side);
    const key = number(part(x), part(y), part(z));
    let spot = spots.get(key);
    if (!spot) {
      const whole = (of: number) => Math.floor(part(of) / PARTS);
      spot = {
        patch: number(whole(x), whole(y), whole(z)),
        count: 0,
        x: 0,
        y: 0,
        z: 0,
        nearest: 0,
        distance: Infinity,
      };
      spots.set(key, spot);
    }
    spot.count++;
    spot.x += x;
    spot.y += y;
    spot.z += z;
    spotOf.push(spot);
  }
  for (let i = 0; i < rows.length; i++) {
    const [row, spot] = [rows[i]!, spotOf[i]!];
    const dx = positions[row * dims]! - spot.x / spot.count;
    const dy = positions[row * dims + 1]! - spot.y / spot.count;
    const dz = depth(row) - spot.z / spot.count;
    const distance = dx * dx + dy * dy + dz * dz;
    if (distance < spot.distance) [spot.distance, spot.nearest] = [distance, row];
  }
  const patches = new Map<number, { count: number; densest: Spot }>();
  for (const spot of spots.values()) {
    const patch = patches.get(spot.patch);
    if (!patch) patches.set(spot.patch, { count: spot.count, densest: spot });
    else {
      patch.count += spot.count;
      if (spot.count > patch.densest.count) patch.densest = spot;
    }
  }
  const enough = [...patches.values()].filter(({ count }) => count >= ENOUGH).sort((a, b) => b.count - a.count);
  return Uint32Array.from(enough, ({ densest }) => densest.nearest);
}

/** The rows of pictures that have a place, in the order of drawing, so that the first of them are a fair sample. */
export function pictured(
  positions: Float32Array,
  dims: 2 | 3,
  order: Uint32Array,
  kinds: Uint8Array,
  most = order.length,
): Uint32Array {
  const rows = new Uint32Array(Math.min(most, order.length));
  let count = 0;
  for (let turn = 0; turn < order.length && count < rows.length; turn++) {
    const row = order[turn]!;
    const at = row * dims;
    if (kinds[row] === 1 && Number.isFinite(positions[at]) && Number.isFinite(positions[at + 1])) rows[count++] = row;
  }
  return rows.subarray(0, count);
}
