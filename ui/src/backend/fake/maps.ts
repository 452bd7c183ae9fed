/** The seeded host's maps: laid out, steered while they move, told no faster than they are drawn. */
import { METHOD } from '../../words';
import type { CombineRequest } from '../wire/CombineRequest';
import type { ErrorView } from '../wire/ErrorView';
import type { JobView } from '../wire/JobView';
import type { ProjectRequest } from '../wire/ProjectRequest';
import type { SteerRequest } from '../wire/SteerRequest';
import { COST } from './catalogue';
import { type Chosen, Course } from './course';
import { TICK, isAtWork, type Told, type Work } from './work';
import type { Set, World } from './world';

/** Steps of a layout between two steps of a job. */
const STEPS = 20;
const TSNE: Chosen = { exaggeration: 1, perplexity: 30, neighbours: null, min_dist: null, seed: 42 };
const UMAP: Chosen = { exaggeration: null, perplexity: null, neighbours: 15, min_dist: 0.1, seed: 42 };

export class Maps {
  private readonly courses = new Map<number, Course>();
  /** Maps whose last layout the page has not drawn yet. */
  private readonly undrawn = new globalThis.Set<number>();

  constructor(
    private readonly world: World,
    private readonly work: Work,
    private readonly told: Told,
  ) {}

  /** A set with its two finished maps, as if everything had been done yesterday. */
  finished(model: string): void {
    const { world } = this;
    const set = this.embedded(model);
    const course = new Course(world, world.addLayout(set, 'tsne', TSNE, 400), set);
    course.advance(400);
    course.end();
  }

  /** Everything embedded, on its first map. */
  private embedded(model: string): Set {
    const { world } = this;
    const set = world.addSet(model);
    set.embedded = set.items.length;
    const flat = world.addLayout(set, 'pca');
    world.placePca(flat, set);
    world.finish(flat, set);
    return set;
  }

  /** A picture of work under way that stands still. */
  halfWay(): void {
    const { world } = this;
    const set = this.embedded('all-MiniLM-L6-v2');
    const layout = world.addLayout(set, 'tsne', TSNE, 750);
    const course = new Course(world, layout, set);
    course.advance(312);
    this.courses.set(layout.view.id, course);
    this.work.open('import', 'Importing field-notes', {
      stage: 'Laying out texts with t-SNE',
      done: 312,
      total: 750,
      unit: 'steps',
      per_second: 84,
      seconds_left: 5.2,
    });
    this.work.open('fetch', 'Fetching clip-vit-base-patch32', {
      state: 'waiting',
      stage: 'Waiting for the import',
      total: 605,
      unit: 'MB',
    });
  }

  /** So few texts that nothing can be laid out but their principal components. */
  few(count: number): void {
    this.world.add(count, 0);
    this.embedded('builtin-text');
  }

  /** Many points without vectors, to see how the stage copes. */
  crowd(count: number): void {
    const { world } = this;
    world.add(count, 0);
    const set = world.addSet('builtin-text');
    set.embedded = count;
    const layout = world.addLayout(set, 'tsne', TSNE, 750);
    const positions = new Float32Array(count * 2);
    for (let row = 0; row < count; row++) {
      const { vectors } = set;
      const topic = world.entries[row]!.topic;
      const [angle, radius] = [topic * 2.4, 4 + topic * 2.6];
      const spread = 1.6 + vectors[row]![5]! * 4;
      positions[row * 2] = Math.cos(angle) * radius + (vectors[row]![0]! * 9 + vectors[row]![1]! * 5) * spread;
      positions[row * 2 + 1] = Math.sin(angle) * radius + (vectors[row]![2]! * 9 + vectors[row]![3]! * 5) * spread;
    }
    layout.view.iteration = layout.view.iterations;
    world.place(layout, positions);
    layout.view.trustworthiness = 0.972;
  }

  /** Starts a map as it was asked for; gives the job. */
  start(request: ProjectRequest): number {
    const { set: id, method, perplexity, uniform, iterations, neighbours, min_dist, seed } = request;
    const dims = request.dims ?? 2;
    const set = this.world.set(id);
    return this.work.run('project', `Laying out with ${METHOD[method]}`, async (job) => {
      if (method === 'tsne')
        return this.layOut(
          job,
          set,
          { ...TSNE, perplexity: perplexity ?? 30, uniform: uniform ?? false, seed },
          iterations ?? 750,
          dims,
        );
      if (method === 'umap')
        return this.layOut(
          job,
          set,
          { ...UMAP, neighbours: neighbours ?? 15, min_dist: min_dist ?? 0.1, seed },
          200,
          dims,
        );
      const layout = this.world.addLayout(set, 'pca', null, 0, dims);
      this.world.placePca(layout, set);
      this.world.finish(layout, set);
      this.told.workspace();
    });
  }

