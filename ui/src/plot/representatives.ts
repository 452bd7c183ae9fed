/**
 * A few pictures for many: of every patch of a flat map that holds enough of them, the one nearest to their middle.
 *
 * Patches lie on the map, not on the stage, and halve as one comes nearer: the same pictures stay while one pans. Pure;
 * deliberately absent: which of them find room (`thumbs.ts`).
 */

/** The side of a representative's picture (px). */
export const REPRESENTATIVE = 36;
/** A patch is at least so wide on the screen (px), and less than twice that. */
const PATCH = 72;
/** Pictures of a patch without which nothing stands for it. */
const ENOUGH = 8;
/** The side of a patch, in units of the map, where one of these is `scale` pixels. */
export function patchSide(scale: number): number {
  return 2 ** Math.ceil(Math.log2(PATCH / scale));
}

/** The rows that stand for those around them, first the one that stands for most; of `rows`, whose places are numbers. */
export function representatives(
  positions: Float32Array,
  dims: number,
  rows: ArrayLike<number>,
  side: number,
): Uint32Array {
  const patches = new Map<number, number>();
  const patchOf = new Uint32Array(rows.length);
  const xs: number[] = [];
  const ys: number[] = [];
  const counts: number[] = [];
  for (let i = 0; i < rows.length; i++) {
    const [x, y] = [positions[rows[i]! * dims]!, positions[rows[i]! * dims + 1]!];
    const key = Math.floor(x / side) * 2 ** 26 + Math.floor(y / side);
    let patch = patches.get(key);
    if (patch === undefined) {
      patch = patches.size;
      patches.set(key, patch);
      xs.push(0);
      ys.push(0);
      counts.push(0);
    }
    patchOf[i] = patch;
    xs[patch]! += x;
    ys[patch]! += y;
    counts[patch]!++;
  }
  const nearest = new Uint32Array(counts.length);
  const distances = new Float64Array(counts.length).fill(Infinity);
  for (let i = 0; i < rows.length; i++) {
    const [row, patch] = [rows[i]!, patchOf[i]!];
    const dx = positions[row * dims]! - xs[patch]! / counts[patch]!;
    const dy = positions[row * dims + 1]! - ys[patch]! / counts[patch]!;
    const distance = dx * dx + dy * dy;
    if (distance < distances[patch]!) [distances[patch], nearest[patch]] = [distance, row];
  }
  const standing = [...counts.keys()].filter((patch) => counts[patch]! >= ENOUGH);
  return Uint32Array.from(
    standing.sort((a, b) => counts[b]! - counts[a]!),
    (patch) => nearest[patch]!,
  );
}

/** The rows of pictures that have a place, in the order of drawing, so that the first of them are a fair sample. */
export function pictured(
  positions: Float32Array,
  dims: number,
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
