/**
 * The points drawn by the processor: the picture that `shaders.ts` draws, for machines whose graphics are software as
 * well, where it is there ten times sooner. Deliberately absent: shapes and rims (clouds that have them are small enough
 * for any card), and the choice between the two (`trial.ts`).
 */
import { FIELD } from './density';
import { ruled, type Rule } from './grid';

/** One frame of a cloud. */
export interface Picture {
  /** Another number whenever places, colours or the order are others. */
  stamp: number;
  dims: 2 | 3;
  /** A place for each row, and where it came from while the cloud flows: `mixing` of the way is behind it. */
  places: Float32Array;
  starts: Float32Array | null;
  mixing: number;
  /** A colour for each row: bytes of red, green, blue and opacity, of which 0 is faint. */
  colours: Uint32Array;
  /** Rows in the order in which they are drawn, and which stretches of it are. */
  order: Uint32Array;
  parts: readonly { start: number; count: number }[];
  /** From places to clip space, column by column. */
  matrix: ArrayLike<number>;
  /** The diameter of a disc and the side of the square it is drawn in (device px). */
  size: number;
  sprite: number;
  /** How crowded it is in each cell of a square of `FIELD × FIELD`: its lower left corner, cells to a unit; and how opaque points are at each level. */
  levels: Uint8Array;
  square: readonly [number, number, number];
  alphas: Float32Array;
  faint: number;
  canvas: readonly [number, number, number];
  /** Between which distances points in space fade into the canvas; equal on a flat map. */
  depth: readonly [number, number];
}

/** So many places of a disc within a pixel are told apart, across and down. */
const STEPS = 8;
const OPAQUE = 0xff << 24;

export class Painter {
  private image: ImageData | null = null;
  private pixels = new Int32Array(0);
  private nearest = new Float32Array(0);
  /** Places and colours in the order in which they are drawn: picking them up row by row would take longer than drawing. */
  private stamp = -1;
  private places: Float32Array = new Float32Array(0);
  private starts: Float32Array | null = null;
  private colours = new Int32Array(0);
  private levels = new Uint8Array(0);

  constructor(private readonly canvas: HTMLCanvasElement) {}

  /** `rules` lie below the points; `ratio` is how many pixels are one of theirs. */
  paint(picture: Picture, rules: readonly Rule[] = [], ratio = 1): void {
    // What reaches over the edge falls onto a border that is not shown.
    const border = Math.ceil(picture.sprite);
    const width = this.canvas.width + 2 * border;
    const height = this.canvas.height + 2 * border;
    if (this.image?.width !== width || this.image.height !== height) {
      this.image = new ImageData(width, height);
      this.pixels = new Int32Array(this.image.data.buffer);
      this.nearest = new Float32Array(0);
    }
    const [red, green, blue] = picture.canvas;
    this.pixels.fill(OPAQUE | (blue << 16) | (green << 8) | red);
    ruled(this.pixels, width, rules, ratio, border);
    if (isDeep(picture)) {
      if (this.nearest.length === 0) this.nearest = new Float32Array(this.pixels.length);
      this.nearest.fill(1);
    }
    if (picture.stamp !== this.stamp) this.arrange(picture);
    for (const { start, count } of picture.parts) this.discs(picture, start, start + count, border);
    const pen = this.canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    pen?.putImageData(this.image, -border, -border);
  }

  private arrange({ stamp, order, dims, places, starts, colours, levels, square }: Picture): void {
    this.stamp = stamp;
    this.places = arranged(places, order, dims, this.places);
    this.starts = starts && arranged(starts, order, dims, this.starts ?? new Float32Array(0));
    if (this.colours.length < order.length) {
      this.colours = new Int32Array(order.length);
      this.levels = new Uint8Array(order.length);
    }
    const [left, low, cells] = square;
    const cell = (offset: number) => Math.min(FIELD - 1, Math.max(0, (offset * cells) | 0));
    for (let i = 0; i < order.length; i++) {
      this.colours[i] = colours[order[i]!]!;
      const across = cell(this.places[i * dims]! - left);
      this.levels[i] = levels[cell(this.places[i * dims + 1]! - low) * FIELD + across]!;
    }
  }

