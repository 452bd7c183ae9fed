/**
 * Finds points by place: a grid over two coordinates, built once per layout in linear time. Deliberately absent:
 * views and pixels; distances are in the coordinates the grid was built from.
 */

/** About this many points share a cell. */
const PER_CELL = 3;
const MAX_SIDE = 2048;

export class Grid {
  private readonly side: number;
  private readonly left: number;
  private readonly bottom: number;
  private readonly cell: number;
  /** `starts[c]..starts[c + 1]` are the places in `rows` of cell c. */
  private readonly starts: Uint32Array;
  private readonly rows: Uint32Array;

  /** `coordinates` holds x and y at the start of every `stride`; rows whose place is not a number are left out. */
  constructor(
    private readonly coordinates: Float32Array,
    private readonly stride: number,
    readonly count = Math.floor(coordinates.length / stride),
  ) {
    let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let row = 0, at = 0; row < count; row++, at += stride) {
      const x = coordinates[at]!;
      const y = coordinates[at + 1]!;
      if (!(Number.isFinite(x) && Number.isFinite(y))) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < bottom) bottom = y;
      if (y > top) top = y;
    }
    this.side = Math.max(1, Math.min(MAX_SIDE, Math.ceil(Math.sqrt(count / PER_CELL))));
    this.left = left;
    this.bottom = bottom;
    // A hair wider than the points, so that the last of them falls inside the last cell.
    this.cell = (Math.max(right - left, top - bottom, 1e-12) * 1.000001) / this.side;

    const cells = new Uint32Array(count);
    const starts = new Uint32Array(this.side * this.side + 1);
    const none = 0xffffffff;
    for (let row = 0, at = 0; row < count; row++, at += stride) {
      const x = coordinates[at]!;
      const y = coordinates[at + 1]!;
      if (!(Number.isFinite(x) && Number.isFinite(y))) {
        cells[row] = none;
        continue;
      }
      const cell = this.line(y - this.bottom) * this.side + this.line(x - this.left);
      cells[row] = cell;
      starts[cell + 1]!++;
    }
    for (let cell = 0; cell < this.side * this.side; cell++) starts[cell + 1]! += starts[cell]!;
    const next = starts.slice(0, -1);
    this.rows = new Uint32Array(starts[this.side * this.side]!);
    for (let row = 0; row < count; row++) {
      const cell = cells[row]!;
      if (cell !== none) this.rows[next[cell]!++] = row;
    }
    this.starts = starts;
  }

  private line(offset: number): number {
    return Math.max(0, Math.min(this.side - 1, Math.floor(offset / this.cell)));
  }

  /** The row nearest to a place and no farther than `radius`; null when there is none. */
  nearest(x: number, y: number, radius: number): number | null {
    if (this.rows.length === 0) return null;
    const column = Math.floor((x - this.left) / this.cell);
    const line = Math.floor((y - this.bottom) / this.cell);
    const rings = Math.ceil(radius / this.cell) + 1;
    // Rings of cells outside the grid hold nothing: begin with the first that touches it.
    const outside = Math.max(0, -column, column - this.side + 1, -line, line - this.side + 1);
    let best: number | null = null;
    let closest = radius * radius;
    for (let ring = outside; ring <= Math.min(rings, outside + 2 * this.side); ring++) {
      const reach = Math.max(0, ring - 1) * this.cell;
      if (reach * reach > closest) break;
      for (let j = Math.max(0, line - ring); j <= Math.min(this.side - 1, line + ring); j++) {
        // A ring's first and last lines are whole; between them only its two ends.
        const whole = Math.abs(j - line) === ring;
        const first = whole ? Math.max(0, column - ring) : column - ring;
        const last = Math.min(this.side - 1, column + ring);
        for (let i = first; i <= last; i += whole ? 1 : 2 * ring) {
          if (i < 0) continue;
          const cell = j * this.side + i;
          for (let k = this.starts[cell]!; k < this.starts[cell + 1]!; k++) {
            const row = this.rows[k]!;
            const dx = this.coordinates[row * this.stride]! - x;
            const dy = this.coordinates[row * this.stride + 1]! - y;
            const distance = dx * dx + dy * dy;
            if (distance < closest || (distance === closest && (best === null || row < best))) {
              closest = distance;
              best = row;
            }
          }
        }
      }
    }
    return best;
  }

  /** Rows inside a box; null as soon as there are more than `limit`. */
  inside(left: number, bottom: number, right: number, top: number, limit: number): number[] | null {
    const found: number[] = [];
    if (this.rows.length === 0) return found;
    const [i0, i1] = [this.line(left - this.left), this.line(right - this.left)];
    const [j0, j1] = [this.line(bottom - this.bottom), this.line(top - this.bottom)];
    for (let j = j0; j <= j1; j++) {
      for (let k = this.starts[j * this.side + i0]!; k < this.starts[j * this.side + i1 + 1]!; k++) {
        const row = this.rows[k]!;
        const x = this.coordinates[row * this.stride]!;
        const y = this.coordinates[row * this.stride + 1]!;
        if (x < left || x > right || y < bottom || y > top) continue;
        if (found.length === limit) return null;
        found.push(row);
      }
    }
    return found;
  }
}
