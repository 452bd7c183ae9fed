/**
 * The thin layer above the points: rings, hairlines, names, pictures and the line being drawn, on a 2-D canvas.
 * Deliberately absent: deciding what is shown where.
 */
import { BRUSH } from './lasso';
import type { Margins, Place, PlotLabel, PlotTheme } from './props';
import { drawThumb } from './thumbs';
import type { Size } from './view';

/** Everything one frame shows, in CSS pixels. */
export interface Scene {
  theme: PlotTheme;
  size: Size;
  ratio: number;
  pictures: readonly {
    row: number;
    image: HTMLImageElement;
    at: Place;
    /** The colour around it. */
    frame: string;
    /** Under the pointer, or kept. */
    marked: boolean;
    faded: boolean;
  }[];
  /** The side of a picture. */
  side: number;
  names: readonly { label: PlotLabel; at: Place }[];
  hovered: Place | null;
  pinned: Place | null;
  /** Where the hairlines to the neighbours begin. */
  joined: Place | null;
  neighbours: readonly Place[];
  /** What covers the edges of the stage. */
  margins: Margins;
  axes: readonly { from: Place; to: Place; names: readonly [string, string] }[];
  query: Place | null;
  /** The words of the query. */
  question: string;
  hits: readonly Place[];
  /** From one meaning to another. */
  arrows: readonly { from: Place; to: Place; names: readonly [string, string] }[];
  outline: readonly Place[];
  /** The way of a brush. */
  brushed: readonly Place[];
  /** From where to where an axis is being pulled; fewer than two places while it is not. */
  pulled: readonly Place[];
}

const NAME_PX = 13;
const NOTE_PX = 11.5;
const LINE = 15;
/** How much of the margins names of axes keep free. */
const HELD = 0.65;
/** The head of an arrow (px). */
const HEAD = 9;
/** Letters of a question that stand on the map. */
const MOST_LETTERS = 40;

export class Overlay {
  private readonly pen: CanvasRenderingContext2D;
  private readonly widths = new Map<string, number>();

  constructor(readonly canvas: HTMLCanvasElement) {
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('A 2-D canvas could not be made.');
    this.pen = pen;
  }

  /** The room a name takes. */
  measure(label: PlotLabel, theme: PlotTheme): Size {
    const width = Math.max(
      this.width(label.text, nameFont(theme)),
      label.note ? this.width(label.note, noteFont(theme)) : 0,
    );
    return { width, height: label.note ? 2 * LINE : LINE };
  }

  private width(text: string, font: string): number {
    const key = `${font}\n${text}`;
    let width = this.widths.get(key);
    if (width === undefined) {
      this.pen.font = font;
      width = this.pen.measureText(text).width;
      if (this.widths.size > 2000) this.widths.clear();
      this.widths.set(key, width);
    }
    return width;
  }

  /** Forgets measured widths: fonts have come in. */
  remeasure(): void {
    this.widths.clear();
  }

  draw(scene: Scene): void {
    const { pen } = this;
    const { theme, size } = scene;
    pen.setTransform(scene.ratio, 0, 0, scene.ratio, 0, 0);
    pen.clearRect(0, 0, size.width, size.height);
    pen.lineJoin = 'round';
    for (const { image, at, frame, marked, faded } of scene.pictures) {
      pen.globalAlpha = faded && !marked ? 0.15 : 1;
      drawThumb(pen, image, at, scene.side, frame, marked ? 3 : 1.5);
    }
    pen.globalAlpha = 1;
    for (const axis of scene.axes) this.axis(axis, scene);
    if (scene.joined) this.hairlines(scene.joined, scene.neighbours, theme.accent, theme);
    if (scene.query) this.hairlines(scene.query, scene.hits, theme.query, theme);
    for (const at of scene.hits) this.ring(at, 5.5, 1.5, theme.query, theme.canvas);
    for (const { label, at } of scene.names) this.name(label, at, theme);
    for (const { from, to, names } of scene.arrows) {
      this.arrow(from, to, theme.query, theme);
      for (const [at, name] of [[from, names[0]] as const, [to, names[1]] as const])
        if (name !== scene.question) this.haloed(name, at.x, at.y - LINE, nameFont(theme), theme.query, theme.canvas);
    }
    if (scene.query) this.question(scene.query, scene.question, theme);
    if (scene.pinned) this.ring(scene.pinned, 8, 2.25, theme.accent, theme.canvas);
    if (scene.hovered) this.ring(scene.hovered, 8, 1.5, theme.text, theme.canvas);
    if (scene.outline.length > 1) this.outline(scene.outline, theme);
    if (scene.brushed.length > 1) this.brushed(scene.brushed, theme);
    const [from, to] = scene.pulled;
    if (from && to) this.arrow(from, to, theme.accent, theme);
  }

  /** A line with a head, which keeps off what it points at. */
  private arrow(from: Place, to: Place, colour: string, theme: PlotTheme): void {
    const { pen } = this;
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    if (length < 2 * HEAD) return;
    const [ux, uy] = [(to.x - from.x) / length, (to.y - from.y) / length];
    const tip = { x: to.x - ux * HEAD, y: to.y - uy * HEAD };
    const wing = (side: number) => ({
      x: tip.x - ux * HEAD - side * uy * HEAD * 0.5,
      y: tip.y - uy * HEAD + side * ux * HEAD * 0.5,
    });
    const [left, right] = [wing(1), wing(-1)];
    for (const [width, style] of [
      [5, theme.canvas],
      [2, colour],
    ] as const) {
      pen.lineWidth = width;
      pen.strokeStyle = pen.fillStyle = style;
      pen.beginPath();
      pen.moveTo(from.x, from.y);
      pen.lineTo(tip.x - ux * HEAD, tip.y - uy * HEAD);
      pen.stroke();
      pen.beginPath();
      pen.moveTo(tip.x, tip.y);
      pen.lineTo(left.x, left.y);
      pen.lineTo(right.x, right.y);
      pen.closePath();
      if (style === theme.canvas) pen.stroke();
      else pen.fill();
    }
  }

