/**
 * Colours for classes and numbers, safe for colour-blind eyes: Paul Tol's bright then muted schemes for classes
 * (https://sros.nl/~tol, "Colour Schemes", 2021), a viridis-like scale for amounts and Tol's sunset for differences. Every list
 * has a light and a dark form. Deliberately absent: the interface's own tokens.
 */

import { SHAPES } from './shapes';

export type Rgb = readonly [number, number, number];

/** How many classes get a colour of their own; the rest is grey. */
export const CLASS_COLOURS = 12;
/** Where shapes tell classes apart as well: the colours that are repeated for each shape. */
export const SHAPED_COLOURS = 8;

/** Bright, then those of muted that are told apart from it; the order keeps neighbours in it distinct. */
const LIGHT = [
  '#4477aa', '#ee6677', '#228833', '#ccbb44', '#66ccee', '#aa3377',
  '#ee9a3a', '#44aa99', '#882255', '#999933', '#cc6677', '#6699cc',
] as const; // prettier-ignore
/** The same hues, the darkest lifted so that they stand off a dark canvas. */
const DARK = [
  '#5b92cc', '#ee6677', '#33a04a', '#ccbb44', '#66ccee', '#c74f93',
  '#ee9a3a', '#44aa99', '#b0487f', '#999933', '#cc6677', '#7fb0e0',
] as const; // prettier-ignore

/** Viridis, its low end drawn towards the canvas. */
const AMOUNTS_LIGHT = [
  '#f6f7e6',
  '#e2edb2',
  '#b9df86',
  '#7fcb88',
  '#45ae8c',
  '#2b8d8c',
  '#2f6b8a',
  '#3a4881',
  '#40266c',
  '#3a0a4e',
];
const AMOUNTS_DARK = [
  '#16131f',
  '#2c2150',
  '#35407c',
  '#2f6488',
  '#2b878b',
  '#33a883',
  '#6cc765',
  '#b4dc3f',
  '#fdec5a',
];

/** Tol's sunset, and the same with a middle that recedes into a dark canvas. */
const DIFFERENCES_LIGHT = [
  '#364b9a', '#4a7bb7', '#6ea6cd', '#98cae1', '#c2e4ef', '#f6f5e8',
  '#feda8b', '#fdb366', '#f67e4b', '#dd3d2d', '#a50026',
] as const; // prettier-ignore
const DIFFERENCES_DARK = [
  '#c2e4ef', '#98cae1', '#6ea6cd', '#4a7bb7', '#2c4272', '#171a21',
  '#6b3320', '#b4532c', '#f67e4b', '#fdb366', '#feda8b',
] as const; // prettier-ignore

/** `#rrggbb`, or the `#rgb` to which a build shortens it, as three numbers from 0 to 255. */
export function rgb(hex: string): Rgb {
  const value = Number.parseInt(hex.length < 7 ? hex.replace(/[^#]/g, '$&$&').slice(1) : hex.slice(1, 7), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** Three numbers from 0 to 255 as `#rrggbb`. */
export function hex([r, g, b]: Rgb): string {
  return '#' + ((1 << 24) | (Math.round(r) << 16) | (Math.round(g) << 8) | Math.round(b)).toString(16).slice(1);
}

/** A colour between two, `t` from 0 to 1. */
export function blend(from: Rgb, to: Rgb, t: number): Rgb {
  return [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t, from[2] + (to[2] - from[2]) * t];
}

/** The classes that hold something, largest first; ties go to the earlier, so the same counts give the same order. */
function bySize(counts: readonly number[]): number[] {
  return [...counts.keys()].filter((index) => counts[index]! > 0).sort((a, b) => counts[b]! - counts[a]! || a - b);
}

/**
 * A colour for each class, given how many items each holds: the largest twelve get one each, largest first; the rest
 * get `grey`. `shaped`: eight colours come again with every shape (see `classShapes`), so that more classes have one.
 */
export function classColours(counts: readonly number[], dark: boolean, grey: string, shaped = false): string[] {
  const set = dark ? DARK : LIGHT;
  const colours = counts.map(() => grey);
  bySize(counts)
    .slice(0, shaped ? SHAPED_COLOURS * SHAPES : CLASS_COLOURS)
    .forEach((index, rank) => (colours[index] = set[shaped ? rank % SHAPED_COLOURS : rank]!));
  return colours;
}

/** The shape of each class beside those colours: discs for the largest eight, another for every eight that follow. */
export function classShapes(counts: readonly number[]): number[] {
  const shapes = counts.map(() => 0);
  bySize(counts)
    .slice(0, SHAPED_COLOURS * SHAPES)
    .forEach((index, rank) => (shapes[index] = Math.floor(rank / SHAPED_COLOURS)));
  return shapes;
}

/** 256 colours as r, g, b bytes, from stops spread evenly. */
function ramp(stops: readonly string[]): Uint8ClampedArray {
  const table = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (stops.length - 1);
    const low = Math.min(stops.length - 2, Math.floor(at));
    table.set(blend(rgb(stops[low]!), rgb(stops[low + 1]!), at - low), i * 3);
  }
  return table;
}

/** For amounts: little recedes into the canvas, much stands out; lightness is monotone. 256 × 3 bytes. */
export function sequential(dark: boolean): Uint8ClampedArray {
  return ramp(dark ? AMOUNTS_DARK : AMOUNTS_LIGHT);
}

/** For differences: none recedes into the canvas, both ends stand out. 256 × 3 bytes. */
export function diverging(dark: boolean): Uint8ClampedArray {
  return ramp(dark ? DIFFERENCES_DARK : DIFFERENCES_LIGHT);
}

/** So many colours of that scale, `#rrggbb`, from little to much; the least still stands off the canvas. */
export function scaleColours(steps: number, dark: boolean): string[] {
  const table = sequential(dark);
  return Array.from({ length: steps }, (_, step) => {
    const at = Math.round(40 + (step / Math.max(1, steps - 1)) * 215) * 3;
    return hex([table[at]!, table[at + 1]!, table[at + 2]!]);
  });
}
