/**
 * The points: their places (two of them, so that layouts flow into each other), colours, layers and order, as the
 * graphics card has them and as one picture for the processor. Deliberately absent: cameras, frames and picking.
 */
import {
  BufferAttribute,
  BufferGeometry,
  DataTexture,
  DynamicDrawUsage,
  GLSL3,
  Matrix4,
  Points,
  RawShaderMaterial,
  RedIntegerFormat,
  Vector2,
  Vector3,
} from 'three';
import { easeOut } from './camera';
import { FIELD, LEVELS, type Crowd } from './density';
import type { Picture } from './painter';
import { rgb } from './palette';
import type { PlotTheme } from './props';
import { FRAGMENT, VERTEX } from './shaders';
import { REACH, SHAPED_SIZE } from './shapes';

/** How rows look: everything but where they are. */
export interface Looks {
  order: Uint32Array;
  classes: Uint16Array | null;
  palette: readonly string[];
  shapes: readonly number[] | null;
  selected: Uint8Array | null;
  theme: PlotTheme;
}

/** Faded points keep this much. */
export const FAINT = 0.3;

/** Points this large (px) have a rim. */
const RIMMED_SIZE = 4;
/** Points below this many pixels of the screen have no room beside them for their soft edge: it costs half as much again, and nobody sees it. */
const SOFT_SIZE = 3;

/** The diameter of a point (px): 6 below 5 000 points, 2 from 200 000 on, evenly by ratio between; shapes need more. */
export function pointSize(count: number, shaped = false): number {
  const t = Math.log(Math.max(1, count) / 5_000) / Math.log(200_000 / 5_000);
  return shaped ? SHAPED_SIZE : 6 - 4 * Math.min(1, Math.max(0, t));
}

/** Red, green, blue and full opacity less the shape, as they lie in memory, the first byte lowest: so on every machine there is. */
function packed(colour: string, shape = 0): number {
  const [r, g, b] = rgb(colour);
  return (r | (g << 8) | (b << 16) | ((255 - shape) << 24)) >>> 0;
}
/** Leaves a colour without opacity. */
const TRANSPARENT = 0x00ffffff;

export class Cloud {
  readonly points: Points<BufferGeometry, RawShaderMaterial[]>;
  /** Rows that have a place on the map. */
  count = 0;
  private capacity = 0;
  private dims: 2 | 3 = 2;
  private index = new Uint32Array(0);
  /** How many of the index are behind (grey or faded); the others are drawn over them. */
  private behind = 0;
  private drawable = 0;
  private colours = new Uint8Array(0);
  private canvas: readonly [number, number, number] = [255, 255, 255];
  /** How often places, colours or the order have changed. */
  private stamp = 0;
  private tween: { began: number; duration_ms: number } | null = null;
  private readonly material = new RawShaderMaterial({
    glslVersion: GLSL3,
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    transparent: true,
    premultipliedAlpha: true,
    depthTest: false,
    depthWrite: false,
    uniforms: {
      matrix: { value: new Matrix4() },
      mixing: { value: 1 },
      size: { value: 6 },
      sprite: { value: 7 },
      levels: {
        value: new DataTexture(new Uint8Array(FIELD * FIELD), FIELD, FIELD, RedIntegerFormat),
      },
      square: { value: new Vector3() },
      alphas: { value: new Float32Array(LEVELS) },
      faint: { value: FAINT },
      canvas: { value: new Vector3() },
      rim: { value: 0 },
      depth: { value: new Vector2() },
    },
  });

  constructor() {
    const levels = this.uniform<DataTexture>('levels').value;
    levels.internalFormat = 'R8UI';
    levels.unpackAlignment = 1;
    levels.needsUpdate = true;
    this.points = new Points(new BufferGeometry(), [this.material]);
    this.points.frustumCulled = false;
  }

  /** How many points a whole frame draws. */
  get total(): number {
    return this.drawable;
  }

  get moving(): boolean {
    return this.tween !== null;
  }

