/**
 * A line drawn around points: collecting it, closing it, and telling what lies inside. Deliberately absent: how the
 * line looks and what becomes of the rows.
 */
import type { Lasso, Place } from './props';

/** A new corner is kept when it is so far from the last one (px). */
const STEP = 3;

/** A line as it is being drawn, in pixels. */
export class Drawing {
  private readonly corners: Place[];

  constructor(
    from: Place,
    private readonly box: boolean,
  ) {
    this.corners = [from];
  }

  to(at: Place): void {
    const last = this.corners[this.corners.length - 1]!;
    if (this.box) this.corners[1] = at;
    else if (Math.hypot(at.x - last.x, at.y - last.y) >= STEP) this.corners.push(at);
  }

  /** The corners of the closed line; fewer than three while nothing is enclosed. */
  outline(): readonly Place[] {
    const [a, b] = this.corners;
    if (!this.box || !a || !b) return this.corners;
    return [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }];
  }
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
