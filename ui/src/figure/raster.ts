/**
 * Dots as pixels, for maps of more points than an SVG should hold. Drawn by counting, not by a graphics card: the same
 * dots give the same pixels everywhere, at any size. Deliberately absent: files and canvases.
 */
import { ruled, type Rule } from '../plot/grid';
import { rgb } from '../plot/palette';
import { REACH, beyond as edge } from '../plot/shapes';
import type { Dots } from './dots';
import type { Size } from '../plot/view';

/** A dot's middle falls on one of so many places across a pixel. */
const STEPS = 4;

/** What a dot covers of the pixels around it, and how much of that is rim: the same for all dots at one place in a pixel. */
interface Stamp {
  side: number;
  cover: Float32Array;
  rim: Float32Array;
}

/** RGBA bytes of the dots on an opaque ground and the lines of a grid, `size × scale` pixels, row by row from the top. */
export function rasterise(
  dots: Dots,
  size: Size,
  scale: number,
  ground: string,
  rules: readonly Rule[] = [],
): Uint8ClampedArray<ArrayBuffer> {
  const [width, height] = [Math.round(size.width * scale), Math.round(size.height * scale)];
  const pixels = new Uint8ClampedArray(width * height * 4);
  const [gr, gg, gb] = rgb(ground);
  const whole = new Int32Array(pixels.buffer).fill((255 << 24) | (gb << 16) | (gg << 8) | gr);
  ruled(whole, width, rules, scale);
  const shapes = dots.shape.reduce((most, shape) => Math.max(most, shape), 0) + 1;
  const stamps = Array.from({ length: STEPS * STEPS * shapes }, (_, at) =>
    stamp(dots, scale, (at % STEPS) / STEPS, (Math.floor(at / STEPS) % STEPS) / STEPS, Math.floor(at / STEPS ** 2)),
  );
  const half = (stamps[0]!.side - 1) / 2;
  for (let i = 0; i < dots.count; i++) {
    const [x, y] = [Math.round(dots.x[i]! * scale * STEPS), Math.round(dots.y[i]! * scale * STEPS)];
    const [column, line] = [Math.floor(x / STEPS), Math.floor(y / STEPS)];
    const { side, cover, rim } = stamps[(dots.shape[i]! * STEPS + (y - line * STEPS)) * STEPS + (x - column * STEPS)]!;
    const ink = dots.ink[i]!;
    const [r, g, b] = [ink >> 16, (ink >> 8) & 255, ink & 255];
    const opaque = dots.opaque[i]!;
    for (let dy = 0; dy < side; dy++) {
      const row = line + dy - half;
      if (row < 0 || row >= height) continue;
      for (let dx = 0; dx < side; dx++) {
        const at = column + dx - half;
        const share = cover[dy * side + dx]! * opaque;
        if (share === 0 || at < 0 || at >= width) continue;
        const bare = rim[dy * side + dx]!;
        const p = (row * width + at) * 4;
        pixels[p] = pixels[p]! * (1 - share) + (r + (gr - r) * bare) * share;
        pixels[p + 1] = pixels[p + 1]! * (1 - share) + (g + (gg - g) * bare) * share;
        pixels[p + 2] = pixels[p + 2]! * (1 - share) + (b + (gb - b) * bare) * share;
      }
    }
  }
  return pixels;
}

/** As the stage's own shader: a disc, or another shape, with an edge one pixel soft, its rim four fifths ground. */
function stamp(dots: Dots, scale: number, x: number, y: number, shape: number): Stamp {
  const size = dots.size * scale;
  const rim = dots.rim * scale;
  const half = Math.ceil(REACH * size + rim + 1);
  const side = 2 * half + 1;
  const made: Stamp = { side, cover: new Float32Array(side * side), rim: new Float32Array(side * side) };
  for (let dy = 0; dy < side; dy++) {
    for (let dx = 0; dx < side; dx++) {
      const beyond = edge(shape, dx - half + 0.5 - x, half - 0.5 + y - dy, size);
      const at = dy * side + dx;
      made.cover[at] = Math.min(1, Math.max(0, 0.5 + rim - beyond));
      made.rim[at] = rim > 0 ? 0.8 * Math.min(1, Math.max(0, beyond + 0.5)) : 0;
    }
  }
  return made;
}
