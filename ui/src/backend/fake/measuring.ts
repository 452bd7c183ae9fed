/** The seeded host's measuring: evaluations as jobs, the game of judgements, and the move to another model. */
import type { EvaluationRequest } from '../wire/EvaluationRequest';
import type { EvaluationView } from '../wire/EvaluationView';
import type { ModelView } from '../wire/ModelView';
import type { MoveView } from '../wire/MoveView';
import { COST } from './catalogue';
import { evaluate, judged, test } from './evaluate';
import { Judge } from './judge';
import type { Work } from './work';
import type { World } from './world';

export class Measuring {
  readonly judge: Judge;
  private readonly found = new Map<number, EvaluationView[]>();

  constructor(
    private readonly world: World,
    private readonly work: Work,
  ) {
    this.judge = new Judge(world);
  }

  /** By what is said of the items here; gives the job. */
  start(request: EvaluationRequest): number {
    const found =
      request.by === 'judged' ? [judged(this.world, this.judge.answers, request)] : evaluate(this.world, request);
    return this.work.run('evaluate', `Evaluating by ${request.by.replace('column:', '')}`, async (job) => {
      await this.work.count(job, 'Classifying', 'draws', 10, 2);
      if (job.state === 'running') this.found.set(job.id, found);
    });
  }

  /** On data of files; gives the job. */
  startTest(task: string, models: string[]): number {
    const found = test(this.world, task, models);
    return this.work.run('evaluate', 'Evaluating on questions', async (job) => {
      await this.work.count(job, 'Embedding texts', 'items', 200, 50);
      if (job.state === 'running') this.found.set(job.id, [found]);
    });
  }

  of(job: number): EvaluationView[] {
    return this.found.get(job) ?? [];
  }

  /** What moving to a model takes. */
  move({ id, kinds, dim, size_mb, presence }: ModelView): MoveView {
    const items = this.world.entries.filter(({ kind }) => kinds.includes(kind)).length;
    const set = this.world.sets.find((own) => own.model.id === id);
    const missing = items - (set?.embedded ?? 0);
    const here = presence !== 'missing';
    return {
      model: id,
      set: set?.id ?? null,
      items,
      missing,
      seconds: here ? missing / COST[id]!.items_per_second : null,
      bytes: items * (dim + 4) * 4,
      fetch_mb: here ? 0 : size_mb,
    };
  }

  /** Works with another set from now on. */
  use(id: number): void {
    const { embedded, items } = this.world.set(id);
    if (embedded < items.length) throw { code: 'bad_request', message: 'It can be used once it is whole.', hint: null };
    this.world.inUse = id;
  }
}
