/** Measuring as a job: what it has found grows while it runs, and stays. */
import type { Backend } from '../backend/backend';
import type { JobView } from '../backend/wire/JobView';
import type { Notices } from './notices.svelte';

export abstract class Measurement<Found> {
  found = $state.raw<Found[]>([]);
  /** The job that measured it. */
  foundIn = $state<number | null>(null);
  /** It was stopped or failed before everyone was measured. */
  stopped = $state(false);
  job = $state<number | null>(null);
  busy = $state(false);
  /** What the job had measured when it was last asked. */
  private heard = 0;
  private asked = 0;
  /** What was told of jobs before their number was known here. */
  private early = new Map<number, JobView>();

  constructor(
    protected readonly backend: Backend,
    protected readonly notices: Notices,
  ) {}

  /** What a job has measured so far. */
  protected abstract get(job: number): Promise<Found[]>;

  /** More was found. */
  protected arrived(): void {}

  protected async run(started: Promise<number | null>): Promise<void> {
    this.busy = true;
    const job = await this.notices.guard(started);
    if (job === undefined || job === null) {
      this.busy = false;
      return;
    }
    [this.job, this.heard] = [job, 0];
    const told = this.early.get(job);
    this.early.clear();
    if (told) await this.take(told);
  }

  /** Hears of a job; of the one that was started, asks for what it has measured as it grows and when it is over. */
  async take(job: JobView): Promise<void> {
    if (job.id !== this.job) {
      if (this.busy) this.early.set(job.id, job);
      return;
    }
    const over = !['running', 'paused', 'waiting'].includes(job.state);
    if (job.measured > this.heard || (over && job.measured > 0)) {
      this.heard = job.measured;
      await this.ask(job.id);
    }
    if (!over || this.job !== job.id) return;
    if (job.measured > 0) this.stopped = job.state !== 'done';
    this.busy = false;
    this.job = null;
  }

  private async ask(job: number): Promise<void> {
    const asked = ++this.asked;
    const found = await this.notices.guard(this.get(job));
    if (!found || asked !== this.asked) return;
    [this.found, this.foundIn, this.stopped] = [found, job, false];
    this.arrived();
  }

  /** Writes what is shown as one file; gives its name. */
  async write(ending: 'html' | 'md' | 'csv'): Promise<string | undefined> {
    const { foundIn } = this;
    if (foundIn === null) return undefined;
    return (await this.notices.guard(this.backend.writeEvaluations(foundIn, ending))) ?? undefined;
  }
}
