/**
 * Whether this machine draws points sooner with its processor than with its graphics card: tried once for a window, with
 * both, never guessed from a name. Deliberately absent: drawing.
 */

/** So many points tell the two apart; clouds of fewer are quick with either. */
export const TRIAL = 50_000;
/** A card draws while the page goes on, so that it is left only for something much quicker. */
const MARGIN = 2;

export class Trial {
  private found: boolean | null = null;

  /** `card` and `processor` each draw the same points and return when they are drawn. */
  processorIsQuicker(card: () => void, processor: () => void, clock: () => number = () => performance.now()): boolean {
    this.found ??= took(card, clock) > MARGIN * took(processor, clock);
    return this.found;
  }
}

/** The first time, programs are compiled. */
function took(draw: () => void, clock: () => number): number {
  draw();
  const began = clock();
  draw();
  return clock() - began;
}

/** The one trial of the window. */
export const trial = new Trial();
