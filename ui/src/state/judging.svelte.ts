/** “Which is nearer?”: one question after another, whose answers are kept with the workspace. */
import type { Backend } from '../backend/backend';
import type { QuestionView } from '../backend/wire/QuestionView';
import type { Notices } from './notices.svelte';

export class Judging {
  question = $state.raw<QuestionView | null>(null);
  /** The game is on the screen. */
  open = $state(false);
  /** Nothing is left to ask. */
  over = $state(false);
  /** Answers that count. */
  counted = $state(0);
  private sets: number[] = [];
  private busy = false;

  constructor(
    private readonly backend: Backend,
    private readonly notices: Notices,
  ) {}

  async recount(): Promise<void> {
    this.counted = (await this.notices.guard(this.backend.countJudgements())) ?? this.counted;
  }

  /** Begins where it was left. */
  async start(sets: number[]): Promise<void> {
    this.sets = sets;
    this.open = true;
    await this.ask();
  }

  private async ask(): Promise<void> {
    const found = await this.notices.guard(this.backend.nextQuestion(this.sets));
    this.question = found ?? null;
    this.over = found === null;
    if (found === undefined) this.open = false;
    await this.recount();
  }

  /** The first or the second is nearer; null where nobody can say. */
  async answer(nearer: 'first' | 'second' | null): Promise<void> {
    const { question } = this;
    if (!question || this.busy) return;
    this.busy = true;
    const { number, anchor, first, second } = question;
    const [near, far] = nearer === 'second' ? [second, first] : [first, second];
    const request = { number, anchor: anchor.id, near: near.id, far: far.id, decided: nearer !== null };
    const kept = await this.notices.guard(this.backend.answerQuestion(request));
    if (kept !== undefined) await this.ask();
    this.busy = false;
  }

  /** The question before is asked again. */
  async back(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    const left = await this.notices.guard(this.backend.takeBackAnswer());
    if (left !== undefined) await this.ask();
    this.busy = false;
  }

  close(): void {
    this.open = false;
    this.question = null;
  }
}
