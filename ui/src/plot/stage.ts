/**
 * The canvases of a plot and the WebGL2 context of the lowest: made, sized to the device's pixels, brought back after
 * the context was lost. Deliberately absent: what is drawn.
 */
import { Scene, WebGLRenderer, Camera, type Object3D } from 'three';
import { sharpness } from '../sharpness';
import { words } from '../words';
import { pixelsOf, type Rule } from './grid';
import type { PlotTheme } from './props';
import type { Size } from './view';

/** This window cannot draw with WebGL2; the view shows the items as a table instead. */
export class NoWebGL2 extends Error {
  constructor() {
    super(words.components.stage.noWebGL2);
    this.name = 'NoWebGL2';
  }
}

/** Above this the eye sees no difference and the card only works more. */
const MOST_RATIO = 2.5;

export class Stage {
  readonly above: HTMLCanvasElement;
  /** For a picture of points that the processor draws; seen while it is what was drawn last. */
  readonly byHand: HTMLCanvasElement;
  size: Size = { width: 1, height: 1 };
  ratio = 1;
  private readonly below: HTMLCanvasElement;
  private readonly renderer: WebGLRenderer;
  private readonly context: WebGL2RenderingContext;
  private ground = '';
  /** Signalled when the card has drawn the last frame. */
  private fence: WebGLSync | null = null;
  private readonly scene = new Scene();
  /** three wants one; the points' own shader does without. */
  private readonly eye = new Camera();
  private readonly watch: ResizeObserver;
  private readonly off = new AbortController();

  /** `changed` is told when everything must be drawn again: another size, or a context that came back. */
  constructor(
    private readonly host: HTMLElement,
    private readonly changed: () => void,
  ) {
    this.below = document.createElement('canvas');
    const context = this.below.getContext('webgl2', {
      // What lies behind need not be mixed in.
      alpha: false,
      antialias: false,
      depth: true,
      stencil: false,
      premultipliedAlpha: true,
      powerPreference: 'high-performance',
    });
    if (!context) throw new NoWebGL2();
    this.context = context;
    this.renderer = new WebGLRenderer({ canvas: this.below, context });
    this.renderer.sortObjects = false;
    this.renderer.autoClear = false;
    const restored = () => {
      this.fence = null;
      this.changed();
    };
    this.below.addEventListener('webglcontextrestored', restored, { signal: this.off.signal });
    this.byHand = document.createElement('canvas');
    this.byHand.hidden = true;
    this.above = document.createElement('canvas');
    for (const canvas of [this.below, this.byHand, this.above]) {
      Object.assign(canvas.style, {
        position: 'absolute',
        inset: '0',
        width: '100%',
        height: '100%',
      });
      canvas.setAttribute('aria-hidden', 'true');
      host.append(canvas);
    }
    if (getComputedStyle(host).position === 'static') host.style.position = 'relative';
    host.style.touchAction = 'none';
    host.tabIndex = 0;
    host.setAttribute('role', 'application');
    this.watch = new ResizeObserver(() => {
      if (this.measure()) this.changed();
    });
    this.watch.observe(host);
    this.measure();
  }

  /** Fits the canvases to the host and the device's pixels; says whether anything changed. */
  measure(): boolean {
    const width = Math.max(1, this.host.clientWidth);
    const height = Math.max(1, this.host.clientHeight);
    const ratio = Math.min(MOST_RATIO, sharpness());
    if (width === this.size.width && height === this.size.height && ratio === this.ratio) return false;
    this.size = { width, height };
    this.ratio = ratio;
    this.renderer.setPixelRatio(ratio);
    this.renderer.setSize(width, height, false);
    for (const canvas of [this.byHand, this.above]) {
      canvas.width = Math.floor(width * ratio);
      canvas.height = Math.floor(height * ratio);
    }
    return true;
  }

  add(object: Object3D): void {
    this.scene.add(object);
  }

  dress(theme: PlotTheme, title: string): void {
    this.ground = theme.canvas;
    this.host.setAttribute('aria-label', title);
  }

  set cursor(value: string) {
    this.host.style.cursor = value;
  }

  /** Has the card draw, the lines of a grid below everything. */
  render(rules: readonly Rule[]): void {
    this.byHand.hidden = true;
    this.renderer.setClearColor(this.ground, 1);
    this.renderer.clear();
    rules.forEach((rule) => this.rule(rule));
    this.renderer.render(this.scene, this.eye);
    this.context.deleteSync(this.fence);
    this.fence = this.context.fenceSync(this.context.SYNC_GPU_COMMANDS_COMPLETE, 0);
    this.context.flush();
  }

  /** A stretch of the ground in another colour: it is wiped, not drawn, which costs next to nothing. */
  private rule(rule: Rule): void {
    const { renderer, ratio } = this;
    const { first, thick } = pixelsOf(rule, ratio);
    const { width, height } = this.below;
    const [x, y, w, h] = rule.upright ? [first, 0, thick, height] : [0, height - first - thick, width, thick];
    renderer.setScissor(x / ratio, y / ratio, w / ratio, h / ratio);
    renderer.setScissorTest(true);
    renderer.setClearColor(rule.colour, 1);
    renderer.clear(true, false, false);
    renderer.setScissorTest(false);
  }

  /** Waits for the card: only reading does. */
  finish(): void {
    const { context } = this;
    context.readPixels(0, 0, 1, 1, context.RGBA, context.UNSIGNED_BYTE, new Uint8Array(4));
  }

  /** Whether the last frame is still being drawn: another one now would only queue behind it. */
  get busy(): boolean {
    const { context, fence } = this;
    return fence !== null && context.getSyncParameter(fence, context.SYNC_STATUS) === context.UNSIGNALED;
  }

  destroy(): void {
    this.off.abort();
    this.watch.disconnect();
    this.renderer.dispose();
    // Browsers allow only so many live contexts: do not wait for the collector.
    this.renderer.forceContextLoss();
    for (const canvas of [this.below, this.byHand, this.above]) canvas.remove();
  }
}
