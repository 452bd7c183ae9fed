/**
 * The grid of a map whose axes mean something: round values along each, as many as can be read from where one looks. A
 * map whose axes mean nothing (t-SNE, UMAP) has none, for there is nothing to read off it. Pure; deliberately absent:
 * pens, and the axes themselves (`marks.ts`).
 */
import { count } from '../format';
import type { Anchor, Box } from './labels';
import { around, overlap, type Room, type Words } from './marks';
import { blend, hex, rgb } from './palette';
import type { Place, PlotAxis, PlotTheme, View } from './props';
import { toData, type Size } from './view';

/** A line right across a flat map, below its points. */
export interface Rule {
  upright: boolean;
  /** From the left, or from above (px). */
  at: number;
  colour: string;
}

/** The least room between two lines, and between two values along an axis in space (px). */
const APART = 110;
const APART_IN_SPACE = 56;
const VALUE_PX = 11;
/** What lines take of the colour of quiet words; those of zero are what others are counted from. */
const QUIET = 0.14;
const ZERO = 0.38;
/** Beside the margins, and at the edges (px). */
const BESIDE = 32;
const FOOT = 8;
const CORNER = 28;
/** How much of the upper margin values keep free. */
const HELD = 0.65;

/** The smallest of 1, 2 and 5 by powers of ten that is not below `least`. */
export function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  // A power of ten that was computed may lie a hair below itself.
  return [1, 2, 5, 10].map((round) => round * power).find((step) => step >= least * (1 - 1e-9))!;
}

/** The multiples of a step between two values. */
export function ticks(low: number, high: number, step: number): number[] {
  const [first, last] = [Math.ceil(low / step), Math.floor(high / step)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

/** A value in as many digits as tell it from the next one. */
export function tickText(value: number, step: number): string {
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return (digits ? value.toFixed(digits) : count(value)).replace('-', '−');
}

/** The lines of a flat map, those of zero above the others; none in space. */
export function rulesIn(axes: readonly PlotAxis[], view: View, size: Size, theme: PlotTheme): Rule[] {
  const colour = (share: number) => hex(blend(rgb(theme.canvas), rgb(theme.secondary), share));
  return linesIn(axes, view, size)
    .sort((a, b) => Number(a.value === 0) - Number(b.value === 0))
    .map(({ upright, at, value }) => ({ upright, at, colour: colour(value ? QUIET : ZERO) }));
}

/** The values, along the edges of a flat map that nothing covers, and along the axes themselves in space, clear of what is blocked. */
export function valuesIn(
  axes: readonly PlotAxis[],
  view: View,
  on: (anchor: Anchor) => Place | null,
  { theme, size, margins, wide }: Room,
  blocked: readonly Box[],
): Words[] {
  const words = (text: string, at: Place): Words[] => {
    const box = around(at, VALUE_PX / 2, wide(text, 400, VALUE_PX) / 2);
    const free = !blocked.some((other) => overlap(box, other));
    return free ? [{ text, at, weight: 400, size: VALUE_PX, colour: theme.secondary }] : [];
  };
  if (view.kind === 'orbit') return axes.flatMap((axis) => along(axis, on).flatMap(({ text, at }) => words(text, at)));
  const left = Math.max(FOOT, margins.left - BESIDE);
  const right = size.width - Math.max(FOOT, margins.right - BESIDE);
  return linesIn(axes, view, size).flatMap(({ upright, at, value, step }) => {
    const text = tickText(value, step);
    const half = wide(text, 400, VALUE_PX) / 2;
    if (upright)
      return at > left + CORNER + half && at < right - half ? words(text, { x: at, y: size.height - FOOT }) : [];
    return at > margins.top * HELD && at < size.height - CORNER ? words(text, { x: left + half, y: at }) : [];
  });
}

/** Which of x, y and z an axis runs along; null for one that is aslant. */
function directionOf({ from, to }: PlotAxis): 0 | 1 | 2 | null {
  const moves = ([0, 1, 2] as const).filter((axis) => from[axis] !== to[axis]);
  return moves.length === 1 ? moves[0]! : null;
}

function linesIn(axes: readonly PlotAxis[], view: View, size: Size) {
  if (view.kind !== 'flat') return [];
  const step = roundStep(APART / view.scale);
  const low = toData(view, size, { x: 0, y: size.height });
  const high = toData(view, size, { x: size.width, y: 0 });
  return axes.flatMap((axis) => {
    const direction = directionOf(axis);
    if (direction !== 0 && direction !== 1) return [];
    const upright = direction === 0;
    const [from, to] = upright ? [low.x, high.x] : [low.y, high.y];
    return ticks(from, to, step).map((value) => ({
      ...{ upright, value, step, at: view.scale * (upright ? value - from : to - value) },
    }));
  });
}

/** The values along one axis in space but zero, where all of them meet. */
function along(axis: PlotAxis, on: (anchor: Anchor) => Place | null): { text: string; at: Place }[] {
  const direction = directionOf(axis);
  const [start, end] = [on(axis.from), on(axis.to)];
  if (direction === null || !start || !end) return [];
  const [low, high] = [axis.from[direction], axis.to[direction]];
  const length = Math.hypot(end.x - start.x, end.y - start.y);
  // Seen from its end it is a point.
  if (length < APART_IN_SPACE) return [];
  const step = roundStep((Math.abs(high - low) * APART_IN_SPACE) / length);
  return ticks(Math.min(low, high), Math.max(low, high), step).flatMap((value) => {
    const share = (value - low) / (high - low);
    const part = (i: 0 | 1 | 2) => axis.from[i] + (axis.to[i] - axis.from[i]) * share;
    const at = on([part(0), part(1), part(2)]);
    return at && value !== 0 ? [{ text: tickText(value, step), at }] : [];
  });
}

/** Which device pixels a line takes, from the left or from above. */
export function pixelsOf({ at }: Rule, ratio: number): { first: number; thick: number } {
  const thick = Math.max(1, Math.round(ratio));
  return { first: Math.round(at * ratio - thick / 2), thick };
}

/** Puts lines down in pixels of four bytes, `width` to a row; `border` of them lie around what the lines are measured in. */
export function ruled(pixels: Int32Array, width: number, rules: readonly Rule[], ratio: number, border = 0): void {
  for (const rule of rules) {
    const { first, thick } = pixelsOf(rule, ratio);
    const [red, green, blue] = rgb(rule.colour);
    const colour = (0xff << 24) | (blue << 16) | (green << 8) | red;
    const from = Math.max(0, border + first);
    if (!rule.upright) pixels.fill(colour, from * width, (from + thick) * width);
    // One that lies beyond the edge would come back a row lower.
    else if (from + thick <= width)
      for (let at = from; at < pixels.length; at += width) pixels.fill(colour, at, at + thick);
  }
}
