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
const LIKELY = ['column:label', 'column:category', 'column:class', 'column:topic', 'column:folder'];

/** What is measured by the answers to “which is nearer?” instead of classes. */
export const JUDGED = 'judged';

/** What points can be coloured by and was not said of them. */
const COMPUTED = ['cluster', 'kind', 'misplaced', 'disagreement', 'similarity'];

export class EvaluationState {
  private chosen = $state<string | null>(null);
  found = $state.raw<EvaluationView[]>([]);
  /** What the shown figures are by. */
  foundBy = $state('');
  /** The job that measured them. */
  foundIn = $state<number | null>(null);
  /** It was stopped or failed before everyone was measured. */
  stopped = $state(false);
  /** Whether models take part with their vectors in fewer bytes as well. */
  fewer = $state(false);
  job = $state<number | null>(null);
  busy = $state(false);
  /** What the running job measures by. */
  private measuredBy = '';
  /** Contestants that were asked about. */
  private heard = 0;
  private asked = 0;
  /** What was told of jobs before their number was known here. */
  private early = new Map<number, JobView>();

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
    [this.job, this.measuredBy, this.heard] = [job, by, 0];
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
    const found = await this.notices.guard(this.backend.getEvaluations(job));
    if (!found || asked !== this.asked) return;
    [this.found, this.foundBy, this.foundIn, this.stopped] = [found, this.measuredBy, job, false];
  }

  /** Writes the shown figures as one file; gives its name. */
  async write(ending: 'html' | 'md' | 'csv'): Promise<string | undefined> {
    const { foundIn } = this;
    if (foundIn === null) return undefined;
    return (await this.notices.guard(this.backend.writeEvaluations(foundIn, ending))) ?? undefined;
  }
}
