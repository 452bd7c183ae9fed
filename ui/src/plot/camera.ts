/**
 * Where one looks from, over time: the view now, the view that shows everything (home), and the way from one view to
 * another. Deliberately absent: events and clocks; whoever draws says what time it is.
 */
import type { View } from './props';
import type { Size } from './view';
import { between, facing, matrixOf } from './view';

export class Camera {
  size: Size = { width: 1, height: 1 };
  /** The view that shows the whole map; null until there is one. */
  home: View | null = null;
  /** Whether the view keeps to `home` as the map grows and moves: until the user looks elsewhere. */
  following = true;
  private current: View = { kind: 'flat', x: 0, y: 0, scale: 1 };
  private way: { from: View; to: View; began: number; duration_ms: number } | null = null;

  get view(): View {
    return this.current;
  }

  /** Where the view will rest. */
  get goal(): View {
    return this.way?.to ?? this.current;
  }

  get moving(): boolean {
    return this.way !== null;
  }

  matrix(): Float32Array {
    return matrixOf(this.current, this.size);
  }

  jump(to: View): void {
    this.way = null;
    this.current = to;
  }

  /** Moves to a view, easing out; from a flat map into space by turning away from its plane. Jumps where there is no time or no way. */
  glide(to: View, now: number, duration_ms: number): void {
    if (this.current.kind === 'flat' && to.kind === 'orbit') this.current = facing(this.current, this.size);
    if (duration_ms <= 0 || to.kind !== this.current.kind) this.jump(to);
    else this.way = { from: this.current, to, began: now, duration_ms };
  }

  tick(now: number): void {
    if (!this.way) return;
    const t = Math.min(1, Math.max(0, (now - this.way.began) / this.way.duration_ms));
    this.current = between(this.way.from, this.way.to, easeOut(t));
    if (t === 1) this.jump(this.way.to);
  }
}

/** Quick at first, then settling. */
export function easeOut(t: number): number {
  return 1 - (1 - t) ** 3;
}
