/** How large everything in the window is. */
import { zoomed } from '../sharpness';

/** In per cent; the last is as large as text must be able to become (WCAG 2.2, 1.4.4). */
const STEPS = [75, 90, 100, 110, 125, 150, 175, 200];

export class Zoom {
  /** In per cent. */
  now = $state(100);

  constructor(private readonly keep: (zoom: number) => void) {}

  larger = () => this.set(STEPS.find((step) => step > this.now));
  smaller = () => this.set(STEPS.findLast((step) => step < this.now));
  plain = () => this.set(100);

  private set(zoom: number | undefined): void {
    if (zoom === undefined || zoom === this.now) return;
    this.show(zoom);
    this.keep(zoom);
  }

  /** Everything is so large. */
  show(zoom: number): void {
    this.now = zoom;
    zoomed(zoom);
  }
}
