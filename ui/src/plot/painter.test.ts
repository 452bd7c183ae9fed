import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FIELD, LEVELS } from './density';
import { Painter, type Picture } from './painter';
import type { View } from './props';
import { matrixOf } from './view';

const SIZE = { width: 60, height: 40 };

beforeAll(() => {
  vi.stubGlobal(
    'ImageData',
    class {
      readonly data: Uint8ClampedArray;
      constructor(
        readonly width: number,
        readonly height: number,
      ) {
        this.data = new Uint8ClampedArray(width * height * 4);
      }
    },
  );
});
afterAll(() => vi.unstubAllGlobals());

/** A painter that gives what is seen of a picture: red, green and blue of every pixel. */
function easel() {
  const canvas = {
    ...SIZE,
    seen: [] as number[][],
    getContext: () => ({
      putImageData(image: ImageData, x: number, y: number) {
        canvas.seen = Array.from({ length: SIZE.width * SIZE.height }, (_, pixel) => {
          const [across, down] = [pixel % SIZE.width, Math.floor(pixel / SIZE.width)];
          const at = ((down - y) * image.width + across - x) * 4;
          return [...image.data.subarray(at, at + 3)];
        });
      },
    }),
  };
  const painter = new Painter(canvas as unknown as HTMLCanvasElement);
  return (picture: Picture) => (painter.paint(picture), canvas.seen);
}

/** The same by the formulas of the shader, pixel by pixel and with nothing rounded. */
function expected(picture: Picture): number[][] {
  const { matrix: m, dims, sprite, size, canvas, depth } = picture;
  const pixels = Array.from({ length: SIZE.width * SIZE.height }, () => [...canvas]);
  const nearest = pixels.map(() => 1);
  for (const { start, count } of picture.parts)
    for (const row of picture.order.subarray(start, start + count)) {
      const place = [0, 1, 2].map((axis) => {
        if (axis >= dims) return 0;
        const [to, from] = [picture.places[row * dims + axis]!, picture.starts?.[row * dims + axis]];
        return from === undefined ? to : from + (to - from) * picture.mixing;
      });
      const clip = [0, 1, 2, 3].map((part) => [...place, 1].reduce((sum, x, axis) => sum + x * m[axis * 4 + part]!, 0));
      const [x, y, z, w] = clip as [number, number, number, number];
      if (![x, y, z].every((part) => Math.abs(part) <= w)) continue;
      const [left, top] = [((x / w + 1) / 2) * SIZE.width, ((1 - y / w) / 2) * SIZE.height];
      const t = depth[1] > depth[0] ? Math.min(1, Math.max(0, (w - depth[0]) / (depth[1] - depth[0]))) : 0;
      const fog = 0.6 * t * t * (3 - 2 * t);
      const bytes = picture.colours[row]!;
      const ink = [0, 8, 16].map((by, part) => {
        const own = (bytes >>> by) & 0xff;
        return own + (canvas[part]! - own) * fog;
      });
      const [west, low, cells] = picture.square;
      const cell = (axis: number, from: number) =>
        Math.min(FIELD - 1, Math.max(0, Math.floor((picture.places[row * dims + axis]! - from) * cells)));
      const level = picture.levels[cell(1, low) * FIELD + cell(0, west)]!;
      const opacity = bytes >>> 24 ? picture.alphas[level]! : picture.faint;
      pixels.forEach((under, pixel) => {
        const [dx, dy] = [(pixel % SIZE.width) + 0.5 - left, Math.floor(pixel / SIZE.width) + 0.5 - top];
        if (Math.max(Math.abs(dx), Math.abs(dy)) > sprite / 2) return;
        const opaque = opacity * Math.min(1, Math.max(0, 0.5 - (Math.hypot(dx, dy) - size / 2)));
        if (opaque === 0 || (depth[1] > depth[0] && z / w > nearest[pixel]!)) return;
        if (depth[1] > depth[0]) nearest[pixel] = z / w;
        under.forEach((part, at) => (under[at] = part + (ink[at]! - part) * opaque));
      });
    }
  return pixels;
}

