/**
 * A canvas that fills its host at the device's pixels and draws once a frame when asked. Deliberately absent: what is
 * drawn.
 */
import { sharpness } from '../sharpness';

export class Surface {
  readonly canvas = document.createElement('canvas');
  readonly pen: CanvasRenderingContext2D;
  /** CSS pixels. */
  width = 0;
  height = 0;
  /** Device pixels for one CSS pixel. */
  ratio = 1;
  private frame: number | null = null;
  private gone = false;
  private readonly watch: ResizeObserver;
  /** Letters come in when they are first drawn or read. */
  private readonly lettered = () => this.request();

  constructor(
    private readonly host: HTMLElement,
    private readonly draw: () => void,
  ) {
    const pen = this.canvas.getContext('2d');
    if (!pen) throw new Error('A 2-D canvas could not be made.');
    this.pen = pen;
    if (getComputedStyle(host).position === 'static') host.style.position = 'relative';
    Object.assign(this.canvas.style, {
      position: 'absolute',
      inset: '0',
      width: '100%',
      height: '100%',
      display: 'block',
    });
    this.canvas.setAttribute('aria-hidden', 'true');
    host.append(this.canvas);
    this.watch = new ResizeObserver(() => this.request());
    this.watch.observe(host);
    document.fonts.addEventListener('loadingdone', this.lettered);
    this.request();
  }

  request(): void {
    if (this.gone) return;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.fit();
      this.pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
      this.pen.clearRect(0, 0, this.width, this.height);
      this.draw();
    });
  }

  private fit(): void {
    this.width = this.host.clientWidth;
    this.height = this.host.clientHeight;
    this.ratio = sharpness();
    const [across, down] = [Math.round(this.width * this.ratio), Math.round(this.height * this.ratio)];
    if (this.canvas.width !== across) this.canvas.width = across;
    if (this.canvas.height !== down) this.canvas.height = down;
  }

  /** Where an event happened, in CSS pixels of the canvas. */
  place(event: MouseEvent): { x: number; y: number } {
    const box = this.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  destroy(): void {
    this.gone = true;
    document.fonts.removeEventListener('loadingdone', this.lettered);
    if (this.frame !== null) cancelAnimationFrame(this.frame);
    this.watch.disconnect();
    this.canvas.remove();
  }
}

/** The text, cut with an ellipsis so that it is no wider than `width`; empty when not even that fits. */
export function shorten(pen: CanvasRenderingContext2D, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text;
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (pen.measureText(text.slice(0, middle).trimEnd() + '…').width <= width) low = middle;
    else high = middle - 1;
  }
  return low > 0 ? text.slice(0, low).trimEnd() + '…' : '';
}