  /**
   * Gives every row its new place; with a duration the cloud flows there. Rows that had no place before appear in it.
   * Says whether rows came or went, so that the cloud must be dressed again.
   */
  move(positions: Float32Array, dims: 2 | 3, now: number, duration_ms: number): boolean {
    const count = Math.floor(positions.length / dims);
    const smooth = duration_ms > 0 && this.count > 0;
    const before = smooth ? this.placesNow() : null;
    const known = this.count;
    const anew = count > this.capacity || dims !== this.dims;
    if (anew) this.make(count, dims);
    const { geometry } = this.points;
    const place = geometry.getAttribute('place') as BufferAttribute;
    place.array.set(positions.subarray(0, count * dims));
    place.needsUpdate = true;
    if (before) {
      // Until something flows, it starts where it is.
      if (geometry.getAttribute('start') === place) geometry.setAttribute('start', this.floats(dims));
      const start = geometry.getAttribute('start') as BufferAttribute;
      const from = start.array as Float32Array;
      from.set(positions.subarray(0, count * dims));
      const had = before.dims;
      for (let row = 0; row < Math.min(known, count); row++) {
        const x = before.places[row * had]!;
        const y = before.places[row * had + 1]!;
        if (!(Number.isFinite(x) && Number.isFinite(y))) continue;
        from[row * dims] = x;
        from[row * dims + 1] = y;
        if (dims === 3) from[row * 3 + 2] = had === 3 ? before.places[row * 3 + 2]! : 0;
      }
      start.needsUpdate = true;
    }
    this.count = count;
    this.dims = dims;
    this.tween = before ? { began: now, duration_ms } : null;
    this.stamp++;
    this.tick(now);
    return anew || count !== known;
  }

  /** Learns where it is how crowded. */
  crowd({ left, low, side, levels }: Crowd): void {
    const texture = this.uniform<DataTexture>('levels').value;
    texture.image.data!.set(levels);
    texture.needsUpdate = true;
    this.uniform<Vector3>('square').value.set(left, low, FIELD / side);
    this.stamp++;
  }

  /** Where a row is at this moment; null when it has no place. */
  at(row: number): readonly [number, number, number] | null {
    if (row < 0 || row >= this.count) return null;
    const mixing = this.tween ? this.uniform<number>('mixing').value : 1;
    const place = this.points.geometry.getAttribute('place').array;
    const start = this.points.geometry.getAttribute('start').array;
    const axis = (i: number): number => {
      const [from, to] = [start[row * this.dims + i]!, place[row * this.dims + i]!];
      return mixing < 1 ? from + (to - from) * mixing : to;
    };
    return [axis(0), axis(1), this.dims === 3 ? axis(2) : 0];
  }

  /** The places on the screen at this moment, as a copy. */
  private placesNow(): { places: Float32Array; dims: 2 | 3 } {
    const place = this.points.geometry.getAttribute('place').array as Float32Array;
    const places = place.slice(0, this.count * this.dims);
    const mixing = this.uniform<number>('mixing').value;
    if (this.tween && mixing < 1) {
      const start = this.points.geometry.getAttribute('start').array as Float32Array;
      for (let i = 0; i < places.length; i++) places[i] = start[i]! + (places[i]! - start[i]!) * mixing;
    }
    return { places, dims: this.dims };
  }

  /** New buffers with room to grow; the old ones are given back. */
  private make(count: number, dims: 2 | 3): void {
    this.capacity =
      count > this.capacity ? Math.max(1024, Math.ceil(count * (this.capacity ? 1.5 : 1))) : this.capacity;
    const geometry = new BufferGeometry();
    const place = this.floats(dims);
    geometry.setAttribute('start', place);
    geometry.setAttribute('place', place);
    const colours = new Uint8Array(this.capacity * 4);
    colours.set(this.colours.subarray(0, Math.min(this.colours.length, colours.length)));
    this.colours = colours;
    geometry.setAttribute('colour', new BufferAttribute(colours, 4, true).setUsage(DynamicDrawUsage));
    this.points.geometry.dispose();
    this.points.geometry = geometry;
    this.index = new Uint32Array(this.capacity);
    geometry.setIndex(new BufferAttribute(this.index, 1).setUsage(DynamicDrawUsage));
  }

  private floats(dims: 2 | 3): BufferAttribute {
    return new BufferAttribute(new Float32Array(this.capacity * dims), dims).setUsage(DynamicDrawUsage);
  }

  /** Gives every row its colour and layer. */
  dress({ order, classes, palette, shapes, selected, theme }: Looks): void {
    const n = this.count;
    this.define('SHAPED', !!shapes);
    // A colour is one number: whole rows are written at once, a million of them in a few milliseconds.
    // What is chosen is never grey, as the rest is.
    const plain = selected ? theme.secondary : theme.unselected;
    const table = Uint32Array.from(palette, (colour, own) =>
      packed(colour === theme.unselected ? plain : colour, shapes?.[own]),
    );
    const bright = Uint8Array.from(palette, (colour) => Number(colour !== theme.unselected));
    const classless = packed(plain);
    const faded = packed(theme.unselected) & TRANSPARENT;
    const colours = new Uint32Array(this.colours.buffer);
    const front = new Uint8Array(n);
    const classed = Math.min(n, classes?.length ?? 0);
    const judged = Math.min(n, selected?.length ?? 0);
    for (let row = 0; row < n; row++) {
      const own = row < classed ? classes![row]! : table.length;
      const colour = own < table.length ? table[own]! : classless;
      if (selected) {
        const chosen = row < judged && selected[row] !== 0;
        colours[row] = chosen ? colour : faded;
        front[row] = chosen ? 1 : 0;
      } else {
        colours[row] = colour;
        front[row] = own < table.length ? bright[own]! : 0;
      }
    }
    if (this.capacity > 0) this.points.geometry.getAttribute('colour').needsUpdate = true;

    this.behind = 0;
    this.drawable = 0;
    for (let i = 0; i < order.length; i++) {
      if (order[i]! >= n) continue;
      this.drawable++;
      if (!front[order[i]!]) this.behind++;
    }
    let back = 0;
    let fore = this.behind;
    for (let i = 0; i < order.length; i++) {
      const row = order[i]!;
      if (row < n) this.index[front[row] ? fore++ : back++] = row;
    }
    const attribute = this.points.geometry.getIndex();
    if (attribute) attribute.needsUpdate = true;
    this.canvas = rgb(theme.canvas);
    this.uniform<Vector3>('canvas').value.fromArray(this.canvas).divideScalar(255);
    this.stamp++;
  }

