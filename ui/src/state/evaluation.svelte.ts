/** Models measured by the workspace's own labels and judgements, or on data of files: the work, and what came out. */
import type { Backend } from '../backend/backend';
import type { EvaluationView } from '../backend/wire/EvaluationView';
import type { MapState } from './map.svelte';
import { Measurement } from './measurement.svelte';
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

export class EvaluationState extends Measurement<EvaluationView> {
  private chosen = $state<string | null>(null);
  /** What the shown figures are by. */
  foundBy = $state('');
  /** Whether models take part with their vectors in fewer bytes as well. */
  fewer = $state(false);
  /** What the running job measures by. */
  private measuredBy = '';

  constructor(
    backend: Backend,
    private readonly map: MapState,
    notices: Notices,
  ) {
    super(backend, notices);
  }

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

  protected get(job: number): Promise<EvaluationView[]> {
    return this.backend.getEvaluations(job);
  }

  protected override arrived(): void {
    this.foundBy = this.measuredBy;
  }

  async start(sets: number[]): Promise<void> {
    const { by, fewer } = this;
    this.measuredBy = by;
    await this.run(this.backend.startEvaluation({ sets, by, fewer, examples: EXAMPLES, seed: SEED }));
  }

  /** Measures models on a file or folder, which a dialogue asks for. */
  async startTest(task: string, models: string[], folder: boolean): Promise<void> {
    this.measuredBy = '';
    await this.run(this.backend.startTest(task, models, folder));
  }
}
