/** How crowded a map is, and so how clear its points may be. Pure. */

const SIDE = 96;
const SAMPLE = 40_000;
/** A typical spot keeps this much of the canvas, however many points lie on it. */
const SHINES_THROUGH = 0.03;

/**
 * The area a cloud effectively covers, in the data's units squared: Σn squared over Σn² of the counts on a grid (the
 * participation ratio), so that a few points far off change little. 0 when no place is a number.
 */
export function coveredArea(positions: Float32Array, dims: 2 | 3): number {
  const count = Math.floor(positions.length / dims);
  const step = Math.max(1, Math.floor(count / SAMPLE));
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  const each = (visit: (x: number, y: number) => void) => {
    for (let row = 0; row < count; row += step) {
      const x = positions[row * dims]!;
      const y = positions[row * dims + 1]!;
      if (Number.isFinite(x) && Number.isFinite(y)) visit(x, y);
    }
  };
  each((x, y) => {
    left = Math.min(left, x);
    right = Math.max(right, x);
    low = Math.min(low, y);
    high = Math.max(high, y);
  });
  if (!(left <= right)) return 0;
  const cell = (Math.max(right - left, high - low) || 1) / SIDE;
  const counts = new Uint32Array(SIDE * SIDE);
  const line = (offset: number) => Math.min(SIDE - 1, Math.floor(offset / cell));
  let all = 0;
  each((x, y) => {
    counts[line(y - low) * SIDE + line(x - left)]!++;
    all++;
  });
  let pairs = 0;
  // Meeting oneself in a cell says nothing: n (n − 1) instead of n².
  for (const n of counts) pairs += n * (n - 1);
  return pairs > 0 ? ((all * (all - 1)) / pairs) * cell * cell : SIDE * SIDE * cell * cell;
}

/**
 * How opaque points are when `count` of a diameter (px) cover an area (px²): so that where points typically lie on one
 * another their shades still tell how many, within limits that keep a lonely point visible.
 */
export function pointAlpha(count: number, size: number, area: number): number {
  const layers = (count * Math.PI * size * size) / 4 / Math.max(1, area);
  return Math.min(0.92, Math.max(0.36, 1 - SHINES_THROUGH ** (1 / Math.max(1, layers))));
}
