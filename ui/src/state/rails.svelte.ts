/** The rails beside the stage: folded by the user, or because the window became too narrow for them. */

/** Windows narrower than this have no room for the rail beside the stage. */
const NARROW_LEFT = 1180;
const NARROW_RIGHT = 960;

export type Rail = 'left' | 'right';

export class Rails {
  folded = $state<Record<Rail, boolean>>({ left: false, right: false });
  /** Rails that open over the stage: the window is too narrow to stand them beside it. */
  over = $state.raw<Record<Rail, boolean>>({ left: false, right: false });

  /** Opens a rail. Where both would lie over the stage, nothing of it would be left: the other folds. */
  open(rail: Rail): void {
    this.folded[rail] = false;
    if (this.overBoth) this.folded[rail === 'left' ? 'right' : 'left'] = true;
  }

  /** Folds a rail, or opens one that is folded. */
  fold(rail: Rail): void {
    if (this.folded[rail]) this.open(rail);
    else this.folded[rail] = true;
  }

  private get overBoth(): boolean {
    return this.over.left && this.over.right;
  }

  /** The window's width changed: rails fold when it becomes too narrow for them and come back with the room. */
  fit(width: number): void {
    const over = { left: width < NARROW_LEFT, right: width < NARROW_RIGHT };
    if (over.left === this.over.left && over.right === this.over.right) return;
    this.folded = {
      left: over.left === this.over.left ? this.folded.left : over.left,
      right: over.right === this.over.right ? this.folded.right : over.right,
    };
    this.over = over;
  }

  /** The stage alone, or with its rails again. */
  stageAlone(): void {
    const alone = !(this.folded.left && this.folded.right);
    this.folded = { left: alone || this.overBoth, right: alone };
  }
}
