/**
 * Pictures standing in for points where there is room: choosing which, fetching them through the page, drawing them.
 * Deliberately absent: where pictures come from; an address is handed in.
 */
import type { Box } from './labels';
import { around, overlap } from './marks';
import type { Place } from './props';

/** With more pictures than this in sight, a few stand for all. */
export const MOST_IN_SIGHT = 400;
const KEPT = 600;
const SMALLEST = 28;
const LARGEST = 84;

/** A picture that wants to be seen: its row, its place, and its turn (lower first). */
export interface Spot {
  row: number;
  at: Place;
  turn: number;
}

/** The side of a picture (px) when so many share a stage. */
export function thumbSide(count: number, area: number): number {
  return Math.round(Math.min(LARGEST, Math.max(SMALLEST, 0.5 * Math.sqrt(area / Math.max(1, count)))));
}

/** Those that find room without lying on one another or on what is `blocked`, in turn. */
export function chooseThumbs(spots: readonly Spot[], side: number, blocked: readonly Box[] = []): Spot[] {
  const chosen: Spot[] = [];
  const cells = new Map<string, Spot[]>();
  const gap = side + 3;
  for (const spot of [...spots].sort((a, b) => a.turn - b.turn || a.row - b.row)) {
    const [i, j] = [Math.floor(spot.at.x / gap), Math.floor(spot.at.y / gap)];
    let free = true;
    for (let di = -1; di <= 1 && free; di++) {
      for (let dj = -1; dj <= 1 && free; dj++) {
        free = !cells
          .get(`${i + di},${j + dj}`)
          ?.some(({ at }) => Math.abs(at.x - spot.at.x) < gap && Math.abs(at.y - spot.at.y) < gap);
      }
    }
    if (!free || blocked.some((box) => overlap(box, around(spot.at, side / 2)))) continue;
    const cell = cells.get(`${i},${j}`);
    if (cell) cell.push(spot);
    else cells.set(`${i},${j}`, [spot]);
    chosen.push(spot);
  }
  return chosen;
}

/** Pictures by address, the most recently seen kept. */
export class Thumbs {
  private readonly images = new Map<string, HTMLImageElement>();

  /** `loaded` is told when another picture can be drawn. */
  constructor(private readonly loaded: () => void) {}

  /** The picture, once it is here; asking for it fetches it. */
  get(url: string): HTMLImageElement | null {
    let image = this.images.get(url);
    if (image) this.images.delete(url);
    else {
      image = new Image();
      image.decoding = 'async';
      image.onload = () => this.loaded();
      image.src = url;
    }
    this.images.set(url, image);
    if (this.images.size > KEPT) {
      const [oldest] = this.images.keys();
      this.forget(oldest!);
    }
    return image.complete && image.naturalWidth > 0 ? image : null;
  }

  private forget(url: string): void {
    const image = this.images.get(url);
    if (image && !image.complete) image.src = '';
    if (image) image.onload = null;
    this.images.delete(url);
  }

  destroy(): void {
    for (const url of [...this.images.keys()]) this.forget(url);
  }
}

/** Draws a picture around its place, its sides kept in proportion, with a frame in its point's colour. */
export function drawThumb(
  pen: CanvasRenderingContext2D,
  image: HTMLImageElement,
  at: Place,
  side: number,
  frame: string,
  width_px: number,
): void {
  const shrink = side / Math.max(image.naturalWidth, image.naturalHeight);
  const width = Math.max(8, image.naturalWidth * shrink);
  const height = Math.max(8, image.naturalHeight * shrink);
  const left = Math.round(at.x - width / 2);
  const top = Math.round(at.y - height / 2);
  pen.save();
  pen.beginPath();
  pen.roundRect(left, top, width, height, 4);
  pen.clip();
  // Otherwise fine lines of a picture much larger than this fall between its pixels.
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(image, left, top, width, height);
  pen.restore();
  pen.beginPath();
  pen.roundRect(left, top, width, height, 4);
  pen.lineWidth = width_px;
  pen.strokeStyle = frame;
  pen.stroke();
}
