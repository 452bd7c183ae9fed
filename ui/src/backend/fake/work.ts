/** The seeded host's long work: jobs that go on in small timed steps, each told. Deliberately absent: what they do. */
import { asError } from '../../words';
import type { ErrorView } from '../wire/ErrorView';
import type { Event } from '../wire/Event';
import type { JobKind } from '../wire/JobKind';
import type { JobView } from '../wire/JobView';

/** Milliseconds between two steps of a job. */
export const TICK = 40;

export const moment = () => new Promise((resolve) => setTimeout(resolve, TICK));
export const failure = (message: string, hint: string | null = null): ErrorView => ({ code: 'failed', message, hint });
export const isAtWork = (job: JobView) => job.state === 'running' || job.state === 'paused';

/** A job that has just begun. */
export const job = (change: Partial<JobView> = {}): JobView => ({
  id: 1,
  kind: 'embed',
  title: 'Embedding',
  stage: 'Starting',
  done: 0,
  total: 0,
  unit: 'items',
  per_second: null,
  seconds_left: null,
  state: 'running',
  error: null,
  skipped: [],
  written: null,
  measured: 0,
  ...change,
});

/** How the host tells the page what happens. */
export interface Told {
  event(event: Event): void;
  frame(frame: ArrayBuffer): void;
  /** Anything about the workspace has changed. */
  workspace(): void;
}

export class Work {
  private readonly jobs = new Map<number, JobView>();

  constructor(private readonly told: Told) {}

  get all(): JobView[] {
    return [...this.jobs.values()];
  }

  get(id: number): JobView | undefined {
    return this.jobs.get(id);
  }

  tell(job: JobView, change: Partial<JobView>): void {
    Object.assign(job, change);
    this.told.event({ type: 'job', job: { ...job } });
  }

  open(kind: JobKind, title: string, rest: Partial<JobView>): JobView {
    const opened = job({ id: this.jobs.size + 1, kind, title, ...rest });
    this.jobs.set(opened.id, opened);
    return opened;
  }

  run(kind: JobKind, title: string, body: (job: JobView) => Promise<void>): number {
    const job = this.open(kind, title, {});
    this.tell(job, {});
    body(job).then(
      () => isAtWork(job) && this.tell(job, { state: 'done', seconds_left: null }),
      (thrown: unknown) => this.tell(job, { state: 'failed', seconds_left: null, error: asError(thrown) }),
    );
    return job.id;
  }

  /** Until the next step, and as long as the job rests. */
  async step(job: JobView): Promise<void> {
    await moment();
    while (job.state === 'paused') await moment();
  }

  async count(
    job: JobView,
    stage: string,
    unit: string,
    total: number,
    step: number,
    each?: (done: number) => void,
  ): Promise<void> {
    for (let done = 0; isAtWork(job); done = Math.min(total, done + step)) {
      const per_second = (step * 1000) / TICK;
      this.tell(job, { stage, unit, done, total, per_second, seconds_left: (total - done) / per_second });
      each?.(done);
      if (done >= total) return;
      await this.step(job);
    }
  }
}