let state = 5;
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
const ROWS = 90;
const SCALE = 20;
const FLAT: View = { kind: 'flat', x: 0, y: 0, scale: SCALE };
const ORBIT: View = { kind: 'orbit', x: 0, y: 0, z: 0, distance: 4, azimuth: 0.4, elevation: 0.3 };

/** On a flat map, places in the middle of an eighth of a pixel: as fine as the painter tells them apart. */
function flatPlace(at: number): number {
  const [along, scale] = at % 2 ? [SIZE.height, -SCALE] : [SIZE.width, SCALE];
  return ((Math.floor(random() * (along + 6) * 8) + 0.5) / 8 - 3 - along / 2) / scale;
}

function picture(view: View, change: Partial<Picture> = {}): Picture {
  const dims = view.kind === 'flat' ? 2 : 3;
  return {
    stamp: Math.floor(random() * 1e9),
    dims,
    places: Float32Array.from({ length: ROWS * dims }, (_, at) => (dims === 2 ? flatPlace(at) : random() * 3.4 - 1.7)),
    starts: null,
    mixing: 1,
    colours: Uint32Array.from(
      { length: ROWS },
      (_, row) => Math.floor(random() * 2 ** 24) + (row % 3 ? 255 * 2 ** 24 : 0),
    ),
    order: Uint32Array.from({ length: ROWS }, (_, row) => (row * 7) % ROWS),
    parts: [{ start: 0, count: ROWS }],
    matrix: matrixOf(view, SIZE),
    size: 2,
    sprite: 2,
    // Thinner to the right and upwards.
    levels: Uint8Array.from({ length: FIELD ** 2 }, (_, at) => ((at % FIELD) + Math.floor(at / FIELD)) / 17),
    square: [-1.5, -1, FIELD / 3],
    alphas: Float32Array.from({ length: LEVELS }, (_, level) => 0.92 - level / 40),
    faint: 0.15,
    canvas: [250, 252, 255],
    depth: [0, 0],
    ...change,
  };
}

/** How far two pictures are apart, in levels of 255: on average, and at most. */
function apart(found: number[][], wanted: number[][]): { mean: number; most: number } {
  const each = found.flatMap((pixel, at) => pixel.map((part, of) => Math.abs(part - wanted[at]![of]!)));
  return { mean: each.reduce((sum, by) => sum + by, 0) / each.length, most: Math.max(...each) };
}

describe('a picture drawn by the processor', () => {
  it.each([
    [2, 2],
    [3, 4],
    [4, 5],
  ])('is what the shader draws of discs of %d px, over one another and over the edge', (size, sprite) => {
    const wanted = picture(FLAT, { size, sprite });
    const { mean, most } = apart(easel()(wanted), expected(wanted));
    expect(mean).toBeLessThan(0.5);
    expect(most).toBeLessThan(4);
  });

  it('has the nearest before the others in space, and the farthest in fog', () => {
    const wanted = picture(ORBIT, { depth: [2.5, 5.5], size: 3, sprite: 4 });
    expect(apart(easel()(wanted), expected(wanted)).mean).toBeLessThan(1);
    const unsorted = { ...wanted, depth: [0, 0] as const };
    expect(apart(expected(unsorted), expected(wanted)).mean).toBeGreaterThan(3);
  });

  it('draws only the stretches it is given, and follows a flow', () => {
    const paint = easel();
    const parts = [
      { start: 0, count: 20 },
      { start: 50, count: 10 },
    ];
    const whole = picture(FLAT, { parts });
    const flowing = { ...whole, stamp: -2, starts: picture(FLAT).places, mixing: 0.25 };
    for (const wanted of [whole, flowing]) expect(apart(paint(wanted), expected(wanted)).mean).toBeLessThan(0.5);
    expect(apart(paint(whole), expected(flowing)).mean).toBeGreaterThan(2);
  });

  it('leaves out places that are no numbers', () => {
    const wanted = picture(FLAT, { parts: [{ start: 0, count: 1 }] });
    wanted.places.fill(NaN);
    expect(easel()(wanted).every((pixel) => pixel.join() === '250,252,255')).toBe(true);
  });
});
