/** Models measured by the workspace's own labels and judgements, or on data of files: the work, and what came out. */
import type { Backend } from '../backend/backend';
import type { EvaluationView } from '../backend/wire/EvaluationView';
import type { JobView } from '../backend/wire/JobView';
import type { MapState } from './map.svelte';
import type { Notices } from './notices.svelte';

/** The most examples of each class in one draw, as the MTEB has it. */
const EXAMPLES = 8;
const SEED = 42;
/** Columns that most likely hold classes. */
const LIKELY = ['column:label', 'column:category', 'column:class', 'column:folder'];

/** What is measured by the answers to “which is nearer?” instead of classes. */
export const JUDGED = 'judged';

/** What points can be coloured by and was not said of them. */
const COMPUTED = ['cluster', 'kind', 'misplaced', 'similarity'];

export class EvaluationState {
  private chosen = $state<string | null>(null);
  found = $state.raw<EvaluationView[]>([]);
  /** What the shown figures are by. */
  foundBy = $state('');
  /** Whether models take part with their vectors in fewer bytes as well. */
  fewer = $state(false);
  job = $state<number | null>(null);
  busy = $state(false);
  /** Jobs that were over before their number was known here. */
  private over = new Map<number, JobView>();

  constructor(
    private readonly backend: Backend,
    private readonly map: MapState,
    private readonly notices: Notices,
  ) {}

  /** What classes can be by: everything that was said of items, not what was computed. */
  get choices(): string[] {
    return [...this.map.colourChoices.filter((by) => !COMPUTED.includes(by)), JUDGED];
  }

  get by(): string {
    const { choices } = this;
    if (this.chosen && choices.includes(this.chosen)) return this.chosen;
    return (
      LIKELY.find((by) => choices.includes(by)) ?? (this.map.workspace.collections.length > 1 ? 'collection' : 'file')
    );
  }

  set by(by: string) {
    this.chosen = by;
  }

  async start(sets: number[]): Promise<void> {
    const { by, fewer } = this;
    await this.run(by, this.backend.startEvaluation({ sets, by, fewer, examples: EXAMPLES, seed: SEED }));
  }

  /** Measures models on a file or folder, which a dialogue asks for. */
  async startTest(task: string, models: string[], folder: boolean): Promise<void> {
    await this.run('', this.backend.startTest(task, models, folder));
  }

  private async run(by: string, started: Promise<number | null>): Promise<void> {
    this.busy = true;
    const job = await this.notices.guard(started);
    if (job === undefined || job === null) {
      this.busy = false;
      return;
    }
    this.job = job;
    this.foundBy = by;
    const ended = this.over.get(job);
    this.over.clear();
    if (ended) await this.take(ended);
  }

  /** Hears of a job; when it is the one that was started and it is over, asks what it measured. */
  async take(job: JobView): Promise<void> {
    if (['running', 'paused', 'waiting'].includes(job.state)) return;
    if (job.id !== this.job) {
      if (this.busy) this.over.set(job.id, job);
      return;
    }
    if (job.state === 'done') {
      const found = await this.notices.guard(this.backend.getEvaluations(job.id));
      if (this.job === job.id && found) this.found = found;
    }
    this.busy = false;
    this.job = null;
  }
}
