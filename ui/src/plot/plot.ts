/**
 * The map: a cloud of points one can look at, point at and draw around. This class joins the parts and decides when a
 * frame is drawn: only when something changed, with fewer points while much moves. Deliberately absent: fetching,
 * frameworks, and what an item is.
 *
 *     const plot = new Plot(element, props, { onHover, onPick });  // throws NoWebGL2
 *     plot.update({ selected });                                   // any part of the props; compared by identity
 *     plot.destroy();
 *
 * Two plots are linked by handing one's `onView` to the other's `setView`, and one's `onHover` to the other's `hovered`.
 */
import { budget } from './budget';
import { Camera } from './camera';
import { Cloud } from './cloud';
import { cursorOf } from './cursor';
import { crowdOf, type Crowd } from './density';
import { Finder } from './finder';
import { frames, type Drawn } from './frames';
import { Gestures, type Acts } from './gestures';
import { Drawing, rowsBrushed } from './lasso';
import { Overlay } from './overlay';
import type { Lasso, Place, PlotEvents, PlotProps, Sight, View } from './props';
import { Renderer } from './renderer';
import { Scenery, UNDER_WAY } from './scenery';
import { Stage } from './stage';
import { boundsOf, drag, fit, shift, toData, toScreen, zoom, type Bounds } from './view';

export { NoWebGL2 } from './stage';
export type * from './props';

/** One step of a running layout, a glide of the view, a change from map to map (ms). */
const STEP_MS = 160;
const MORPH_MS = 650;
/** After the last movement the rest of the points follow (ms). */
const REST_MS = 130;
const LONGEST_REST_MS = 600;
/** A fitted selection is not brought closer than this, compared with the whole map. */
const CLOSEST_FIT = 40;

export class Plot implements Drawn {
  private readonly stage: Stage;
  private readonly cloud = new Cloud();
  private readonly renderer: Renderer;
  private readonly camera = new Camera();
  private readonly finder = new Finder(this.camera);
  private readonly overlay: Overlay;
  private readonly scenery: Scenery;
  private readonly gestures: Gestures;
  private resting: ReturnType<typeof setTimeout> | null = null;
  /** What the next frame must draw: nothing, only what lies above the points, or all. */
  private wanted: 'nothing' | 'above' | 'all' = 'all';
  /** When the view last moved, and when it was last drawn. */
  private stirred = -Infinity;
  private painted = -Infinity;
  private shown = -1;
  private settling: ReturnType<typeof setTimeout> | undefined;
  /** Whether rows were near when the view last rested. */
  private near = false;
  /** Whether none was in sight. */
  private bare = false;

  private pointer: Place | null = null;
  private hovered: number | null = null;
  private drawing: Drawing | null = null;
  /** Where one looked at places that others took the stage from, unless at all of them. */
  private readonly lookedFrom = new WeakMap<Float32Array, View>();
  /** The user's own glide is told to `onView` while it lasts. */
  private telling = false;

  /** Letters come in when they are first drawn or read: a font, or another alphabet of it. */
  private readonly lettered = () => {
    this.overlay.remeasure();
    this.request();
  };

  private bounds: Bounds | null = null;
  private crowd: Crowd | null = null;

  constructor(
    host: HTMLElement,
    private props: PlotProps,
    private readonly events: PlotEvents = {},
  ) {
    this.stage = new Stage(host, () => this.resized());
    this.stage.add(this.cloud.points);
    this.renderer = new Renderer(this.stage, this.cloud, this.camera);
    this.overlay = new Overlay(this.stage.above);
    this.scenery = new Scenery(this.cloud, this.camera, this.finder, this.overlay, () => this.request('above'));
    this.gestures = new Gestures(host, this.acts());
    frames.join(this);
    this.camera.size = this.stage.size;
    this.place(false, 0);
    this.dress();
    this.request();
    document.fonts.addEventListener('loadingdone', this.lettered);
  }

