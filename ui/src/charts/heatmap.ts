/**
 * The matrix of similarities as a picture one can go closer to: every pair a cell, groups in brackets, a legend beneath.
 * One points at a cell, or drags over a block to choose its items, by hand or by keys. Deliberately absent: ordering the items and fetching
 * them; drawing (`drawing.ts`) and the arithmetic of what is in sight (`sight.ts`).
 *
 *     const heatmap = new Heatmap(element, props, { onHover, onSelect });
 *     heatmap.update({ theme });   // any part of the props; compared by identity
 *     heatmap.destroy();
 */
import { closerBy, turned } from '../plot/wheel';
import { draw, frameOf, groupOf, imageOf } from './drawing';
import type { Frame, HeatmapEvents, HeatmapGroup, HeatmapProps } from './props';
import { domainOf, type Domain } from './scale';
import {
  cellAt,
  itemsOf,
  middleOf,
  moved,
  nextTo,
  showing,
  whole,
  zoomed,
  type Block,
  type Cell,
  type Sight,
} from './sight';
import { Surface } from './surface';

/** A press that moved less than this is a click (px). */
const SLACK = 4;
/** One step of a button or a key. */
const STEP = 1.5;
/** Where arrow keys lead: down and to the right. */
const WAYS: Record<string, readonly [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

export class Heatmap {
  private readonly surface: Surface;
  private readonly off = new AbortController();
  private image: HTMLCanvasElement | null = null;
  private domain: Domain = { low: 0, high: 1 };
  private frame: Frame = { left: 0, top: 0, side: 0, names: 0 };
  private sight: Sight;
  /** What was told last. */
  private told: { sight: Sight; frame: Frame } | null = null;
  /** Where the pointer is over the picture. */
  private pointer: { x: number; y: number } | null = null;
  private hovered: Cell | null = null;
  /** The cell was come to by keys: it stays when the pointer goes. */
  private keyed = false;
  private pressed: { cell: Cell; x: number; y: number } | null = null;
  private block: Block | null = null;

  constructor(
    private readonly host: HTMLElement,
    private props: HeatmapProps,
    private readonly events: HeatmapEvents = {},
  ) {
    this.sight = whole(this.n);
    this.surface = new Surface(host, () => this.draw());
    const options = { signal: this.off.signal };
    const { canvas } = this.surface;
    canvas.addEventListener('pointerdown', (event) => this.press(event), options);
    canvas.addEventListener('pointermove', (event) => this.move(event), options);
    canvas.addEventListener('pointerup', (event) => this.release(event), options);
    canvas.addEventListener('pointercancel', () => this.drop(), options);
    canvas.addEventListener('pointerleave', () => this.leave(), options);
    canvas.addEventListener('dblclick', () => this.fit(), options);
    canvas.addEventListener('wheel', (event) => this.wheel(event), { ...options, passive: false });
    canvas.style.touchAction = 'none';
    host.addEventListener('keydown', (event) => this.key(event), options);
    host.tabIndex = 0;
    host.setAttribute('role', 'application');
    this.paint();
  }

  update(change: Partial<HeatmapProps>): void {
    const before = this.props;
    this.props = { ...before, ...change };
    if (this.props.values !== before.values || this.props.theme !== before.theme || this.props.ends !== before.ends)
      this.paint();
    if (this.props.items !== before.items) {
      this.sight = whole(this.n);
      this.pressed = this.block = null;
      this.hover(null);
    }
    this.surface.request();
  }

  destroy(): void {
    this.off.abort();
    this.surface.destroy();
  }

  fit(): void {
    this.look(whole(this.n));
  }

  /** A step closer, about the cell that keys led to or else the middle; -1 for a step back. */
  step(steps: number): void {
    const about = this.keyed && this.hovered ? middleOf(this.sight, this.hovered) : [];
    this.look(zoomed(this.sight, this.n, STEP ** steps, ...about));
  }

  private get n(): number {
    return this.props.items.length;
  }

  private paint(): void {
    const { values, title, ends } = this.props;
    const { n } = this;
    this.host.setAttribute('aria-label', title);
    this.image = null;
    if (n === 0 || values.length < n * n) return;
    this.domain = domainOf(values, n);
    if (ends) {
      const most = Math.max(Math.abs(this.domain.low), Math.abs(this.domain.high));
      this.domain = { low: -most, high: most };
    }
    this.image = imageOf(this.props, n, this.domain);
  }

  private draw(): void {
    const { surface, props, image, domain, sight, hovered, block } = this;
    const { pen, ratio, width, height } = surface;
    const frame = (this.frame = frameOf(width, height, ratio, this.n, props.groups.length > 0));
    if (!image || frame.side <= 0) return;
    draw({ pen, ratio, props, image, domain, frame, sight, hovered, block });
    if (sight === this.told?.sight && frame.left === this.told.frame.left && frame.side === this.told.frame.side)
      return;
    this.told = { sight, frame };
    this.events.onSight?.(sight, frame);
  }

  private look(sight: Sight): void {
    this.sight = sight;
    if (this.pointer) this.hover(this.at(this.pointer));
    this.surface.request();
  }

  /** Shares of the picture, which are beyond 0 and 1 outside of it. */
  private shares({ x, y }: { x: number; y: number }): [number, number] {
    const { left, top, side } = this.frame;
    return [(x - left) / side, (y - top) / side];
  }

  private at(place: { x: number; y: number }): Cell | null {
    if (this.n === 0 || this.frame.side <= 0) return null;
    const [x, y] = this.shares(place);
    return x >= 0 && x < 1 && y >= 0 && y < 1 ? cellAt(this.sight, x, y) : null;
  }

  /** The group whose name or bracket is at a place. */
  private nameAt({ x, y }: { x: number; y: number }): HeatmapGroup | null {
    const { left, top, side, names } = this.frame;
    if (x < left - names || x >= left || y < top || y >= top + side) return null;
    const { i } = cellAt(this.sight, 0, this.shares({ x, y })[1]);
    return this.props.groups[groupOf(this.props.groups, i)] ?? null;
  }

  private hover(cell: Cell | null, keyed = false): void {
    this.keyed = keyed;
    const same = cell?.i === this.hovered?.i && cell?.j === this.hovered?.j;
    this.hovered = cell;
    if (same) return;
    this.surface.request();
    this.events.onHover?.(cell);
  }

  private press(event: PointerEvent): void {
    if (event.button !== 0) return;
    const place = this.surface.place(event);
    const cell = this.at(place);
    const group = this.nameAt(place);
    if (group) this.events.onSelect?.(this.props.items.slice(group.start, group.start + group.count));
    this.drop();
    if (!cell) return;
    this.surface.canvas.setPointerCapture(event.pointerId);
    this.pressed = { cell, ...place };
  }

  private move(event: PointerEvent): void {
    const place = this.surface.place(event);
    const { pressed } = this;
    this.pointer = place;
    if (pressed) {
      const to = cellAt(this.sight, ...this.shares(place));
      const left = to.i !== pressed.cell.i || to.j !== pressed.cell.j;
      // From nearby a cell is large: a hand that trembles does not leave it.
      if (this.block || (left && Math.hypot(place.x - pressed.x, place.y - pressed.y) >= SLACK)) {
        this.block = { from: pressed.cell, to };
        this.surface.request();
      }
      this.hover(to);
      return;
    }
    const cell = this.at(place);
    this.surface.canvas.style.cursor = cell ? 'crosshair' : this.nameAt(place) ? 'pointer' : 'default';
    this.hover(cell);
  }

  private release(event: PointerEvent): void {
    const { pressed, block } = this;
    if (!pressed || event.button !== 0) return;
    this.drop();
    if (block) this.events.onSelect?.(itemsOf(block, this.props.items));
    else this.events.onPick?.(pressed.cell.i, pressed.cell.j);
  }

  private drop(): void {
    this.pressed = this.block = null;
    this.surface.request();
  }

  private leave(): void {
    this.pointer = null;
    if (!this.keyed) this.hover(null);
  }

  private key(event: KeyboardEvent): void {
    if (!this.image || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = WAYS[event.key];
    const acts: Record<string, () => void> = {
      Enter: () => this.enter(),
      '+': () => this.step(1),
      '=': () => this.step(1),
      '-': () => this.step(-1),
      '0': () => this.fit(),
      Home: () => this.fit(),
    };
    if (way) this.walk(way, event.shiftKey);
    else if (event.key === 'Escape' && this.block) this.drop();
    else if (acts[event.key]) acts[event.key]!();
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (way) this.events.onWalk?.(this.block);
    else if (event.key !== 'Enter') this.events.onZoom?.();
  }

  /** To the cell beside, which is brought into sight; at first to the one in the upper left corner. */
  private walk([down, across]: readonly [number, number], stretches: boolean): void {
    const from = this.block?.to ?? this.hovered;
    const to = from ? nextTo(from, down, across, this.n) : cellAt(this.sight, 0, 0);
    this.pressed = null;
    this.block = stretches ? { from: this.block?.from ?? from ?? to, to } : null;
    // What lies under a pointer that rests is not what is meant now.
    this.pointer = null;
    this.look(showing(this.sight, this.n, to));
    this.hover(to, true);
  }

  private enter(): void {
    const { block, hovered } = this;
    this.drop();
    if (block) this.events.onSelect?.(itemsOf(block, this.props.items));
    else if (hovered) this.events.onPick?.(hovered.i, hovered.j);
  }

  /** Closer about the pointer; with Shift or sideways across, with Alt up and down. */
  private wheel(event: WheelEvent): void {
    const { side } = this.frame;
    if (!this.image || side <= 0) return;
    event.preventDefault();
    const { sight, n } = this;
    const { dx, dy } = turned(event);
    const cells = sight.count / side;
    // Some systems have turned the wheel by themselves already.
    const one = dx || dy;
    if (event.ctrlKey) this.zoom(event);
    else if (event.shiftKey) this.look(moved(sight, n, 0, one * cells));
    else if (event.altKey) this.look(moved(sight, n, one * cells, 0));
    else if (Math.abs(dx) > Math.abs(dy)) this.look(moved(sight, n, dy * cells, dx * cells));
    else this.zoom(event);
  }

  private zoom(event: WheelEvent): void {
    const [x, y] = this.shares(this.surface.place(event)).map((share) => Math.max(0, Math.min(1, share)));
    this.look(zoomed(this.sight, this.n, closerBy(event), x, y));
  }
}
