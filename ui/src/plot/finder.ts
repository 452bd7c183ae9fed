/**
 * Rows by where they are on the stage: the nearest to a pixel, all that are in sight. Looks places up in a grid made
 * when first needed. Deliberately absent: what is done with a row once found.
 */
import type { Camera } from './camera';
import { Grid } from './picking';
import type { Place } from './props';
import { toData, toScreen } from './view';

/** A point this near to the pointer is meant (px). */
const REACH = 14;

export class Finder {
  private positions: Float32Array = new Float32Array(0);
  private dims: 2 | 3 = 2;
  /** Over the data of a flat map; over pixels in 3-D, and so good for one view only. */
  private grid: Grid | null = null;

  constructor(private readonly camera: Camera) {}

  /** Rows are elsewhere now. */
  place(positions: Float32Array, dims: 2 | 3): void {
    this.positions = positions;
    this.dims = dims;
    this.grid = null;
  }

  /** One looks from elsewhere now. */
  look(): void {
    if (this.camera.view.kind === 'orbit') this.grid = null;
  }

  /** The nearest row within reach of a pixel. */
  at(pixel: Place): number | null {
    const { view, size } = this.camera;
    if (view.kind === 'orbit') {
      this.grid ??= new Grid(this.pixels(), 2);
      return this.grid.nearest(pixel.x, pixel.y, REACH);
    }
    this.grid ??= new Grid(this.positions, this.dims);
    const { x, y } = toData(view, size, pixel);
    return this.grid.nearest(x, y, REACH / view.scale);
  }

  /** Rows in sight; null when they are more than `limit`. */
  inSight(limit: number): number[] | null {
    const { view, size } = this.camera;
    if (view.kind === 'orbit') {
      // Looked for in every frame while one turns: a grid for each would cost more than it spares.
      const count = Math.floor(this.positions.length / this.dims);
      return count > limit ? null : Array.from({ length: count }, (_, row) => row);
    }
    this.grid ??= new Grid(this.positions, this.dims);
    const low = toData(view, size, { x: 0, y: size.height });
    const high = toData(view, size, { x: size.width, y: 0 });
    return this.grid.inside(low.x, low.y, high.x, high.y, limit);
  }

  /** Whether no row is in sight. */
  get bare(): boolean {
    const { view, size } = this.camera;
    if (view.kind === 'flat') return this.inSight(0) !== null;
    const { positions, dims } = this;
    const matrix = this.camera.matrix();
    for (let from = 0; from + dims <= positions.length; from += dims) {
      const z = dims === 3 ? positions[from + 2]! : 0;
      const at = toScreen(matrix, size, positions[from]!, positions[from + 1]!, z);
      if (at && at.x >= 0 && at.x <= size.width && at.y >= 0 && at.y <= size.height) return false;
    }
    return true;
  }

  /** Every row's pixel, x and y; not a number where a row cannot be seen. */
  private pixels(): Float32Array {
    const { positions, dims } = this;
    const matrix = this.camera.matrix();
    const pixels = new Float32Array(Math.floor(positions.length / dims) * 2).fill(NaN);
    for (let row = 0, from = 0; from + dims <= positions.length; row++, from += dims) {
      const z = dims === 3 ? positions[from + 2]! : 0;
      const at = toScreen(matrix, this.camera.size, positions[from]!, positions[from + 1]!, z);
      if (at) pixels.set([at.x, at.y], row * 2);
    }
    return pixels;
  }
}
