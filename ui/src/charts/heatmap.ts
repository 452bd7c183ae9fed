/**
 * The matrix of similarities as a picture: every pair a cell, groups in brackets, a legend beneath. One points at a
 * cell, or drags over a block to choose its items. Deliberately absent: ordering the items and fetching them.
 *
 *     const heatmap = new Heatmap(element, props, { onHover, onSelect });
 *     heatmap.update({ theme });   // any part of the props; compared by identity
 *     heatmap.destroy();
 */
import { diverging, sequential } from '../plot/palette';
import { domainOf, paintCells, type Domain } from './scale';
import { Surface, shorten } from './surface';
import type { ChartTheme } from './theme';

export type { ChartTheme } from './theme';

/** Cells from `start` on that belong together. */
export interface HeatmapGroup {
  label: string;
  start: number;
  count: number;
}

export interface HeatmapProps {
  /** The item of each row and column. */
  items: Uint32Array;
  /** `n × n` similarities, row-major, in the order of `items`. */
  values: Float32Array;
  groups: readonly HeatmapGroup[];
  /** An item marked in both directions: the one kept, or pointed at elsewhere. */
  marked: number | null;
  theme: ChartTheme;
  /** What a screen reader says the picture is. */
  title: string;
  /** Values are differences around 0: what both ends of the legend say. Null for similarities. */
  ends: readonly [string, string] | null;
}

export interface HeatmapEvents {
  /** Row and column under the pointer, its value, and where the pointer is (CSS px); null outside the cells. */
  onHover?(cell: { i: number; j: number; value: number; x: number; y: number } | null): void;
  /** The items of a dragged block, its rows and columns together; of one group when its name is clicked. */
  onSelect?(items: Uint32Array): void;
  /** A click on one cell. */
  onPick?(i: number, j: number): void;
}

interface Frame {
  left: number;
  top: number;
  side: number;
  /** Room for names left of the cells. */
  names: number;
}

interface Cell {
  i: number;
  j: number;
}

const NAMES = 148;
const LEGEND = 52;
const EDGE = 16;
const SLACK = 4;
/** Cells keep to whole pixels where the picture stays at least this large of what there is room for. */
const WHOLE = 0.9;

export class Heatmap {
  private readonly surface: Surface;
  private readonly off = new AbortController();
  private image: HTMLCanvasElement | null = null;
  private domain: Domain = { low: 0, high: 1 };
  private frame: Frame = { left: 0, top: 0, side: 0, names: 0 };
  private hovered: Cell | null = null;
  private dragged: { from: Cell; to: Cell; moved: boolean; x: number; y: number } | null = null;

  constructor(
    private readonly host: HTMLElement,
    private props: HeatmapProps,
    private readonly events: HeatmapEvents = {},
  ) {
    this.surface = new Surface(host, () => this.draw());
    const options = { signal: this.off.signal };
    const { canvas } = this.surface;
    canvas.addEventListener('pointerdown', (event) => this.press(event), options);
    canvas.addEventListener('pointermove', (event) => this.move(event), options);
    canvas.addEventListener('pointerup', (event) => this.release(event), options);
    canvas.addEventListener('pointercancel', () => this.dropDrag(), options);
    canvas.addEventListener('pointerleave', () => this.hover(null, 0, 0), options);
    canvas.style.touchAction = 'none';
    host.setAttribute('role', 'img');
    this.paint();
  }

  update(change: Partial<HeatmapProps>): void {
    const before = this.props;
    this.props = { ...before, ...change };
    if (this.props.values !== before.values || this.props.theme !== before.theme || this.props.ends !== before.ends)
      this.paint();
    if (this.props.items !== before.items) {
      this.hovered = null;
      this.dragged = null;
    }
    this.surface.request();
  }

  destroy(): void {
    this.off.abort();
    this.surface.destroy();
  }

  private get n(): number {
    return this.props.items.length;
  }

  /** One pixel for each cell, once; drawing only scales it. */
  private paint(): void {
    const { values, theme, title } = this.props;
    const { n } = this;
    this.host.setAttribute('aria-label', title);
    this.image = null;
    if (n === 0 || values.length < n * n) return;
    this.domain = domainOf(values, n);
    if (this.props.ends) {
      const most = Math.max(Math.abs(this.domain.low), Math.abs(this.domain.high));
      this.domain = { low: -most, high: most };
    }
    const image = document.createElement('canvas');
    image.width = n;
    image.height = n;
    const pen = image.getContext('2d')!;
    const data = pen.createImageData(n, n);
    paintCells(values.subarray(0, n * n), this.domain, this.colours(theme.dark), data.data);
    pen.putImageData(data, 0, 0);
    this.image = image;
  }

  private colours(dark: boolean): Uint8ClampedArray {
    return this.props.ends ? diverging(dark) : sequential(dark);
  }