  /** Changes some of the props. Arrays are compared by identity: hand over a new one when its content changed. */
  update(change: Partial<PlotProps>): void {
    const before = this.props;
    this.props = { ...before, ...change };
    const differs = (...keys: (keyof PlotProps)[]) => keys.some((key) => this.props[key] !== before[key]);
    let bare = false;
    if (differs('set', 'map', 'positions', 'dims')) {
      this.nearing();
      const fresh = differs('set');
      const other = fresh || differs('map', 'dims');
      if (fresh) this.hovered = null;
      if (other) this.leave(before.positions);
      bare = this.place(other, fresh ? 0 : other ? MORPH_MS : STEP_MS);
    } else if (differs('margins')) this.follow(STEP_MS);
    if (bare || differs('order', 'classes', 'palette', 'shapes', 'selected', 'theme', 'tool', 'title')) this.dress();
    this.scenery.forget(differs);
    const above = [
      'hovered',
      'pinned',
      'hub',
      'neighbours',
      'axes',
      'query',
      'arrows',
      'labels',
      'pictures',
      'texts',
    ] as const;
    const others = (Object.keys(change) as (keyof PlotProps)[]).filter((key) => !above.some((other) => other === key));
    if (differs(...others)) this.request();
    else if (differs(...above)) this.request('above');
  }

  /** Where one looks from now. */
  get view(): View {
    return this.camera.view;
  }

  /** What is on the stage now. */
  get sight(): Sight {
    return { props: this.props, view: this.camera.view, size: this.stage.size };
  }

  /** Looks from elsewhere at once, without telling `onView`. */
  setView(view: View): void {
    this.camera.following = false;
    this.telling = false;
    this.camera.jump(view);
    this.stir();
  }

  /** Brings the whole map into sight, or some rows; the whole map then stays in sight while it grows. */
  fit(rows?: ArrayLike<number>): void {
    const { positions, dims, margins } = this.props;
    if (!rows || rows.length === 0) {
      this.camera.following = true;
      if (this.camera.home) this.go(this.camera.home);
      return;
    }
    const bounds = boundsOf(positions, dims, rows);
    if (!bounds) return;
    const roomy = {
      top: margins.top + 60,
      right: margins.right + 60,
      bottom: margins.bottom + 60,
      left: margins.left + 60,
    };
    let view = fit(bounds, dims, this.stage.size, roomy, this.camera.view);
    const home = this.camera.home;
    if (view.kind === 'flat' && home?.kind === 'flat' && view.scale > home.scale * CLOSEST_FIT) {
      const middle = { x: (bounds.low[0] + bounds.high[0]) / 2, y: (bounds.low[1] + bounds.high[1]) / 2 };
      view = { kind: 'flat', ...middle, scale: home.scale * CLOSEST_FIT };
    }
    this.camera.following = false;
    this.go(view);
  }

  /** Zooms about the middle of the stage; above 1 is closer. */
  zoomBy(factor: number): void {
    const { width, height } = this.stage.size;
    this.zoomAt(factor, { x: width / 2, y: height / 2 }, STEP_MS);
  }

  /** Where a row is on the stage (CSS px), for cards beside it; null when it has no place or is behind the eye. */
  screenOf(row: number): Place | null {
    const { positions, dims } = this.props;
    const at = row * dims;
    if (row < 0 || at + dims > positions.length) return null;
    const z = dims === 3 ? positions[at + 2]! : 0;
    return toScreen(this.camera.matrix(), this.stage.size, positions[at]!, positions[at + 1]!, z);
  }

  destroy(): void {
    document.fonts.removeEventListener('loadingdone', this.lettered);
    frames.leave(this);
    if (this.resting !== null) clearTimeout(this.resting);
    clearTimeout(this.settling);
    this.gestures.destroy();
    this.scenery.destroy();
    this.cloud.destroy();
    this.stage.destroy();
  }

  /** Says whether the cloud must be dressed again. */
  private place(other: boolean, duration_ms: number): boolean {
    const { positions, dims } = this.props;
    const duration = this.props.reducedMotion ? 0 : duration_ms;
    this.bounds = boundsOf(positions, dims);
    this.crowd = crowdOf(positions, dims);
    if (this.crowd) this.cloud.crowd(this.crowd);
    this.finder.place(positions, dims);
    const bare = this.cloud.move(positions, dims, performance.now(), duration);
    const back = other ? this.lookedFrom.get(positions) : undefined;
    if (other || this.camera.home === null) this.camera.following = !back;
    // A fair sample at once is worth more than every point later.
    if (this.camera.home === null) this.stir();
    this.follow(this.camera.home === null ? 0 : duration);
    if (back) this.camera.glide(back, performance.now(), duration);
    return bare;
  }

