/**
 * The matrix as a figure: an SVG with its cells as one picture, the names of groups, its title, its legend and a caption.
 * Pure; deliberately absent: the picture of the cells, files, the clipboard, and what the words are.
 */
import type { HeatmapGroup } from '../charts/props';
import { stretchOf, type Sight } from '../charts/sight';
import type { ChartTheme } from '../charts/theme';
import type { Size } from '../plot/view';
import { FAMILY, LINE, PAGE, TITLE, escaped, fine, font, shortened, text, wrap, type Measure } from './letters';

export interface MatrixAsk {
  sight: Sight;
  groups: readonly HeatmapGroup[];
  /** The tokens of paper; `canvas` is the ground. */
  theme: ChartTheme;
  title: string;
  /** The colours from low to high, and what stands below them: at both ends and between. */
  legend: { colours: readonly string[]; low: string; what: string; high: string };
  /** Sentences below the matrix. */
  caption: string;
}

export interface MatrixFigure {
  size: Size;
  /** Of the picture of the cells (px). */
  side: number;
  /** The whole SVG, given the address of that picture. */
  svg(picture: string): string;
}

/** About as long is a side; whole pixels a cell where all are in sight. */
const SIDE = 640;
const MOST_NAME = 200;
/** Between names, brackets and cells. */
const GAP = 14;
const LEGEND = { below: 24, width: 220, height: 10, room: 58 };
/** Names closer than this would touch. */
const APART = 14;

export function matrixFigure(ask: MatrixAsk, measure: Measure): MatrixFigure {
  const { sight, groups, theme, title, caption } = ask;
  const { count } = sight;
  const side = Number.isInteger(count) ? count * Math.max(1, Math.round(SIDE / count)) : SIDE;
  const named = groups.map(({ label }) => shortened(label, MOST_NAME, measure));
  const names = Math.max(0, ...named.map((name) => measure(name, font(400, 12)))) + (named.length ? GAP : 0);
  const [left, top] = [PAGE + Math.ceil(names), PAGE + TITLE];
  const width = left + side + PAGE;
  const lines = wrap(caption, width - 2 * PAGE, measure);
  const foot = top + side + LEGEND.room;
  const height = foot + lines.length * LINE + PAGE;

  const svg = (picture: string) =>
    [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FAMILY}">`,
      `<title>${escaped(title)}</title>`,
      `<rect width="${width}" height="${height}" fill="${theme.canvas}"/>`,
      text(title, PAGE, PAGE + 13, 600, 18, theme.text),
      `<image x="${left}" y="${top}" width="${side}" height="${side}" preserveAspectRatio="none" href="${picture}"/>`,
      brackets(ask, named, left, top, side),
      legendOf(ask, left, top + side + LEGEND.below),
      ...lines.map((line, i) => text(line, PAGE, foot + 14 + i * LINE, 400, 12, theme.secondary)),
      '</svg>',
    ].join('');
  return { size: { width, height }, side, svg };
}

function brackets({ sight, groups, theme }: MatrixAsk, named: string[], left: number, top: number, side: number) {
  let free = -Infinity;
  const parts = groups.map((group, index) => {
    const along = (start: number) => stretchOf(group, start, sight.count).map((share) => share * side);
    const [[upper, lower], [before, after]] = [along(sight.row), along(sight.column)] as [number[], number[]];
    const inner = (at: number) => at > 0 && at < side;
    const middle = (upper! + lower!) / 2;
    const readable = lower! > upper! && middle - free >= APART;
    if (readable) free = middle;
    const { canvas, secondary } = theme;
    return [
      inner(upper!) ? line(left, top + upper!, left + side, top + upper!, canvas) : '',
      inner(before!) ? line(left + before!, top, left + before!, top + side, canvas) : '',
      lower! > upper! ? line(left - 6, top + upper! + 1, left - 6, top + lower! - 1, secondary) : '',
      after! > before! ? line(left + before! + 1, top + side + 6, left + after! - 1, top + side + 6, secondary) : '',
      readable ? text(named[index]!, left - GAP, top + middle + 4, 400, 12, secondary, 'end') : '',
    ].join('');
  });
  return parts.join('');
}

const line = (x1: number, y1: number, x2: number, y2: number, colour: string) =>
  `<line x1="${fine(x1)}" y1="${fine(y1)}" x2="${fine(x2)}" y2="${fine(y2)}" stroke="${colour}"/>`;

function legendOf({ legend, theme }: MatrixAsk, x: number, y: number): string {
  const { colours, low, what, high } = legend;
  const stops = colours.map(
    (colour, i) => `<stop offset="${fine(i / Math.max(1, colours.length - 1))}" stop-color="${colour}"/>`,
  );
  const { width, height } = LEGEND;
  const below = (words: string, at: number, anchor = '') =>
    text(words, x + at, y + height + 14, 400, 11, theme.secondary, anchor);
  return [
    `<linearGradient id="scale">${stops.join('')}</linearGradient>`,
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="url(#scale)"/>`,
    below(low, 0),
    below(what, width / 2, 'middle'),
    below(high, width, 'end'),
  ].join('');
}
