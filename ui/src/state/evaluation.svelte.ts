/** The models of the workspace measured by its own labels: which labels, the work, and what came out. */
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

/** What points can be coloured by and was not said of them. */
const COMPUTED = ['cluster', 'kind', 'misplaced', 'similarity'];

export class EvaluationState {
  private chosen = $state<string | null>(null);
  found = $state.raw<EvaluationView[]>([]);
  /** What the shown figures are by. */
  foundBy = $state('');
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
    return this.map.colourChoices.filter((by) => !COMPUTED.includes(by));
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
    const { by } = this;
    this.busy = true;
    const job = await this.notices.guard(this.backend.startEvaluation({ sets, by, examples: EXAMPLES, seed: SEED }));
    if (job === undefined) {
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