  /** Other places take the stage: whoever comes back to these looks where one looked last. */
  private leave(positions: Float32Array): void {
    if (this.camera.following) this.lookedFrom.delete(positions);
    else this.lookedFrom.set(positions, this.camera.goal);
  }

  /** Learns where home is now, and goes there unless the user looks elsewhere. */
  private follow(duration_ms: number): void {
    if (!this.bounds) return;
    const { dims, margins, reducedMotion } = this.props;
    // As one will have turned once the view rests.
    this.camera.home = fit(this.bounds, dims, this.stage.size, margins, this.camera.goal);
    if (this.camera.following || this.camera.view.kind !== this.camera.home.kind) {
      this.telling = false;
      this.camera.glide(this.camera.home, performance.now(), reducedMotion ? 0 : duration_ms);
    }
  }

  private dress(): void {
    const { theme, title, tool } = this.props;
    this.cloud.dress(this.props);
    this.stage.dress(theme, title);
    this.stage.cursor = cursorOf(tool, theme.accent);
    this.gestures.tool = tool;
    if (tool === 'pointer') this.drawing = null;
  }

  private resized(): void {
    this.camera.size = this.stage.size;
    this.follow(0);
    this.finder.look();
    this.nearing();
    this.request();
  }

  private go(view: View): void {
    this.telling = true;
    this.camera.glide(view, performance.now(), this.props.reducedMotion ? 0 : STEP_MS);
    if (!this.camera.moving) this.tell();
    this.stir();
  }

  private zoomAt(factor: number, at: Place, duration_ms: number): void {
    if (!this.camera.home) return;
    this.camera.following = false;
    const to = zoom(this.camera.goal, this.stage.size, factor, at, this.camera.home);
    this.telling = true;
    this.camera.glide(to, performance.now(), this.props.reducedMotion ? 0 : duration_ms);
    if (!this.camera.moving) this.tell();
    this.stir();
  }

  private tell(): void {
    this.events.onView?.(this.camera.view);
  }

  private acts(): Acts {
    return {
      point: (at) => {
        this.pointer = at;
        this.request('nothing');
      },
      leave: () => {
        this.pointer = null;
        this.hover(null, { x: 0, y: 0 });
      },
      click: (at) => this.events.onPick?.(this.rowAt(at), at),
      doubleClick: (at) => this.events.onDoubleClick?.(this.rowAt(at), at),
      drag: (dx, dy, slide) => {
        this.camera.following = false;
        this.camera.jump(slide ? shift(this.camera.view, this.stage.size, dx, dy) : drag(this.camera.view, dx, dy));
        this.hover(null, { x: 0, y: 0 });
        this.pointer = null;
        this.tell();
        this.stir();
      },
      zoom: (factor, at) => this.zoomAt(factor, at, 90),
      fit: () => this.fit(),
      drawFrom: (at) => {
        if (this.props.tool !== 'pointer') this.drawing = new Drawing(at, this.props.tool);
        this.hover(null, at);
        this.pointer = null;
      },
      drawTo: (at) => {
        this.drawing?.to(at);
        this.request('above');
      },
      drawn: (mode) => this.enclose(mode),
      dropDrawing: () => {
        this.drawing = null;
        this.request('above');
      },
    };
  }

  private enclose(mode: Lasso['mode']): void {
    const { drawing } = this;
    const { size } = this.stage;
    this.drawing = null;
    this.request('above');
    if (!drawing) return;
    if (drawing.tool === 'brush') {
      const { positions, dims } = this.props;
      this.events.onBrush?.(rowsBrushed(drawing.line, size, this.camera.matrix(), positions, dims), mode);
    }
    if (drawing.tool === 'axis') {
      const [from, to] = [drawing.line[0], drawing.line[1]].map((at) => at && this.rowAt(at));
      if (from != null && to != null && from !== to) this.events.onAxis?.(from, to);
    }
    const outline = drawing.outline();
    if (outline.length < 3) return;
    const view = this.camera.view;
    const corner = ({ x, y }: Place): Place =>
      view.kind === 'flat'
        ? toData(view, size, { x, y })
        : { x: (x / size.width) * 2 - 1, y: 1 - (y / size.height) * 2 };
    const polygon = Float32Array.from(outline.flatMap((at) => [corner(at).x, corner(at).y]));
    this.events.onLasso?.({ polygon, matrix: view.kind === 'flat' ? null : this.camera.matrix(), mode });
  }

