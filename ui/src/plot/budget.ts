/**
 * How many points a frame may draw while something moves: measured, never guessed from the name of a device. Points
 * are shuffled, so any prefix is a fair sample of the cloud. Plots that stand side by side are drawn in the same frames
 * and share one budget. Deliberately absent: clocks and drawing.
 */

/** Frames this fast have room to spare, slower ones than this lose points (ms). */
const FRAME = { quick_ms: 19, slow_ms: 27 };
/** The same for what the processor draws in a frame: however long the rest of it takes, fewer points would not help. */
const BY_HAND = { quick_ms: 14, slow_ms: 20 };
/** Fewer say too little about a cloud, however slow the window is for other reasons. */
const FLOOR = 15_000;
/** A window that was hidden or a machine that slept says nothing about drawing. */
const PAUSE_MS = 3000;

export class Budget {
  /** Before anything was measured: what software draws in a few tenths of a second. */
  private allowed = 100_000;
  private each_ms = 0;
  private members = 1;
  /** When the last moving frame was drawn, how much all plots drew in it, whether that was all they might, and how long the processor drew. */
  private last: { at: number; points: number; full: boolean; byHand_ms: number | null } | null = null;

  /** How many plots share it. */
  share(members: number): void {
    this.members = Math.max(1, members);
  }

  /** Whether a moving frame was drawn and it is not known yet how long it took. */
  get awaits(): boolean {
    return this.last !== null;
  }

  /** How many of `total` one plot should draw in the next moving frame. */
  prefix(total: number): number {
    return Math.min(total, Math.round(this.allowed / this.members));
  }

  /** How long a frame may take in which every plot draws so many points (ms), to the latest knowledge. */
  cost_ms(points: number): number {
    return points * this.members * this.each_ms;
  }

  /** One plot drew so many points of its moving cloud in the frame that began at this moment; `byHand_ms`: how long the processor took for it. */
  drew(at: number, points: number, byHand_ms: number | null): void {
    const { last } = this;
    const full = points >= Math.round(this.allowed / this.members);
    if (!last || last.at !== at) this.last = { at, points, full, byHand_ms };
    else {
      last.points += points;
      last.full ||= full;
      last.byHand_ms = last.byHand_ms === null || byHand_ms === null ? null : last.byHand_ms + byHand_ms;
    }
  }

  /** The next frame begins: how long the last one took is known now. Whoever comes first tells; others change nothing. */
  settle(now: number): void {
    const { last } = this;
    if (!last || now <= last.at) return;
    this.last = null;
    const elapsed_ms = now - last.at;
    if (elapsed_ms > PAUSE_MS || last.points === 0) return;
    const took_ms = last.byHand_ms ?? elapsed_ms;
    const { quick_ms, slow_ms } = last.byHand_ms === null ? FRAME : BY_HAND;
    this.each_ms = took_ms / last.points;
    if (took_ms > slow_ms) {
      // One slow frame has many reasons: never give up more than half at once.
      this.allowed = Math.max(FLOOR, Math.min(this.allowed, last.points) * Math.max(0.5, slow_ms / took_ms));
    } else if (took_ms < quick_ms && last.full) {
      this.allowed *= 1.2;
    }
  }
}

/** The one budget of the window: what is drawn in one frame is drawn by one machine. */
export const budget = new Budget();
