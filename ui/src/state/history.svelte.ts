/** What was done and can be undone: selections, names, tags, filters, colours, the item under the lens. */
import type { Notices } from './notices.svelte';

export interface Step {
  /** What was done, as in "Undo: lasso". */
  title: string;
  undo(): unknown;
  redo(): unknown;
}

/** Older steps are dropped: each may hold a long list of items. */
const MOST = 40;

export class History {
  past = $state.raw<Step[]>([]);
  future = $state.raw<Step[]>([]);
  /** A step is being taken back or done again: what it changes is no new step. */
  private moving = false;

  constructor(private readonly notices: Notices) {}

  record(step: Step): void {
    if (this.moving) return;
    this.past = [...this.past, step].slice(-MOST);
    this.future = [];
  }

  undo = () => this.move('undo');
  redo = () => this.move('redo');

  private async move(way: 'undo' | 'redo'): Promise<void> {
    const step = (way === 'undo' ? this.past : this.future).at(-1);
    if (!step || this.moving) return;
    this.moving = true;
    const done = await this.notices.guard(Promise.resolve(step[way]()).then(() => true));
    this.moving = false;
    if (!done) return;
    if (way === 'undo') {
      this.past = this.past.slice(0, -1);
      this.future = [...this.future, step];
    } else {
      this.future = this.future.slice(0, -1);
      this.past = [...this.past, step];
    }
  }

  /** Items or their places are gone: nothing leads back across that. */
  clear(): void {
    this.past = [];
    this.future = [];
  }
}
