/**
 * A range of rows as in any list of files: Shift extends or shrinks it from where it begins. Deliberately absent: rows that are chosen one
 * by one.
 */
export class Range {
  /** Where it begins: the row that was gone to or chosen last without Shift. */
  anchor = 0;
  /** What was chosen besides the range, and what was chosen with it. */
  private besides: Uint32Array | null = null;
  private made: Uint32Array | null = null;

  begin(at: number): void {
    this.anchor = at;
    this.made = null;
  }

  /** The items that are chosen when the range of a list ends at a row; `now` are those that are chosen before that. */
  to(at: number, list: Uint32Array, now: Uint32Array | null): Uint32Array {
    // Whatever else chose items meanwhile is what the range goes on from.
    if (!this.made || now !== this.made) this.besides = now;
    const [from, to] = [Math.min(this.anchor, at), Math.max(this.anchor, at)];
    const items = new Set(this.besides);
    for (const item of list.subarray(from, to + 1)) items.add(item);
    return (this.made = Uint32Array.from(items).sort());
  }
}
