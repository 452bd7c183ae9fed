/**
 * The window's one animation frame, for all plots together: what is read of the page is read before anything is drawn,
 * no points are drawn while the card still draws for any of them, and the budget is settled once. Plots that are linked
 * so move in step. Deliberately absent: what a plot draws.
 */
import { budget, type Budget } from './budget';

export interface Drawn {
  /** Reads from the page how large it is. */
  measure(): void;
  /** Whether the card still draws its last frame. */
  readonly busy: boolean;
  /** Draws what it wants to; points only where the card is free. */
  draw(now: number, free: boolean): void;
}

export class Frames {
  private readonly all = new Set<Drawn>();
  private readonly due = new Set<Drawn>();
  private next: number | null = null;

  constructor(private readonly budget: Budget) {}

  join(plot: Drawn): void {
    this.all.add(plot);
    this.budget.share(this.all.size);
  }

  leave(plot: Drawn): void {
    this.all.delete(plot);
    this.due.delete(plot);
    this.budget.share(this.all.size);
  }

  /** Lets a plot draw in the next frame; one that has left draws no more. */
  ask(plot: Drawn): void {
    if (!this.all.has(plot)) return;
    this.due.add(plot);
    this.next ??= requestAnimationFrame((now) => this.draw(now));
  }

  private draw(now: number): void {
    this.next = null;
    const due = [...this.due];
    this.due.clear();
    for (const plot of due) plot.measure();
    const free = ![...this.all].some((plot) => plot.busy);
    if (free) this.budget.settle(now);
    for (const plot of due) plot.draw(now, free);
  }
}

/** The frames of this window: what is drawn in it is drawn by one machine. */
export const frames = new Frames(budget);
