/**
 * A line drawn around points, over them or from one to another: collecting it, closing it, and telling what it takes in.
 * Deliberately absent: how the line looks and what becomes of the rows.
 */
import type { Lasso, Place, Tool } from './props';
import type { Size } from './view';

/** A new corner is kept when it is so far from the last one (px). */
const STEP = 3;
/** How far a brush reaches (px). */
export const BRUSH = 16;

/** A line as it is being drawn, in pixels. */
export class Drawing {
  private readonly corners: Place[];

  constructor(
    from: Place,
    readonly tool: Exclude<Tool, 'pointer'>,
  ) {
    this.corners = [from];
  }

  to(at: Place): void {
    const last = this.corners[this.corners.length - 1]!;
    if (this.tool === 'box' || this.tool === 'axis') this.corners[1] = at;
    else if (Math.hypot(at.x - last.x, at.y - last.y) >= STEP) this.corners.push(at);
  }

  /** The line as it was drawn. */
  get line(): readonly Place[] {
    return this.corners;
  }

  /** The corners of the closed line; fewer than three while nothing is enclosed. */
  outline(): readonly Place[] {
    const [a, b] = this.corners;
    if (this.tool === 'lasso') return this.corners;
    if (this.tool !== 'box' || !a || !b) return [];
    return [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }];
  }
}

/** The rows that a brush goes over, ascending; `matrix` is column-major 4 × 4 from data to clip coordinates. */
export function rowsBrushed(
  line: readonly Place[],
  { width, height }: Size,
  matrix: Float32Array,
  positions: Float32Array,
  dims: 2 | 3,
): Uint32Array {
  // What was gone over, pixel by pixel: asking a million points is then one look each.
  const [across, down] = [Math.ceil(width), Math.ceil(height)];
  const wet = new Uint8Array(across * down);
  const dab = (x: number, y: number) => {
    for (let row = Math.max(0, Math.ceil(y - BRUSH)); row <= Math.min(down - 1, y + BRUSH); row++) {
      const half = Math.sqrt(BRUSH * BRUSH - (row - y) ** 2);
      wet.fill(
        1,
        row * across + Math.max(0, Math.ceil(x - half)),
        row * across + Math.min(across, Math.floor(x + half) + 1),
      );
    }
  };
  line.forEach((to, i) => {
    const from = line[i - 1] ?? to;
    const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / (BRUSH / 4)));
    for (let step = 1; step <= steps; step++)
      dab(from.x + ((to.x - from.x) * step) / steps, from.y + ((to.y - from.y) * step) / steps);
  });
  const rows: number[] = [];
  for (let row = 0, at = 0; at + dims <= positions.length; row++, at += dims) {
    const [x, y, z] = [positions[at]!, positions[at + 1]!, dims === 3 ? positions[at + 2]! : 0];
    const w = matrix[3]! * x + matrix[7]! * y + matrix[11]! * z + matrix[15]!;
    if (!(w > 0)) continue;
    const px = (((matrix[0]! * x + matrix[4]! * y + matrix[8]! * z + matrix[12]!) / w + 1) / 2) * width;
    const py = ((1 - (matrix[1]! * x + matrix[5]! * y + matrix[9]! * z + matrix[13]!) / w) / 2) * height;
    if (px >= 0 && py >= 0 && px < width && py < height && wet[Math.floor(py) * across + Math.floor(px)])
      rows.push(row);
  }
  return Uint32Array.from(rows);
}

/** Whether a closed line (x, y, x, y …) goes around a place: the even–odd rule. */
export function contains(polygon: Float32Array, x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 2; i < polygon.length; j = i, i += 2) {
    const [yi, yj] = [polygon[i + 1]!, polygon[j + 1]!];
    if (yi > y !== yj > y && x < ((polygon[j]! - polygon[i]!) * (y - yi)) / (yj - yi) + polygon[i]!) inside = !inside;
  }
  return inside;
}

/** The rows inside a lasso, ascending. */
export function rowsInside(lasso: Lasso, positions: Float32Array, dims: 2 | 3): Uint32Array {
  const { polygon, matrix } = lasso;
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < polygon.length; i += 2) {
    left = Math.min(left, polygon[i]!);
    right = Math.max(right, polygon[i]!);
    low = Math.min(low, polygon[i + 1]!);
    high = Math.max(high, polygon[i + 1]!);
  }
  const rows: number[] = [];
  for (let row = 0, at = 0; at + dims <= positions.length; row++, at += dims) {
    let x = positions[at]!;
    let y = positions[at + 1]!;
    if (matrix) {
      const z = dims === 3 ? positions[at + 2]! : 0;
      const w = matrix[3]! * x + matrix[7]! * y + matrix[11]! * z + matrix[15]!;
      if (!(w > 0)) continue;
      const across = (matrix[0]! * x + matrix[4]! * y + matrix[8]! * z + matrix[12]!) / w;
      y = (matrix[1]! * x + matrix[5]! * y + matrix[9]! * z + matrix[13]!) / w;
      x = across;
    }
    if (x >= left && x <= right && y >= low && y <= high && contains(polygon, x, y)) rows.push(row);
  }
  return Uint32Array.from(rows);
}
