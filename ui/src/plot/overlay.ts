/**
 * The thin layer above the points: marks, names, pictures and the line being drawn, on a 2-D canvas. Deliberately
 * absent: deciding what is shown where, and the shape of marks (`marks.ts`).
 */
import { BRUSH } from './lasso';
import { arrow, marksOf, ring, type Mark, type Marked, type Named, type Room, type Wide, type Words } from './marks';
import type { Place, PlotTheme } from './props';
import { drawThumb } from './thumbs';

/** Everything one frame shows, in CSS pixels. */
export interface Scene extends Room {
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
  marked: Marked;
  names: readonly Named[];
  /** Along axes. */
  values: readonly Words[];
  /** Of items. */
  texts: readonly Words[];
  hovered: Place | null;
  outline: readonly Place[];
  /** The way of a brush. */
  brushed: readonly Place[];
  /** From where to where an axis is being pulled; fewer than two places while it is not. */
  pulled: readonly Place[];
}

export class Overlay {
  private readonly pen: CanvasRenderingContext2D;
  private readonly widths = new Map<string, number>();
  /** Nothing is shown, and the canvas is out of the page. */
  private blank = false;

  constructor(readonly canvas: HTMLCanvasElement) {
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('A 2-D canvas could not be made.');
    this.pen = pen;
  }

  /** How wide words are in the font of a theme. */
  wide({ font }: PlotTheme): Wide {
    return (text, weight, size) => {
      const key = `${weight} ${size} ${font}\n${text}`;
      let width = this.widths.get(key);
      if (width === undefined) {
        this.pen.font = `${weight} ${size}px ${font}`;
        width = this.pen.measureText(text).width;
        if (this.widths.size > 2000) this.widths.clear();
        this.widths.set(key, width);
      }
      return width;
    };
  }

  /** Forgets measured widths: fonts have come in. */
  remeasure(): void {
    this.widths.clear();
  }

  draw(scene: Scene): void {
    const { pen } = this;
    const { theme, size } = scene;
    const marks = marksOf(scene.marked, scene.names, [...scene.values, ...scene.texts], scene);
    const lines = [scene.outline, scene.brushed, scene.pulled].some((line) => line.length > 1);
    this.show(marks.length > 0 || scene.pictures.length > 0 || scene.hovered !== null || lines);
    if (this.blank) return;
    pen.setTransform(scene.ratio, 0, 0, scene.ratio, 0, 0);
    pen.clearRect(0, 0, size.width, size.height);
    pen.lineJoin = 'round';
    for (const { image, at, frame, marked, faded } of scene.pictures) {
      pen.globalAlpha = faded && !marked ? 0.15 : 1;
      drawThumb(pen, image, at, scene.side, frame, marked ? 3 : 1.5);
    }
    pen.globalAlpha = 1;
    const put = (marks: readonly Mark[]) => marks.forEach((mark) => this.put(mark, theme));
    put(marks);
    if (scene.hovered) put(ring(scene.hovered, 8, 1.5, theme.text, theme));
    if (scene.outline.length > 1) this.outline(scene.outline, theme);
    if (scene.brushed.length > 1) this.brushed(scene.brushed, theme);
    const [from, to] = scene.pulled;
    if (from && to) put(arrow(from, to, theme.accent, theme));
  }

  /** Laid over the points, an empty canvas would cost the page as much as a full one. */
  private show(anything: boolean): void {
    if (this.blank !== anything) return;
    this.blank = !anything;
    this.canvas.style.display = anything ? 'block' : 'none';
  }

  private put(mark: Mark, theme: PlotTheme): void {
    const { pen } = this;
    if (mark.kind === 'words') {
      const { text, at, weight, size, colour } = mark;
      pen.font = `${weight} ${size}px ${theme.font}`;
      pen.textAlign = 'center';
      pen.textBaseline = 'middle';
      pen.lineWidth = 5;
      pen.globalAlpha = 0.9;
      pen.strokeStyle = theme.canvas;
      pen.strokeText(text, at.x, at.y);
      pen.globalAlpha = 1;
      pen.fillStyle = colour;
      pen.fillText(text, at.x, at.y);
      return;
    }
    pen.beginPath();
    if (mark.kind === 'disc') pen.arc(mark.at.x, mark.at.y, mark.radius, 0, 2 * Math.PI);
    else
      for (const way of mark.ways) {
        way.forEach(({ x, y }, i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
        if (mark.closed) pen.closePath();
      }
    pen.globalAlpha = mark.opacity ?? 1;
    pen.fillStyle = pen.strokeStyle = mark.colour;
    if (mark.width === undefined) pen.fill();
    else {
      pen.lineWidth = mark.width;
      pen.stroke();
    }
    pen.globalAlpha = 1;
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