  private layout(): Frame {
    const { width, height } = this.surface;
    const names = this.props.groups.length > 0 && width > 420 ? NAMES : 0;
    const room = Math.max(0, Math.min(width - names - 2 * EDGE, height - LEGEND - EDGE - 12));
    // Whole device pixels a cell where that costs little of the room: edges are sharpest so.
    const { ratio } = this.surface;
    const whole = this.n ? (Math.floor((room * ratio) / this.n) * this.n) / ratio : 0;
    const side = whole >= WHOLE * room ? whole : room;
    const left = names + EDGE + Math.max(0, (width - names - 2 * EDGE - side) / 2);
    return { left: Math.round(left * ratio) / ratio, top: EDGE, side, names };
  }

  private draw(): void {
    this.frame = this.layout();
    const { pen, ratio } = this.surface;
    const { left, top, side } = this.frame;
    if (!this.image || side <= 0) return;
    const cell = (side * ratio) / this.n;
    // Where cells share pixels they are mixed in them: none is dropped, and all are equally wide.
    pen.imageSmoothingEnabled = !Number.isInteger(cell);
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(enlarged(this.image, Number.isInteger(cell) ? 1 : Math.ceil(cell)), left, top, side, side);
    this.brackets();
    this.marks();
    this.legend();
  }

  private at(index: number): number {
    return (index * this.frame.side) / this.n;
  }

  private brackets(): void {
    const { pen, ratio } = this.surface;
    const { theme, groups } = this.props;
    const { left, top, side, names } = this.frame;
    pen.font = `400 11.5px ${theme.font}`;
    pen.textBaseline = 'middle';
    pen.textAlign = 'right';
    const marked = this.groupOf(this.dragged?.to.i ?? this.hovered?.i ?? -1);
    let free = -Infinity;
    groups.forEach((group, index) => {
      const [low, high] = [this.at(group.start), this.at(group.start + group.count)];
      if (group.start > 0) {
        const line = Math.round(low * ratio) / ratio;
        pen.fillStyle = theme.canvas;
        pen.fillRect(left, top + line - 0.5 / ratio, side, 1 / ratio);
        pen.fillRect(left + line - 0.5 / ratio, top, 1 / ratio, side);
      }
      pen.strokeStyle = index === marked ? theme.accent : theme.secondary;
      pen.globalAlpha = index === marked ? 1 : 0.55;
      pen.lineWidth = index === marked ? 2 : 1;
      const inset = Math.min(1.5, (high - low) / 4);
      pen.beginPath();
      pen.moveTo(left - 6, top + low + inset);
      pen.lineTo(left - 6, top + high - inset);
      pen.moveTo(left + low + inset, top + side + 6);
      pen.lineTo(left + high - inset, top + side + 6);
      pen.stroke();
      pen.globalAlpha = 1;
      const middle = top + (low + high) / 2;
      if (names && (middle - free >= 14 || index === marked) && (high - low >= 9 || index === marked)) {
        pen.fillStyle = index === marked ? theme.text : theme.secondary;
        pen.fillText(shorten(pen, group.label, names - 8), left - 13, middle);
        free = middle;
      }
    });
  }

  private marks(): void {
    const { pen } = this.surface;
    const { theme, items, marked } = this.props;
    const { left, top, side } = this.frame;
    const cell = side / this.n;
    const own = marked === null ? -1 : items.indexOf(marked);
    if (own >= 0) {
      pen.strokeStyle = theme.accent;
      pen.lineWidth = 1;
      const thick = Math.max(cell, 3);
      const middle = this.at(own) + cell / 2;
      pen.strokeRect(left - 1, top + middle - thick / 2, side + 2, thick);
      pen.strokeRect(left + middle - thick / 2, top - 1, thick, side + 2);
    }
    const block = this.dragged?.moved ? this.block() : null;
    if (block) {
      const [x, y] = [left + this.at(block.j0), top + this.at(block.i0)];
      const [width, height] = [this.at(block.j1 + 1 - block.j0), this.at(block.i1 + 1 - block.i0)];
      pen.lineWidth = 4;
      pen.strokeStyle = theme.canvas;
      pen.strokeRect(x, y, width, height);
      pen.lineWidth = 2;
      pen.strokeStyle = theme.accent;
      pen.strokeRect(x, y, width, height);
    } else if (this.hovered) {
      const { i, j } = this.hovered;
      const size = Math.max(cell, 5);
      const [x, y] = [left + this.at(j) + cell / 2 - size / 2, top + this.at(i) + cell / 2 - size / 2];
      pen.lineWidth = 3.5;
      pen.strokeStyle = theme.canvas;
      pen.strokeRect(x, y, size, size);
      pen.lineWidth = 1.5;
      pen.strokeStyle = theme.text;
      pen.strokeRect(x, y, size, size);
    }
  }