  private brushed(line: readonly Place[], theme: PlotTheme): void {
    const { pen } = this;
    pen.globalAlpha = 0.2;
    pen.lineCap = pen.lineJoin = 'round';
    pen.lineWidth = 2 * BRUSH;
    pen.strokeStyle = theme.accent;
    pen.beginPath();
    line.forEach(({ x, y }, i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.stroke();
    pen.globalAlpha = 1;
    pen.lineCap = 'butt';
  }

  private hairlines(from: Place, to: readonly Place[], colour: string, theme: PlotTheme): void {
    const { pen } = this;
    for (const [width, style, alpha] of [
      [3, theme.canvas, 0.5],
      [1, colour, 0.75],
    ] as const) {
      pen.globalAlpha = alpha;
      pen.strokeStyle = style;
      pen.lineWidth = width;
      pen.beginPath();
      for (const end of to) {
        pen.moveTo(from.x, from.y);
        pen.lineTo(end.x, end.y);
      }
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  private axis({ from, to, names }: Scene['axes'][number], { theme, size, margins }: Scene): void {
    const { pen } = this;
    pen.strokeStyle = theme.secondary;
    pen.globalAlpha = 0.5;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(from.x, from.y);
    pen.lineTo(to.x, to.y);
    pen.stroke();
    pen.globalAlpha = 1;
    const upright = Math.abs(to.y - from.y) > Math.abs(to.x - from.x);
    // Between two meanings it points from one to the other; what a component is called stands at its end alone.
    if (names[0]) this.arrow(from, to, theme.accent, theme);
    ([from, to] as const).forEach((end, i) => {
      if (!names[i]) return;
      pen.fillStyle = theme.accent;
      pen.beginPath();
      pen.arc(end.x, end.y, 3.5, 0, 2 * Math.PI);
      pen.fill();
      // Names stay in sight when their end is not.
      const half = this.width(names[i]!, nameFont(theme)) / 2 + 8;
      const x = Math.max(half, Math.min(size.width - half, end.x));
      const lift = upright ? (i === 0 ? LINE : -LINE) : LINE;
      const y = Math.max(margins.top * HELD, Math.min(size.height - margins.bottom * HELD, end.y + lift));
      this.haloed(names[i]!, x, y, nameFont(theme), theme.accent, theme.canvas);
    });
  }

  private ring(at: Place, radius: number, width: number, colour: string, halo: string): void {
    const { pen } = this;
    pen.beginPath();
    pen.arc(at.x, at.y, radius, 0, 2 * Math.PI);
    pen.lineWidth = width + 2;
    pen.strokeStyle = halo;
    pen.stroke();
    pen.lineWidth = width;
    pen.strokeStyle = colour;
    pen.stroke();
  }

  private question(at: Place, words: string, theme: PlotTheme): void {
    const { pen } = this;
    pen.fillStyle = theme.query;
    pen.globalAlpha = 0.18;
    pen.beginPath();
    pen.arc(at.x, at.y, 13, 0, 2 * Math.PI);
    pen.fill();
    pen.globalAlpha = 1;
    pen.beginPath();
    pen.arc(at.x, at.y, 5.5, 0, 2 * Math.PI);
    pen.lineWidth = 3;
    pen.strokeStyle = theme.canvas;
    pen.stroke();
    pen.fill();
    const short = words.length > MOST_LETTERS ? `${words.slice(0, MOST_LETTERS).trimEnd()}…` : words;
    if (short) this.haloed(short, at.x, at.y - 13 - LINE / 2, nameFont(theme), theme.query, theme.canvas);
  }

  private name(label: PlotLabel, at: Place, theme: PlotTheme): void {
    const lift = label.note ? LINE / 2 : 0;
    this.haloed(label.text, at.x, at.y - lift, nameFont(theme), theme.text, theme.canvas);
    if (label.note) this.haloed(label.note, at.x, at.y + lift, noteFont(theme), theme.secondary, theme.canvas);
  }

  private haloed(text: string, x: number, y: number, font: string, colour: string, halo: string): void {
    const { pen } = this;
    pen.font = font;
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.lineWidth = 5;
    pen.globalAlpha = 0.9;
    pen.strokeStyle = halo;
    pen.strokeText(text, x, y);
    pen.globalAlpha = 1;
    pen.fillStyle = colour;
    pen.fillText(text, x, y);
  }

  private outline(corners: readonly Place[], theme: PlotTheme): void {
    const { pen } = this;
    pen.beginPath();
    corners.forEach(({ x, y }, i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.closePath();
    pen.globalAlpha = 0.1;
    pen.fillStyle = theme.accent;
    pen.fill('evenodd');
    pen.globalAlpha = 1;
    pen.lineWidth = 1.5;
    pen.strokeStyle = theme.accent;
    pen.stroke();
  }
}

function nameFont(theme: PlotTheme): string {
  return `600 ${NAME_PX}px ${theme.font}`;
}

function noteFont(theme: PlotTheme): string {
  return `400 ${NOTE_PX}px ${theme.font}`;
}
