/** Long work: what runs and waits now. Jobs that ended leave the list; what made them fail is told as a notice. */
import type { ErrorView } from '../backend/wire/ErrorView';
import type { JobView } from '../backend/wire/JobView';
import type { Notices } from './notices.svelte';

const isActive = (job: JobView) => job.state === 'running' || job.state === 'waiting';

export class Jobs {
  active = $state.raw<JobView[]>([]);
  /** Jobs the user has asked to stop and that have not stopped yet. */
  stopping = $state.raw<number[]>([]);

  private fetchFailed = false;

  constructor(
    private readonly notices: Notices,
    private readonly cancelJob: (job: number) => Promise<void>,
  ) {}

  get running(): JobView | undefined {
    return this.active.find((job) => job.state === 'running');
  }

  reset(jobs: JobView[]): void {
    this.active = jobs.filter(isActive);
  }

  /** Returns whether the job has just ended. */
  take(job: JobView): boolean {
    const known = this.active.some(({ id }) => id === job.id);
    if (isActive(job)) {
      this.active = known ? this.active.map((old) => (old.id === job.id ? job : old)) : [...this.active, job];
      return false;
    }
    this.active = this.active.filter(({ id }) => id !== job.id);
    this.stopping = this.stopping.filter((id) => id !== job.id);
    if (job.state === 'failed' && job.error) this.tell(job, job.error);
    return known;
  }

  /** What waited for a model that could not be fetched fails for want of it: one notice is enough. */
  private tell({ kind }: JobView, error: ErrorView): void {
    const isSequel = this.fetchFailed && error.code === 'model_missing';
    this.fetchFailed = kind === 'fetch' || isSequel;
    if (!isSequel) this.notices.tell(error);
  }

  async cancel(id: number): Promise<void> {
    if (this.stopping.includes(id)) return;
    this.stopping = [...this.stopping, id];
    try {
      await this.cancelJob(id);
    } catch (thrown) {
      this.stopping = this.stopping.filter((other) => other !== id);
      this.notices.tell(thrown);
    }
  }
}
