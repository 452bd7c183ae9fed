/**
 * A map's points as they stand on paper: places, inks and layers in the order of drawing, as the stage draws them.
 * Pure; deliberately absent: how a dot is put down (`circles` here as markup, `raster.ts` as pixels).
 */
import { pointSize, FAINT } from '../plot/cloud';
import { crowdOf, levelAlphas, levelAt, pointAlpha } from '../plot/density';
import { blend, hex, rgb, type Rgb } from '../plot/palette';
import type { PlotProps, PlotTheme, View } from '../plot/props';
import { outline } from '../plot/shapes';
import { boundsOf, matrixOf, type Size } from '../plot/view';

/** From this size on a dot has a rim of the ground that keeps it from its neighbours (px). */
const RIMMED = 4;
const RIM = 0.8;
const RIM_OPACITY = 0.8;

export interface Dots {
  count: number;
  /** Middles in CSS pixels from the top left corner of the map. */
  x: Float32Array;
  y: Float32Array;
  /** `0xrrggbb`. */
  ink: Uint32Array;
  /** 1 for a dot in the light, 0 for a faded one. */
  lit: Uint8Array;
  /** The shape of each, 0 for a disc. */
  shape: Uint8Array;
  /** The diameter of each (px). */
  size: number;
  /** The width of the rim around each (px). */
  rim: number;
  /** How opaque each is. */
  opaque: Float32Array;
}

/** The dots of a map that are in sight from a view, those in the light above the others and near ones above far ones. */
export function dotsOf(props: PlotProps, palette: readonly string[], theme: PlotTheme, view: View, size: Size): Dots {
  const { positions, dims, order, classes, shapes, selected } = props;
  const rows = Math.floor(positions.length / dims);
  const matrix = matrixOf(view, size);
  const all = order.reduce((sum, row) => sum + Number(row < rows), 0);
  const diameter = pointSize(all, shapes !== null);
  // As on the stage, what is chosen is never grey.
  const plain = selected ? theme.secondary : theme.unselected;
  const table = palette.map((colour) => rgb(colour === theme.unselected ? plain : colour));
  const [classless, faded] = [rgb(plain), rgb(theme.unselected)];
  const canvas = rgb(theme.canvas);
  const deep = view.kind === 'orbit';
  const radius = deep ? (boundsOf(positions, dims)?.radius ?? 0) : 0;
  const [near, far] = deep ? [view.distance - 0.4 * radius, view.distance + radius] : [0, 0];

  const x = new Float32Array(all);
  const y = new Float32Array(all);
  const ink = new Uint32Array(all);
  const lit = new Uint8Array(all);
  const opaque = new Float32Array(all);
  const crowd = view.kind === 'flat' ? crowdOf(positions, dims) : null;
  const alphas = crowd && levelAlphas(crowd, diameter, view.kind === 'flat' ? view.scale : 1);
  const even = pointAlpha(all, diameter, size.width * size.height);
  const shape = new Uint8Array(all);
  const front = new Uint8Array(all);
  const depth = new Float32Array(deep ? all : 0);
  let count = 0;
  for (const row of order) {
    if (row >= rows) continue;
    const [px, py] = [positions[row * dims]!, positions[row * dims + 1]!];
    const pz = dims === 3 ? positions[row * 3 + 2]! : 0;
    const w = matrix[3]! * px + matrix[7]! * py + matrix[11]! * pz + matrix[15]!;
    if (!(w > 0)) continue;
    const left = (((matrix[0]! * px + matrix[4]! * py + matrix[8]! * pz + matrix[12]!) / w + 1) / 2) * size.width;
    const top = ((1 - (matrix[1]! * px + matrix[5]! * py + matrix[9]! * pz + matrix[13]!) / w) / 2) * size.height;
    // Also passes over what is not a number.
    if (!(left > -diameter && left < size.width + diameter && top > -diameter && top < size.height + diameter))
      continue;
    const own = classes && row < classes.length ? table[classes[row]!] : undefined;
    const chosen = !selected || (row < selected.length && selected[row] !== 0);
    let colour: Rgb = chosen ? (own ?? classless) : faded;
    if (far > near) colour = blend(colour, canvas, 0.6 * smooth((w - near) / (far - near)));
    [x[count], y[count], lit[count]] = [left, top, Number(chosen)];
    opaque[count] = !chosen ? FAINT : crowd && alphas ? alphas[levelAt(crowd, px, py)]! : even;
    ink[count] = pack(colour);
    shape[count] = chosen && own ? (shapes?.[classes![row]!] ?? 0) : 0;
    front[count] = Number(selected ? chosen : own !== undefined && palette[classes![row]!] !== theme.unselected);
    if (deep) depth[count] = w;
    count++;
  }
  const dots: Dots = {
    count,
    ...{ x, y, ink, lit, opaque, shape },
    size: diameter,
    rim: diameter >= RIMMED ? RIM : 0,
  };
  const turns = new Uint32Array(count);
  if (deep) {
    for (let turn = 0; turn < count; turn++) turns[turn] = turn;
    turns.sort((a, b) => depth[b]! - depth[a]!);
  } else {
    let next = 0;
    for (const layer of [0, 1])
      for (let turn = 0; turn < count; turn++) if (front[turn] === layer) turns[next++] = turn;
  }
  return arranged(dots, turns);
}

function arranged(dots: Dots, turns: Uint32Array): Dots {
  return {
    ...dots,
    x: Float32Array.from(turns, (turn) => dots.x[turn]!),
    y: Float32Array.from(turns, (turn) => dots.y[turn]!),
    ink: Uint32Array.from(turns, (turn) => dots.ink[turn]!),
    lit: Uint8Array.from(turns, (turn) => dots.lit[turn]!),
    opaque: Float32Array.from(turns, (turn) => dots.opaque[turn]!),
    shape: Uint8Array.from(turns, (turn) => dots.shape[turn]!),
  };
}

const pack = ([r, g, b]: Rgb) => (Math.round(r) << 16) | (Math.round(g) << 8) | Math.round(b);
const smooth = (t: number) => {
  const held = Math.min(1, Math.max(0, t));
  return held * held * (3 - 2 * held);
};

/** The dots as circles, or other shapes, of an SVG. */
export function circles(dots: Dots, ground: string): string {
  const parts: string[] = [];
  let layer = -1;
  for (let i = 0; i < dots.count; i++) {
    const opaque = fine(dots.opaque[i]!);
    if (opaque !== layer) {
      if (layer >= 0) parts.push('</g>');
      layer = opaque;
      const rim = dots.rim
        ? ` stroke="${ground}" stroke-width="${dots.rim}" stroke-opacity="${fine(opaque * RIM_OPACITY)}"`
        : '';
      parts.push(`<g fill-opacity="${opaque}"${rim}>`);
    }
    const ink = dots.ink[i]!;
    const fill = hex([ink >> 16, (ink >> 8) & 255, ink & 255]);
    parts.push(`${outline(dots.shape[i]!, dots.x[i]!, dots.y[i]!, dots.size, dots.rim / 2)} fill="${fill}"/>`);
  }
  if (layer >= 0) parts.push('</g>');
  return parts.join('');
}

/** Two digits after the point are finer than any printer. */
const fine = (value: number) => Math.round(value * 100) / 100;