  private legend(): void {
    const { pen } = this.surface;
    const { theme, values } = this.props;
    const { left, top, side } = this.frame;
    const width = Math.min(220, side);
    const y = top + side + 22;
    const colours = this.colours(theme.dark);
    const { ends } = this.props;
    for (let x = 0; x < width; x++) {
      const at = Math.round((x / Math.max(1, width - 1)) * 255) * 3;
      pen.fillStyle = `rgb(${colours[at]} ${colours[at + 1]} ${colours[at + 2]})`;
      pen.fillRect(left + x, y, 1.5, 8);
    }
    pen.font = `400 11px ${theme.font}`;
    pen.textBaseline = 'top';
    pen.fillStyle = theme.secondary;
    pen.textAlign = 'left';
    pen.fillText(ends ? ends[0] : `≤ ${figure(this.domain.low)}`, left, y + 12);
    pen.textAlign = 'right';
    pen.fillText(ends ? ends[1] : `≥ ${figure(this.domain.high)}`, left + width, y + 12);
    pen.textAlign = 'center';
    if (width >= 180 && !ends) pen.fillText('similarity', left + width / 2, y + 12);
    if (!this.hovered) return;
    const value = values[this.hovered.i * this.n + this.hovered.j]!;
    const share = (value - this.domain.low) / (this.domain.high - this.domain.low);
    const x = left + Math.max(0, Math.min(1, share)) * width;
    pen.fillStyle = theme.text;
    pen.beginPath();
    pen.moveTo(x, y - 1);
    pen.lineTo(x - 4, y - 7);
    pen.lineTo(x + 4, y - 7);
    pen.fill();
  }

  private groupOf(index: number): number {
    return this.props.groups.findIndex(({ start, count }) => index >= start && index < start + count);
  }

  /** The cell at a pixel; with `clamp` the nearest one. */
  private cellAt(x: number, y: number, clamp = false): Cell | null {
    const { left, top, side } = this.frame;
    if (this.n === 0 || side <= 0) return null;
    let j = Math.floor(((x - left) / side) * this.n);
    let i = Math.floor(((y - top) / side) * this.n);
    if (clamp) {
      i = Math.max(0, Math.min(this.n - 1, i));
      j = Math.max(0, Math.min(this.n - 1, j));
    }
    return i >= 0 && j >= 0 && i < this.n && j < this.n ? { i, j } : null;
  }

  /** The group whose name or bracket is at a pixel. */
  private nameAt(x: number, y: number): HeatmapGroup | null {
    const { left, top, side, names } = this.frame;
    if (x < left - names || x >= left || y < top || y >= top + side) return null;
    return this.props.groups[this.groupOf(Math.floor(((y - top) / side) * this.n))] ?? null;
  }

  private hover(cell: Cell | null, x: number, y: number): void {
    const same = cell?.i === this.hovered?.i && cell?.j === this.hovered?.j;
    this.hovered = cell;
    if (same) return;
    this.surface.request();
    this.events.onHover?.(cell && { ...cell, value: this.props.values[cell.i * this.n + cell.j]!, x, y });
  }

  private press(event: PointerEvent): void {
    if (event.button !== 0) return;
    const { x, y } = this.surface.place(event);
    const cell = this.cellAt(x, y);
    const group = this.nameAt(x, y);
    if (group) this.events.onSelect?.(this.props.items.slice(group.start, group.start + group.count));
    if (!cell) return;
    this.surface.canvas.setPointerCapture(event.pointerId);
    this.dragged = { from: cell, to: cell, moved: false, x, y };
  }

  private move(event: PointerEvent): void {
    const { x, y } = this.surface.place(event);
    const cell = this.cellAt(x, y, this.dragged !== null);
    if (this.dragged && cell) {
      this.dragged.to = cell;
      this.dragged.moved ||= Math.hypot(x - this.dragged.x, y - this.dragged.y) >= SLACK;
      this.surface.request();
    }
    this.surface.canvas.style.cursor = cell ? 'crosshair' : this.nameAt(x, y) ? 'pointer' : 'default';
    this.hover(cell, x, y);
  }

  private release(event: PointerEvent): void {
    const { dragged } = this;
    if (!dragged || event.button !== 0) return;
    const block = this.block();
    this.dropDrag();
    if (!dragged.moved) this.events.onPick?.(dragged.from.i, dragged.from.j);
    else if (block) {
      const { items } = this.props;
      const chosen = new Set(items.slice(block.i0, block.i1 + 1));
      for (const item of items.slice(block.j0, block.j1 + 1)) chosen.add(item);
      this.events.onSelect?.(Uint32Array.from(chosen));
    }
  }

  private dropDrag(): void {
    this.dragged = null;
    this.surface.request();
  }

  private block(): { i0: number; i1: number; j0: number; j1: number } | null {
    if (!this.dragged) return null;
    const { from, to } = this.dragged;
    return {
      i0: Math.min(from.i, to.i),
      i1: Math.max(from.i, to.i),
      j0: Math.min(from.j, to.j),
      j1: Math.max(from.j, to.j),
    };
  }
}

/** Two decimals, with a true minus sign. */
function figure(value: number): string {
  return value.toFixed(2).replace('-', '−');
}

/** Every pixel as a square of so many. */
function enlarged(image: HTMLCanvasElement, times: number): HTMLCanvasElement {
  if (times <= 1) return image;
  const larger = document.createElement('canvas');
  larger.width = image.width * times;
  larger.height = image.height * times;
  const pen = larger.getContext('2d')!;
  pen.imageSmoothingEnabled = false;
  pen.drawImage(image, 0, 0, larger.width, larger.height);
  return larger;
}
