/**
 * How many points a frame may draw while something moves: measured, never guessed from the name of a device. Points
 * are shuffled, so any prefix is a fair sample of the cloud. Deliberately absent: clocks and drawing.
 */

/** Frames this fast have room to spare, slower ones than this lose points (ms). */
const QUICK_MS = 19;
const SLOW_MS = 27;
/** Fewer say too little about a cloud, however slow the window is for other reasons. */
const FLOOR = 30_000;
/** A window that was hidden or a machine that slept says nothing about drawing. */
const PAUSE_MS = 3000;

export class Budget {
  private allowed = 250_000;
  private each_ms = 0;

  /** How many of `total` the next moving frame should draw. */
  prefix(total: number): number {
    return Math.min(total, Math.round(this.allowed));
  }

  /** How long a frame of so many points may take (ms), to the latest knowledge. */
  cost_ms(points: number): number {
    return points * this.each_ms;
  }

  /** Learns from a moving frame: how long it was until the next could be drawn, and how many points it drew. */
  learn(elapsed_ms: number, drawn: number): void {
    if (elapsed_ms > PAUSE_MS || drawn === 0) return;
    this.each_ms = elapsed_ms / drawn;
    if (elapsed_ms > SLOW_MS) {
      // One slow frame has many reasons: never give up more than half at once.
      this.allowed = Math.max(FLOOR, Math.min(this.allowed, drawn) * Math.max(0.5, SLOW_MS / elapsed_ms));
    } else if (elapsed_ms < QUICK_MS && drawn >= Math.round(this.allowed)) {
      this.allowed *= 1.2;
    }
  }
}
