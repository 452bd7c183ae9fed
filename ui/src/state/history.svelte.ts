/**
 * What was done and can be undone: every change of what is shown, and of the selections and tags that are kept. A change
 * says what was so, what is so now, and how either is put in place.
 *
 * Deliberately absent, as in other editors: where one looks from (the camera, scrolling, the part of a matrix, the way
 * from one map to another), where one is (views, tabs, rails, dialogues, the tool in hand), what the pointer is on, forms
 * that are not sent, settings, theme and size. What was computed stays: showing it is undone, not the work. Forgetting
 * is asked about and for good; judging has a way back of its own.
 */
import type { Notices } from './notices.svelte';

export interface Change<T, Put = unknown> {
  /** What was done, as in "Undo: lasso". */
  title: string;
  from: T;
  to: T;
  put(value: T): Put;
  /** Whether a value can still be put in place; what was forgotten meanwhile is passed over. */
  stands?(value: T): boolean;
}
type Step = Change<unknown>;
type Way = 'undo' | 'redo';

/** Older steps are dropped: each may hold a long list of items. */
const MOST = 100;

const target = ({ from, to }: Step, way: Way) => (way === 'undo' ? from : to);
const leads = (step: Step, way: Way) => step.stands?.(target(step, way)) ?? true;

export class History {
  past = $state.raw<Step[]>([]);
  future = $state.raw<Step[]>([]);
  /** What would be undone and redone next. */
  last: Step | undefined = $derived(this.past.findLast((step) => leads(step, 'undo')));
  next: Step | undefined = $derived(this.future.findLast((step) => leads(step, 'redo')));
  /** What is under the hand, a slider or a field: all that it goes through is one step. */
  private held: string | null = null;
  private moving: Promise<void> = Promise.resolve();

  constructor(private readonly notices: Notices) {}

  /** Something was changed. `held`: what the hand changes it by, until it rests. */
  record<T>(change: Change<T>, held: string | null = null): void {
    const begun = held !== null && held === this.held ? this.past.at(-1) : undefined;
    this.past = begun
      ? [...this.past.slice(0, -1), { ...(change as Step), from: begun.from }]
      : [...this.past, change as Step].slice(-MOST);
    this.held = held;
    this.future = [];
  }

  /** Changes something, as a step; gives what putting it in place gives. */
  change<T, Put>(change: Change<T, Put>, held: string | null = null): Put {
    this.record(change, held);
    return change.put(change.to);
  }

  /** Changes a field of something that is shown, as a step. */
  set<Of, Field extends keyof Of>(of: Of, field: Field, to: Of[Field], title: string): void {
    if (of[field] !== to) this.change({ title, from: of[field], to, put: (value) => (of[field] = value) });
  }

  /** The hand rests: what it changes next is another step. */
  rest = () => void (this.held = null);

  undo = () => this.move('undo');
  redo = () => this.move('redo');

  /** One after another, however fast they are asked for. */
  private move(way: Way): Promise<void> {
    return (this.moving = this.moving.then(() => this.go(way)));
  }

  private async go(way: Way): Promise<void> {
    this.rest();
    // What it told of may be so no longer.
    this.notices.forgetGood();
    const [out, into] = way === 'undo' ? (['past', 'future'] as const) : (['future', 'past'] as const);
    for (;;) {
      const step = this[out].at(-1);
      if (!step) return;
      this[out] = this[out].slice(0, -1);
      this[into] = [...this[into], step];
      if (!leads(step, way)) continue;
      const put = async () => (await step.put(target(step, way)), true);
      // What went wrong is told; as a step it would bar the way to all before it.
      if (!(await this.notices.guard(put()))) this[into] = this[into].filter((other) => other !== step);
      return;
    }
  }

  /** Items or their places are gone: nothing leads back across that. */
  clear(): void {
    this.past = [];
    this.future = [];
    this.rest();
  }
}
