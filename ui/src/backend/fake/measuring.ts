/** The seeded host's measuring: evaluations and speed as jobs, the game of judgements, and the move to another model. */
import type { EvaluationRequest } from '../wire/EvaluationRequest';
import type { EvaluationView } from '../wire/EvaluationView';
import type { JobView } from '../wire/JobView';
import type { ModelView } from '../wire/ModelView';
import type { MoveView } from '../wire/MoveView';
import type { SpeedView } from '../wire/SpeedView';
import { COST } from './catalogue';
import { among, evaluate, judged, test } from './evaluate';
import { Judge } from './judge';
import { isAtWork, type Work } from './work';
import type { World } from './world';

export class Measuring {
  readonly judge: Judge;
  private readonly found = new Map<number, EvaluationView[]>();
  private readonly timed = new Map<number, SpeedView[]>();
  /** Who was measured on what. */
  private readonly measured = new Set<string>();

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
    const by = request.by.replace('column:', '');
    return this.work.run('evaluate', `Evaluating by ${by}`, (job) => this.stream(job, found, 'Classifying', 'draws'));
  }

  /** On data of files; gives the job. */
  startTest(task: string, models: string[]): number {
    const found = [test(this.world, task, models)];
    const title = 'Evaluating on questions';
    return this.work.run('evaluate', title, (job) => this.stream(job, found, 'Embedding texts with', 'items'));
  }

  /** One contestant after another; who was measured before on the same is there at once. */
  private async stream(job: JobView, whole: EvaluationView[], stage: string, unit: string): Promise<void> {
    for (const [at, { task, size, results }] of whole.entries())
      for (const { model } of results.toSorted((a, b) => a.model.localeCompare(b.model))) {
        const key = JSON.stringify([task, size, model]);
        if (!this.measured.has(key)) await this.work.count(job, `${stage} ${model}`, unit, 10, 4);
        if (!isAtWork(job)) return;
        this.measured.add(key);
        const known = this.found.get(job.id) ?? [];
        const taken = new Set([...(known[at]?.results ?? []).map((result) => result.model), model]);
        this.found.set(job.id, known.toSpliced(at, 1, among(whole[at]!, taken)));
        this.work.tell(job, { measured: job.measured + 1 });
      }
  }

  of(job: number): EvaluationView[] {
    return this.found.get(job) ?? [];
  }

  /** How fast models are; gives the job. */
  startBench(models: string[]): number {
    return this.work.run('evaluate', 'Measuring speed', async (job) => {
      for (const [at, model] of models.entries()) {
        await this.work.count(job, `Measuring ${model}`, 'turns', 10, 4);
        if (!isAtWork(job)) return;
        this.timed.set(job.id, models.slice(0, at + 1).map(timed));
        this.work.tell(job, { measured: job.measured + 1 });
      }
    });
  }

  speedsOf(job: number): SpeedView[] {
    return this.timed.get(job) ?? [];
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

/** Larger batches are quicker, until they no longer fit. */
function timed(model: string): SpeedView {
  const { load_ms, items_per_second } = COST[model]!;
  const batches = [1, 8, 32].map((batch, at) => {
    const speed = items_per_second * [0.6, 1, 0.95][at]!;
    const spread: [number, number] = [speed * 0.97, speed * 1.02];
    return { batch, items_per_second: speed, spread, tokens_per_second: model.includes('image') ? null : speed * 17 };
  });
  const query = 1000 / (items_per_second * 0.6);
  return {
    model,
    load_ms,
    first_ms: query * 3,
    query_p50_ms: query,
    query_p95_ms: query * 1.2,
    best_batch: 8,
    batches,
    device: 'CPU, 2 threads',
    warning: null,
  };
}
