/**
 * Puts a heat map on a canvas: the cells in sight, their groups in brackets, what is marked, the legend. Deliberately
 * absent: hands, and what is in sight.
 */
import { similarity } from '../format';
import { diverging, sequential } from '../plot/palette';
import type { Frame, HeatmapGroup, HeatmapProps } from './props';
import { paintCells, type Domain } from './scale';
import { rangeOf, sidesOf, stretchOf, type Block, type Cell, type Sight } from './sight';
import { shorten } from './surface';

export interface Picture {
  pen: CanvasRenderingContext2D;
  /** Device pixels for one CSS pixel. */
  ratio: number;
  props: HeatmapProps;
  /** A pixel for each cell. */
  image: HTMLCanvasElement;
  domain: Domain;
  frame: Frame;
  sight: Sight;
  hovered: Cell | null;
  block: Block | null;
}

const NAMES = 148;
const EDGE = 16;
/** Room below the cells. */
const FOOT = 52;
const LEGEND = { below: 22, width: 220, least: 88 };
/** What stands beside the legend has at least so much room. */
const BESIDE = 80;
/** Cells keep to whole pixels where the picture stays at least this large of what there is room for. */
const WHOLE = 0.9;
/** From so many device pixels on nobody sees that one cell has a pixel more than another. */
const LARGE = 8;

/** Where the cells of an n × n matrix go on a surface. */
export function frameOf(width: number, height: number, ratio: number, n: number, named: boolean): Frame {
  const names = named && width > 420 ? NAMES : 0;
  const room = Math.max(0, Math.min(width - names - 2 * EDGE, height - FOOT - EDGE - 12));
  // Whole device pixels a cell where that costs little of the room: edges are sharpest so.
  const even = n ? (Math.floor((room * ratio) / n) * n) / ratio : 0;
  const side = even >= WHOLE * room ? even : room;
  const left = names + EDGE + Math.max(0, (width - names - 2 * EDGE - side) / 2);
  return { left: Math.round(left * ratio) / ratio, top: EDGE, side, names };
}

export const legendWidth = (side: number) => Math.min(LEGEND.width, Math.max(LEGEND.least, side - BESIDE));

export const groupOf = (groups: readonly HeatmapGroup[], index: number) =>
  groups.findIndex(({ start, count }) => index >= start && index < start + count);

export const coloursOf = ({ ends, theme }: Pick<HeatmapProps, 'ends' | 'theme'>) =>
  ends ? diverging(theme.dark) : sequential(theme.dark);

/** One pixel for each cell, once; drawing only scales it. */
export function imageOf(props: Pick<HeatmapProps, 'values' | 'ends' | 'theme'>, n: number, domain: Domain) {
  const image = document.createElement('canvas');
  image.width = image.height = n;
  const pen = image.getContext('2d')!;
  const data = pen.createImageData(n, n);
  paintCells(props.values.subarray(0, n * n), domain, coloursOf(props), data.data);
  pen.putImageData(data, 0, 0);
  return image;
}

export function draw(picture: Picture): void {
  cells(picture);
  brackets(picture);
  marks(picture);
  legend(picture);
}

export function cells({
  pen,
  ratio,
  image,
  frame,
  sight,
}: Pick<Picture, 'pen' | 'ratio' | 'image' | 'frame' | 'sight'>): void {
  const { left, top, side } = frame;
  const { row, column, count } = sight;
  const cell = (side * ratio) / count;
  // Where cells share pixels they are mixed in them: none is dropped, and all are equally wide.
  const sharp = Number.isInteger(cell) || cell >= LARGE;
  pen.imageSmoothingEnabled = !sharp;
  pen.imageSmoothingQuality = 'high';
  if (sharp) {
    pen.drawImage(image, column, row, count, count, left, top, side, side);
    return;
  }
  const across = Math.round(count * Math.ceil(cell));
  const larger = document.createElement('canvas');
  larger.width = larger.height = across;
  const inner = larger.getContext('2d')!;
  inner.imageSmoothingEnabled = false;
  inner.drawImage(image, column, row, count, count, 0, 0, across, across);
  pen.drawImage(larger, left, top, side, side);
}

/** Where cells begin along a side that is so long and begins with `start` (px from the edge of the picture). */
const placed = ({ side }: Frame, { count }: Sight, start: number, index: number) => ((index - start) * side) / count;