  /** Embeds what a model sees, and lays it out as it comes. */
  async embed(job: JobView, model: string): Promise<void> {
    if (!isAtWork(job)) return;
    const { world, told } = this;
    const set = world.sets.find((candidate) => candidate.model.id === model) ?? world.addSet(model);
    const flat = world.addLayout(set, 'pca');
    told.workspace();
    const batch = Math.ceil(set.items.length / Math.min(12, Math.max(3, 4000 / COST[model]!.items_per_second)));
    await this.work.count(job, `Embedding with ${model}`, 'items', set.items.length, batch, (done) => {
      const before = set.embedded;
      set.embedded = Math.max(before, done);
      if (set.embedded === before || set.embedded < 3) return;
      told.frame(world.rowsFrame(set, before));
      world.placePca(flat, set);
      told.frame(world.positionsFrame(flat));
      told.workspace();
    });
    world.finish(flat, set);
    await this.layOut(job, set, TSNE, 400);
  }

  /** Combines the vectors of a set, and lays them out. */
  async combine(job: JobView, of: Set, request: CombineRequest): Promise<void> {
    const set = this.world.combine(of, request);
    const flat = this.world.addLayout(set, 'pca');
    this.world.placePca(flat, set);
    this.world.finish(flat, set);
    this.told.workspace();
    await this.layOut(job, set, TSNE, 400);
  }

  steer(request: SteerRequest): void {
    this.course(request.map).steer(request);
    this.told.workspace();
  }

  settle(map: number): void {
    this.course(map).settled = true;
  }

  /** Gives the job. */
  goOn(map: number, steps: number | null): number {
    const layout = this.world.layout(map);
    const { view } = layout;
    if (view.iteration >= view.iterations || steps) view.iterations += steps ?? 250;
    const set = this.world.set(view.set);
    return this.work.run('project', `Going on with ${METHOD[view.method]}`, (job) =>
      this.follow(job, new Course(this.world, layout, set, view.iteration), set),
    );
  }

  drawn(map: number): void {
    this.undrawn.delete(map);
  }

  /** What moves rests, or goes on. */
  rest(paused: boolean): void {
    for (const { view } of this.world.layouts) view.paused = view.running && paused;
  }

  /** Nothing moves any more. */
  stop(): void {
    for (const { view } of this.world.layouts) [view.running, view.paused] = [false, false];
  }

  private course(map: number): Course {
    const course = this.courses.get(map);
    if (!course?.layout.view.running)
      throw { code: 'bad_request', message: 'This map does not move any more.', hint: null } satisfies ErrorView;
    return course;
  }

  private async layOut(job: JobView, set: Set, steering: Chosen, iterations: number, dims = 2): Promise<void> {
    if (!isAtWork(job) || set.embedded < 3) return;
    const method = steering.perplexity === null ? 'umap' : 'tsne';
    const layout = this.world.addLayout(set, method, steering, iterations, dims);
    await this.follow(job, new Course(this.world, layout, set), set);
  }

  /** Steps a layout to its end; while it moves, no more of it is sent than is drawn. */
  private async follow(job: JobView, course: Course, set: Set): Promise<void> {
    const { world, told } = this;
    const { layout } = course;
    const { id, method } = layout.view;
    this.courses.set(id, course);
    const stage = `Laying out ${set.model.id} with ${METHOD[method]}`;
    course.advance(1);
    told.workspace();
    while (isAtWork(job) && !course.finished) {
      const per_second = (STEPS * 1000) / TICK;
      this.work.tell(job, {
        stage,
        unit: 'steps',
        done: course.done,
        total: course.total,
        per_second,
        seconds_left: (course.total - course.done) / per_second,
      });
      await this.work.step(job);
      if (!isAtWork(job)) break;
      course.advance(STEPS);
      if (!this.undrawn.has(id)) {
        this.undrawn.add(id);
        told.frame(world.stepsFrame(layout));
      }
    }
    this.undrawn.delete(id);
    this.courses.delete(id);
    course.end();
    told.frame(world.positionsFrame(layout));
    told.workspace();
  }
}