  /** The row that is meant by a pixel: a picture lies above points. */
  private rowAt(at: Place): number | null {
    return this.scenery.pictureAt(at) ?? this.finder.at(at);
  }

  private hover(row: number | null, at: Place): void {
    if (row === this.hovered) return;
    this.hovered = row;
    this.events.onHover?.(row, at);
    this.request('above');
  }

  /** Something moves: fewer points until it rests. */
  private stir(): void {
    this.stirred = performance.now();
    this.nearing();
    this.request();
  }

  /** Tells which rows are near, and whether none is in sight, once all stands still. */
  private nearing(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      if (this.camera.moving || this.cloud.moving) return this.nearing();
      const near = this.scenery.near(this.props);
      if (near.length || this.near) this.events.onNear?.(near);
      this.near = near.length > 0;
      // Whoever sees the whole map need not look.
      const bare = !this.camera.following && this.finder.bare;
      if (bare !== this.bare) this.events.onBare?.(bare);
      this.bare = bare;
    }, REST_MS);
  }

  /** Asks for a frame, and for as much of it as has changed. */
  private request(wanted: Plot['wanted'] = 'all'): void {
    if (wanted === 'all' || this.wanted === 'nothing') this.wanted = wanted;
    frames.ask(this);
  }

  /** For the frames of the window alone. */
  measure(): void {
    if (this.stage.measure()) this.resized();
  }

  /** For the frames of the window alone. */
  get busy(): boolean {
    return this.stage.busy;
  }

  /** For the frames of the window alone. */
  draw(now: number, free: boolean): void {
    const flows = this.camera.moving || this.cloud.moving;
    // The pointer is answered and the layer above is drawn whatever the card still does, as long as all stands still.
    if (!flows && this.wanted !== 'all') {
      this.point();
      if (this.wanted === 'above') this.paintAbove();
      this.wanted = 'nothing';
      if (budget.awaits) this.request('nothing');
      return;
    }
    if (!free) {
      this.request('nothing');
      return;
    }
    this.camera.tick(now);
    this.cloud.tick(now);
    if (this.telling) {
      this.tell();
      this.telling = this.camera.moving;
    }
    // Where frames take long, the last movement may be old and yet not be drawn.
    const moves = flows || this.stirred > this.painted || now - this.stirred < REST_MS;
    if (moves) this.finder.look();
    this.point();
    this.wanted = 'nothing';
    const points = moves ? budget.prefix(this.cloud.total) : this.cloud.total;
    this.painted = performance.now();
    const extent = { radius: this.bounds?.radius ?? 0, crowd: this.crowd };
    const byHand_ms = this.renderer.draw(points, this.props, extent);
    this.paintAbove();
    if (this.resting !== null) clearTimeout(this.resting);
    // A whole frame that takes long must not come between two movements of one drag.
    const rest_ms = Math.min(LONGEST_REST_MS, Math.max(REST_MS, budget.cost_ms(this.cloud.total)));
    this.resting = points < this.cloud.total ? setTimeout(() => this.request(), rest_ms) : null;
    if (moves) budget.drew(now, points, byHand_ms);
    // The next frame moves on, or at least tells how long this one took.
    if (moves) this.request(this.camera.moving || this.cloud.moving ? 'all' : 'nothing');
    if (points !== this.shown) {
      this.shown = points;
      this.events.onShown?.(points);
    }
  }

  private paintAbove(): void {
    const hovered = this.hovered ?? this.props.hovered;
    this.overlay.draw(this.scenery.compose(this.props, this.stage.ratio, hovered, this.drawing));
  }

  /** Learns what the pointer means now. */
  private point(): void {
    if (this.pointer && !this.drawing && !(this.cloud.moving && this.cloud.count > UNDER_WAY))
      this.hover(this.rowAt(this.pointer), this.pointer);
  }
}
