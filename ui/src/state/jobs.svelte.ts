/** Long work: what runs, rests and waits now. Jobs that ended leave the list; what made them fail is told as a notice. */
import type { Backend } from '../backend/backend';
import type { ErrorView } from '../backend/wire/ErrorView';
import type { JobView } from '../backend/wire/JobView';
import type { Notices } from './notices.svelte';

const isAtWork = (job: JobView) => job.state === 'running' || job.state === 'paused';
const isActive = (job: JobView) => isAtWork(job) || job.state === 'waiting';

export class Jobs {
  active = $state.raw<JobView[]>([]);
  /** Jobs the user has asked to stop and that have not stopped yet. */
  stopping = $state.raw<number[]>([]);
  /** Jobs the user has asked to rest and that are still at a step. */
  pausing = $state.raw<number[]>([]);

  private fetchFailed = false;

  constructor(
    private readonly notices: Notices,
    private readonly backend: Pick<Backend, 'cancelJob' | 'pauseJob'>,
  ) {}

  /** What is at work, or rests before all others. */
  get running(): JobView | undefined {
    return this.active.find(isAtWork);
  }

  /** What fetches a model or embeds with it: the model is a word of the title, in any language. */
  ofModel(id: string): JobView | undefined {
    return this.active.find(
      ({ kind, title }) => (kind === 'fetch' || kind === 'embed') && ` ${title} `.includes(` ${id} `),
    );
  }

  reset(jobs: JobView[]): void {
    this.active = jobs.filter(isActive);
  }

  /** Returns whether the job has just ended. */
  take(job: JobView): boolean {
    const known = this.active.some(({ id }) => id === job.id);
    if (job.state !== 'running') this.pausing = this.pausing.filter((id) => id !== job.id);
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

  /** Puts work to rest, or lets it go on. */
  async pause(id: number, paused: boolean): Promise<void> {
    this.pausing = this.pausing.filter((other) => other !== id);
    if (paused) this.pausing = [...this.pausing, id];
    try {
      await this.backend.pauseJob(id, paused);
    } catch (thrown) {
      this.pausing = this.pausing.filter((other) => other !== id);
      this.notices.tell(thrown);
    }
  }

  async cancel(id: number): Promise<void> {
    if (this.stopping.includes(id)) return;
    this.stopping = [...this.stopping, id];
    try {
      await this.backend.cancelJob(id);
    } catch (thrown) {
      this.stopping = this.stopping.filter((other) => other !== id);
      this.notices.tell(thrown);
    }
  }
}