  /** Moves the flow on. */
  tick(now: number): void {
    const t = this.tween ? Math.min(1, Math.max(0, (now - this.tween.began) / this.tween.duration_ms)) : 1;
    this.uniform<number>('mixing').value = easeOut(t);
    if (t === 1) this.tween = null;
  }

  /** Sets one frame's look: the matrix, the points' size (px) and the device's pixels in one, their opacity by level, where they fade. */
  frame(
    matrix: Float32Array,
    size_px: number,
    ratio: number,
    alphas: Float32Array,
    depth: readonly [number, number],
  ): void {
    this.uniform<Matrix4>('matrix').value.fromArray(matrix);
    const size = size_px * ratio;
    const rim = size_px >= RIMMED_SIZE ? 0.8 * ratio : 0;
    const reach = 'SHAPED' in this.material.defines ? 2 * REACH * size : size;
    this.uniform<number>('size').value = size;
    this.uniform<number>('rim').value = rim;
    this.uniform<number>('sprite').value = reach + 2 * rim + (size < SOFT_SIZE ? 0 : 1);
    this.uniform<Float32Array>('alphas').value = alphas;
    this.uniform<Vector2>('depth').value.set(depth[0], depth[1]);
    const solid = depth[1] > depth[0];
    this.define('RIMMED', rim > 0);
    this.define('DEEP', solid);
    this.material.depthTest = solid;
    this.material.depthWrite = solid;
  }

  /** Says how many points are drawn: a fair prefix of each layer. */
  show(shown: number): void {
    const share = this.drawable ? Math.min(1, shown / this.drawable) : 0;
    const geometry = this.points.geometry;
    geometry.clearGroups();
    const back = Math.round(this.behind * share);
    const fore = Math.round((this.drawable - this.behind) * share);
    if (back) geometry.addGroup(0, back, 0);
    if (fore) geometry.addGroup(this.behind, fore, 0);
  }

  /** Whether the processor can draw the points as the last `frame` has them. */
  get isPlain(): boolean {
    return !('SHAPED' in this.material.defines || 'RIMMED' in this.material.defines);
  }

  /** What is drawn now, for the processor. */
  get picture(): Picture {
    const { attributes, groups } = this.points.geometry;
    const number = (name: string) => this.uniform<number>(name).value;
    const depth = this.uniform<Vector2>('depth').value;
    return {
      stamp: this.stamp,
      dims: this.dims,
      places: attributes.place!.array as Float32Array,
      starts: this.tween && (attributes.start!.array as Float32Array),
      mixing: number('mixing'),
      colours: new Uint32Array(this.colours.buffer),
      order: this.index.subarray(0, this.drawable),
      parts: groups,
      matrix: this.uniform<Matrix4>('matrix').value.elements,
      size: number('size'),
      sprite: number('sprite'),
      alphas: this.uniform<Float32Array>('alphas').value,
      levels: this.uniform<DataTexture>('levels').value.image.data as Uint8Array,
      square: this.uniform<Vector3>('square').value.toArray(),
      faint: number('faint'),
      canvas: this.canvas,
      depth: [depth.x, depth.y],
    };
  }

  destroy(): void {
    this.points.geometry.dispose();
    this.uniform<DataTexture>('levels').value.dispose();
    this.material.dispose();
  }

  /** Which program draws the points. */
  private define(name: 'SHAPED' | 'RIMMED' | 'DEEP', wanted: boolean): void {
    const { defines } = this.material;
    if (wanted === name in defines) return;
    if (wanted) defines[name] = '';
    else delete defines[name];
    this.material.needsUpdate = true;
  }

  private uniform<T>(name: string): { value: T } {
    return this.material.uniforms[name] as { value: T };
  }
}