  private discs(picture: Picture, from: number, to: number, border: number): void {
    const { dims, mixing, sprite, canvas } = picture;
    const { pixels, nearest, places, colours, levels } = this;
    const starts = picture.starts && this.starts;
    const deep = isDeep(picture);
    const [near, far] = picture.depth;
    const width = this.canvas.width;
    const height = this.canvas.height;
    const line = width + 2 * border;
    const [xx, yx, zx, ox, xy, yy, zy, oy, xz, yz, zz, oz, xw, yw, zw, ow] = toStage(picture.matrix, width, height);
    const side = Math.ceil(sprite);
    const clear = Array.from(picture.alphas, (opacity) => weights(picture, opacity));
    const faint = weights(picture, picture.faint);
    // From the middle of a disc to the first pixel whose own middle is in its square.
    const corner = border + 0.5 - sprite / 2;

    for (let i = from; i < to; i++) {
      let x = places[i * dims]!;
      let y = places[i * dims + 1]!;
      let z = dims === 3 ? places[i * 3 + 2]! : 0;
      if (starts) {
        x = starts[i * dims]! + (x - starts[i * dims]!) * mixing;
        y = starts[i * dims + 1]! + (y - starts[i * dims + 1]!) * mixing;
        if (dims === 3) z = starts[i * 3 + 2]! + (z - starts[i * 3 + 2]!) * mixing;
      }
      const away = deep ? xw * x + yw * y + zw * z + ow : 1;
      const left = (xx * x + yx * y + zx * z + ox) / away;
      const top = (xy * x + yy * y + zy * z + oy) / away;
      // So that a place that is no number is left out as well.
      if (!(left >= 0 && left < width && top >= 0 && top < height)) continue;
      const colour = colours[i]!;
      let red = colour & 0xff;
      let green = (colour >>> 8) & 0xff;
      let blue = (colour >>> 16) & 0xff;
      let distance = 0;
      if (deep) {
        distance = (xz * x + yz * y + zz * z + oz) / away;
        if (!(distance >= -1 && distance <= 1)) continue;
        const fog = fogAt((away - near) / (far - near));
        red += (canvas[0] - red) * fog;
        green += (canvas[1] - green) * fog;
        blue += (canvas[2] - blue) * fog;
      }
      const ends = (blue << 16) | red;
      const across = (left + corner) | 0;
      const down = (top + corner) | 0;
      const table = colour >>> 24 ? clear[levels[i]!]! : faint;
      const step = (((top + corner - down) * STEPS) | 0) * STEPS + (((left + corner - across) * STEPS) | 0);
      let weight = step * side * side;
      let at = down * line + across;
      for (let v = 0; v < side; v++, at += line) {
        for (let u = 0; u < side; u++) {
          const ours = table[weight++]!;
          if (ours === 0) continue;
          if (deep) {
            if (distance > nearest[at + u]!) continue;
            nearest[at + u] = distance;
          }
          const under = pixels[at + u]!;
          const theirs = 256 - ours;
          // Red and blue are mixed in one multiplication: neither reaches the other's bits.
          const outer = (Math.imul(ends, ours) + Math.imul(under & 0xff00ff, theirs) + 0x800080) >>> 8;
          const inner = Math.imul(green, ours) + Math.imul((under >>> 8) & 0xff, theirs) + 0x80;
          pixels[at + u] = OPAQUE | (outer & 0xff00ff) | (inner & 0xff00);
        }
      }
    }
  }
}

type Four = [number, number, number, number];
type Sixteen = [...Four, ...Four, ...Four, ...Four];

const isDeep = ({ depth }: Picture) => depth[1] > depth[0];

/** As `smoothstep` of the shader, of which the farthest keep two fifths of their colour. */
function fogAt(share: number): number {
  const t = Math.min(1, Math.max(0, share));
  return 0.6 * t * t * (3 - 2 * t);
}

/** Rows of values one after the other, in a given order; `into` is used again where it has room. */
function arranged(values: Float32Array, order: Uint32Array, dims: number, into: Float32Array): Float32Array {
  const result = into.length < order.length * dims ? new Float32Array(order.length * dims) : into;
  for (let i = 0; i < order.length; i++)
    for (let axis = 0; axis < dims; axis++) result[i * dims + axis] = values[order[i]! * dims + axis]!;
  return result;
}

/** From a place, times its distance, to pixels from the left and from above, clip depth and distance: what each takes of x, y, z and 1. */
function toStage(m: ArrayLike<number>, width: number, height: number) {
  const rows = Array<number>(16).fill(0);
  for (let axis = 0; axis < 4; axis++) {
    const w = m[axis * 4 + 3]!;
    rows[axis] = (width / 2) * (w + m[axis * 4]!);
    rows[4 + axis] = (height / 2) * (w - m[axis * 4 + 1]!);
    rows[8 + axis] = m[axis * 4 + 2]!;
    rows[12 + axis] = w;
  }
  return rows as Sixteen;
}

/**
 * How much of each pixel of its square a disc takes, in 256ths, for every step across and down at which its square may
 * begin: `[step down][step across][pixel down][pixel across]`.
 */
function weights({ size, sprite }: Picture, opacity: number): Uint16Array {
  const side = Math.ceil(sprite);
  const table = new Uint16Array(STEPS * STEPS * side * side);
  let at = 0;
  const offset = (step: number, pixel: number) => pixel + 1 - (step + 0.5) / STEPS - sprite / 2;
  for (let down = 0; down < STEPS; down++)
    for (let across = 0; across < STEPS; across++)
      for (let v = 0; v < side; v++)
        for (let u = 0; u < side; u++, at++) {
          const [x, y] = [offset(across, u), offset(down, v)];
          if (Math.max(Math.abs(x), Math.abs(y)) > sprite / 2) continue;
          const beyond = Math.hypot(x, y) - size / 2;
          table[at] = Math.round(256 * opacity * Math.min(1, Math.max(0, 0.5 - beyond)));
        }
  return table;
}
