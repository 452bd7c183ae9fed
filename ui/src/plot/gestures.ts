/**
 * Hands on the stage: pointer, wheel, pinch and keys, told as a few plain acts. Deliberately absent: what they mean
 * for the view, the points or the selection.
 */
import type { Place, Tool } from './props';
import { closerBy } from './wheel';

export interface Acts {
  /** The pointer rests or moves without pressing. */
  point(at: Place): void;
  leave(): void;
  click(at: Place): void;
  doubleClick(at: Place): void;
  /** Drag by pixels; `slide` asks 3-D views to shift instead of turn. */
  drag(dx: number, dy: number, slide: boolean): void;
  zoom(factor: number, at: Place): void;
  fit(): void;
  drawFrom(at: Place): void;
  drawTo(at: Place): void;
  drawn(mode: 'replace' | 'add' | 'subtract'): void;
  dropDrawing(): void;
}

/** Farther than this a press is a drag, not a click (px). */
const SLACK = 4;
const KEY_STEP = 48;

export class Gestures {
  tool: Tool = 'pointer';
  private readonly off = new AbortController();
  /** Pointers that are down, by id; two of them pinch. */
  private readonly down = new Map<number, Place>();
  private pressed: { at: Place; does: 'drag' | 'slide' | 'draw'; moved: boolean } | null = null;

  constructor(
    private readonly stage: HTMLElement,
    private readonly acts: Acts,
  ) {
    const options = { signal: this.off.signal };
    stage.addEventListener('pointerdown', (event) => this.press(event), options);
    stage.addEventListener('pointermove', (event) => this.move(event), options);
    stage.addEventListener('pointerup', (event) => this.release(event), options);
    stage.addEventListener('pointercancel', (event) => this.cancel(event), options);
    stage.addEventListener('pointerleave', () => this.acts.leave(), options);
    stage.addEventListener(
      'dblclick',
      (event) => this.tool === 'pointer' && this.acts.doubleClick(this.place(event)),
      options,
    );
    stage.addEventListener('contextmenu', (event) => event.preventDefault(), options);
    stage.addEventListener('keydown', (event) => this.key(event), options);
    stage.addEventListener('wheel', (event) => this.wheel(event), { ...options, passive: false });
  }

  destroy(): void {
    this.off.abort();
  }

  private place(event: MouseEvent): Place {
    const box = this.stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private press(event: PointerEvent): void {
    const at = this.place(event);
    this.stage.focus({ preventScroll: true });
    this.stage.setPointerCapture(event.pointerId);
    this.down.set(event.pointerId, at);
    if (this.down.size > 1) {
      if (this.pressed?.does === 'draw') this.acts.dropDrawing();
      this.pressed = { at, does: 'drag', moved: true };
      return;
    }
    const draws = this.tool !== 'pointer' && event.button === 0;
    const slides = event.button !== 0 || event.shiftKey;
    this.pressed = { at, does: draws ? 'draw' : slides ? 'slide' : 'drag', moved: false };
    if (draws) this.acts.drawFrom(at);
  }

  private move(event: PointerEvent): void {
    const at = this.place(event);
    const before = this.down.get(event.pointerId);
    if (!before || !this.pressed) {
      this.acts.point(at);
      return;
    }
    if (!this.pressed.moved && Math.hypot(at.x - this.pressed.at.x, at.y - this.pressed.at.y) < SLACK) return;
    const first = !this.pressed.moved;
    this.pressed.moved = true;
    if (this.down.size > 1) this.pinch(event.pointerId, before, at);
    else if (this.pressed.does === 'draw') this.acts.drawTo(at);
    else {
      const from = first ? this.pressed.at : before;
      this.acts.drag(at.x - from.x, at.y - from.y, this.pressed.does === 'slide');
    }
    this.down.set(event.pointerId, at);
  }

  private pinch(id: number, before: Place, at: Place): void {
    const other = [...this.down].find(([key]) => key !== id)?.[1];
    if (!other) return;
    const gap = Math.hypot(before.x - other.x, before.y - other.y);
    const wider = Math.hypot(at.x - other.x, at.y - other.y);
    this.acts.drag((at.x - before.x) / 2, (at.y - before.y) / 2, true);
    if (gap > 0 && wider > 0) this.acts.zoom(wider / gap, { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 });
  }

  private release(event: PointerEvent): void {
    this.down.delete(event.pointerId);
    const pressed = this.pressed;
    if (!pressed || this.down.size > 0) return;
    this.pressed = null;
    const at = this.place(event);
    if (pressed.does === 'draw') {
      // Where Alt moves windows, the system takes it before the page hears of it.
      const less = event.altKey || event.ctrlKey || event.metaKey;
      if (pressed.moved) this.acts.drawn(event.shiftKey ? 'add' : less ? 'subtract' : 'replace');
      else this.acts.dropDrawing();
    }
    if (!pressed.moved && event.button === 0) this.acts.click(at);
    this.acts.point(at);
  }

  private cancel(event: PointerEvent): void {
    this.down.delete(event.pointerId);
    if (this.pressed?.does === 'draw') this.acts.dropDrawing();
    this.pressed = null;
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    this.acts.zoom(closerBy(event), this.place(event));
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? KEY_STEP * 4 : KEY_STEP;
    const middle = { x: this.stage.clientWidth / 2, y: this.stage.clientHeight / 2 };
    const acts: Record<string, () => void> = {
      ArrowLeft: () => this.acts.drag(step, 0, false),
      ArrowRight: () => this.acts.drag(-step, 0, false),
      ArrowUp: () => this.acts.drag(0, step, false),
      ArrowDown: () => this.acts.drag(0, -step, false),
      '+': () => this.acts.zoom(1.3, middle),
      '=': () => this.acts.zoom(1.3, middle),
      '-': () => this.acts.zoom(1 / 1.3, middle),
      '0': () => this.acts.fit(),
      Home: () => this.acts.fit(),
    };
    if (event.key === 'Escape' && this.pressed?.does === 'draw') {
      this.pressed = null;
      this.acts.dropDrawing();
    } else if (acts[event.key]) acts[event.key]!();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