function brackets({ pen, ratio, props, frame, sight, hovered, block }: Picture): void {
  const { theme, groups } = props;
  const { left, top, side, names } = frame;
  pen.font = `400 11.5px ${theme.font}`;
  pen.textBaseline = 'middle';
  pen.textAlign = 'right';
  const marked = groupOf(groups, block?.to.i ?? hovered?.i ?? -1);
  const crossed = groupOf(groups, block?.to.j ?? hovered?.j ?? -1);
  const seen = (group: HeatmapGroup, start: number) =>
    stretchOf(group, start, sight.count).map((share) => share * side) as [number, number];
  let free = -Infinity;
  groups.forEach((group, index) => {
    const [upper, lower] = seen(group, sight.row);
    const [before, after] = seen(group, sight.column);
    pen.fillStyle = theme.canvas;
    for (const [at, down] of [
      [upper, true],
      [before, false],
    ] as const) {
      // Between two groups, not at the edge of the picture.
      if (at <= 0 || at >= side) continue;
      const line = Math.round(at * ratio) / ratio - 0.5 / ratio;
      if (down) pen.fillRect(left, top + line, side, 1 / ratio);
      else pen.fillRect(left + line, top, 1 / ratio, side);
    }
    const bracket = (isMarked: boolean, low: number, high: number, line: (along: number) => [number, number]) => {
      if (high <= low) return;
      const inset = Math.min(1.5, (high - low) / 4);
      pen.strokeStyle = isMarked ? theme.accent : theme.secondary;
      pen.globalAlpha = isMarked ? 1 : 0.55;
      pen.lineWidth = isMarked ? 2 : 1;
      pen.beginPath();
      pen.moveTo(...line(low + inset));
      pen.lineTo(...line(high - inset));
      pen.stroke();
      pen.globalAlpha = 1;
    };
    bracket(index === marked, upper, lower, (along) => [left - 6, top + along]);
    bracket(index === crossed, before, after, (along) => [left + along, top + side + 6]);
    const middle = top + (upper + lower) / 2;
    const readable = (middle - free >= 14 && lower - upper >= 9) || index === marked;
    if (names && lower > upper && readable) {
      pen.fillStyle = index === marked ? theme.text : theme.secondary;
      pen.fillText(shorten(pen, group.label, names - 8), left - 13, middle);
      free = middle;
    }
  });
}

function marks({ pen, props, frame, sight, hovered, block }: Picture): void {
  const { theme, items, marked } = props;
  const { left, top, side } = frame;
  const cell = side / sight.count;
  const x = (j: number) => left + placed(frame, sight, sight.column, j);
  const y = (i: number) => top + placed(frame, sight, sight.row, i);
  const outlined = (rect: [number, number, number, number], width: number, colour: string) => {
    pen.lineWidth = width + 2;
    pen.strokeStyle = theme.canvas;
    pen.strokeRect(...rect);
    pen.lineWidth = width;
    pen.strokeStyle = colour;
    pen.strokeRect(...rect);
  };
  pen.save();
  pen.beginPath();
  pen.rect(left - 3, top - 3, side + 6, side + 6);
  pen.clip();
  const own = marked === null ? -1 : items.indexOf(marked);
  const seen = (start: number) => {
    const [first, last] = rangeOf(start, sight.count);
    return own >= first && own <= last;
  };
  const thick = Math.max(cell, 3);
  pen.strokeStyle = theme.accent;
  pen.lineWidth = 1;
  if (own >= 0 && seen(sight.row)) pen.strokeRect(left - 1, y(own + 0.5) - thick / 2, side + 2, thick);
  if (own >= 0 && seen(sight.column)) pen.strokeRect(x(own + 0.5) - thick / 2, top - 1, thick, side + 2);
  if (block) {
    const { i0, i1, j0, j1 } = sidesOf(block);
    outlined([x(j0), y(i0), (j1 + 1 - j0) * cell, (i1 + 1 - i0) * cell], 2, theme.accent);
  } else if (hovered) {
    const size = Math.max(cell, 5);
    const { i, j } = hovered;
    outlined([x(j + 0.5) - size / 2, y(i + 0.5) - size / 2, size, size], 1.5, theme.text);
  }
  pen.restore();
}

function legend({ pen, props, domain, frame, hovered }: Picture): void {
  const { theme, values, items, what, ends } = props;
  const { left, top, side } = frame;
  const width = legendWidth(side);
  const y = top + side + LEGEND.below;
  const colours = coloursOf(props);
  for (let x = 0; x < width; x++) {
    const at = Math.round((x / Math.max(1, width - 1)) * 255) * 3;
    pen.fillStyle = `rgb(${colours[at]} ${colours[at + 1]} ${colours[at + 2]})`;
    pen.fillRect(left + x, y, 1.5, 8);
  }
  pen.font = `400 11px ${theme.font}`;
  pen.textBaseline = 'top';
  pen.fillStyle = theme.secondary;
  pen.textAlign = 'left';
  pen.fillText(ends ? ends[0] : `≤ ${similarity(domain.low)}`, left, y + 12);
  pen.textAlign = 'right';
  pen.fillText(ends ? ends[1] : `≥ ${similarity(domain.high)}`, left + width, y + 12);
  pen.textAlign = 'center';
  if (width >= 180 && !ends) pen.fillText(what, left + width / 2, y + 12);
  if (!hovered) return;
  const value = values[hovered.i * items.length + hovered.j]!;
  const share = (value - domain.low) / (domain.high - domain.low);
  const x = left + Math.max(0, Math.min(1, share)) * width;
  pen.fillStyle = theme.text;
  pen.beginPath();
  pen.moveTo(x, y - 1);
  pen.lineTo(x - 4, y - 7);
  pen.lineTo(x + 4, y - 7);
  pen.fill();
}
