/** How crowded a map is, and where, and so how clear its points may be. Pure. */

const SIDE = 96;
const SAMPLE = 40_000;
/** A spot keeps this much of the canvas, however many points lie on it. */
const SHINES_THROUGH = 0.01;
/** Points are no fainter than this and no clearer than that. */
const FAINTEST = 0.06;
const CLEAREST = 0.92;
const CLEAR_IN_SPACE = 0.36;

/** Steps of crowding: alone, then each half as crowded again as the one before. */
export const LEVELS = 32;
const STEP = 1.5;
/** Cells across the field of levels: finer than those in which points are counted, so that no edge is seen. */
export const FIELD = 256;

/** How crowded a flat map is, place by place. */
export interface Crowd {
  /** The lower left corner, and the side of the square, in the data's units. */
  left: number;
  low: number;
  side: number;
  /** Others on one unit squared at the lowest level but alone. */
  least: number;
  /** `FIELD × FIELD` levels, row by row from below. */
  levels: Uint8Array;
}

/** Where a map is how crowded, told from a fair sample; null when no place is a number. */
export function crowdOf(positions: Float32Array, dims: 2 | 3): Crowd | null {
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
  if (!(left <= right)) return null;
  // A cell is left free all around, into which the edge fades.
  const cell = (Math.max(right - left, high - low) || 1) / (SIDE - 2);
  [left, low] = [left - cell, low - cell];
  const counts = new Float32Array(SIDE * SIDE);
  const line = (offset: number) => Math.min(SIDE - 1, Math.floor(offset / cell));
  each((x, y) => counts[line(y - low) * SIDE + line(x - left)]!++);
  // Meeting oneself in a cell says nothing.
  const others = counts.map((n) => Math.max(0, n * step - 1) / (cell * cell));
  const least = step / (cell * cell);
  return { left, low, side: cell * SIDE, least, levels: fieldOf(others, least) };
}

/** Levels between the middles of cells, evened out. */
function fieldOf(densities: Float32Array, least: number): Uint8Array {
  const levels = new Uint8Array(FIELD * FIELD);
  const at = (cell: number) => Math.min(SIDE - 1, Math.max(0, cell));
  const rule = Array.from({ length: FIELD }, (_, i) => {
    const place = ((i + 0.5) / FIELD) * SIDE - 0.5;
    const cell = Math.floor(place);
    return { from: at(cell), to: at(cell + 1), share: place - cell };
  });
  for (let j = 0; j < FIELD; j++) {
    const { from: under, to: over, share: v } = rule[j]!;
    for (let i = 0; i < FIELD; i++) {
      const { from, to, share: u } = rule[i]!;
      const below = densities[under * SIDE + from]! * (1 - u) + densities[under * SIDE + to]! * u;
      const above = densities[over * SIDE + from]! * (1 - u) + densities[over * SIDE + to]! * u;
      const density = below * (1 - v) + above * v;
      levels[j * FIELD + i] = density < least ? 0 : levelOf(density / least);
    }
  }
  return levels;
}

const levelOf = (crowding: number) => Math.min(LEVELS - 1, 1 + Math.round(Math.log(crowding) / Math.log(STEP)));

/** How crowded it is at a place. */
export function levelAt({ left, low, side, levels }: Crowd, x: number, y: number): number {
  const cell = (offset: number) => Math.min(FIELD - 1, Math.max(0, Math.floor((offset / side) * FIELD)));
  return levels[cell(y - low) * FIELD + cell(x - left)]!;
}

/** How opaque points of a diameter (px) are at each level, where a unit is `scale` px. */
export function levelAlphas({ least }: Crowd, size: number, scale: number): Float32Array {
  const layers = (level: number) =>
    level ? (least * STEP ** (level - 1) * Math.PI * size * size) / 4 / scale ** 2 : 0;
  return Float32Array.from({ length: LEVELS }, (_, level) => layered(layers(level)));
}

/** How opaque points are in space, where `count` of a diameter (px) cover an area (px²) and hide what lies behind them. */
export function pointAlpha(count: number, size: number, area: number): number {
  return Math.max(CLEAR_IN_SPACE, layered((count * Math.PI * size * size) / 4 / Math.max(1, area)));
}

/**
 * How opaque points are of which so many lie on one another: so that their shades still tell how many, within limits that
 * keep a lonely point visible and let the colour of a crowd be seen.
 */
function layered(layers: number): number {
  return Math.min(CLEAREST, Math.max(FAINTEST, 1 - SHINES_THROUGH ** (1 / Math.max(1, layers))));
}
