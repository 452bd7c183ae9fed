/** The seeded host: answers like the real one, works in small timed steps, and tells its listener what happens. */
import type { Backend, Listener } from '../backend';
import type { ErrorView } from '../wire/ErrorView';
import type { JobKind } from '../wire/JobKind';
import type { JobView } from '../wire/JobView';
import { METHOD } from '../../words';
import type { EvaluationView } from '../wire/EvaluationView';
import type { SteeringView } from '../wire/SteeringView';
import { COST, FOLDER, MODELS } from './catalogue';
import { Course } from './course';
import { drawing } from './corpus';
import { evaluate, judged, test } from './evaluate';
import { Judge } from './judge';
import { Kept, READ_ONLY } from './kept';
import { FOUND, INSPECTED, PROVIDERS, advise } from './models';
import { PLAN, otherTable, preview } from './plan';
import { words } from './space';
import { World, type Set } from './world';
import { writeFrame } from './write';

/** `locked`: in use at the start; `reading`: open for reading; `damaged`: a check finds something. */
export type Scene = 'empty' | 'plan' | 'running' | 'full' | 'failing' | 'huge' | 'locked' | 'reading' | 'damaged';

/** Milliseconds between two steps of a job. */
const TICK = 40;
/** Steps of a layout in that time. */
const STEPS = 20;
const TSNE: SteeringView = { exaggeration: 1, perplexity: 30, neighbours: null, min_dist: null, seed: 42 };
const UMAP: SteeringView = { exaggeration: null, perplexity: null, neighbours: 15, min_dist: 0.1, seed: 42 };
const isAtWork = (job: JobView) => job.state === 'running' || job.state === 'paused';

const failure = (message: string, hint: string | null = null): ErrorView => ({ code: 'failed', message, hint });

export class FakeHost implements Backend {
  private readonly world = new World();
  private readonly kept: Kept;
  private readonly jobs = new Map<number, JobView>();
  private readonly models = MODELS.map((model) => ({ ...model }));
  private readonly providers = PROVIDERS.map((provider) => ({ ...provider }));
  private readonly evaluations = new Map<number, EvaluationView[]>();
  private readonly judge: Judge;
  private readonly courses = new Map<number, Course>();
  /** Maps whose last layout the page has not drawn yet. */
  private readonly undrawn = new globalThis.Set<number>();
  private listener: Listener | null = null;

  constructor(private readonly scene: Scene) {
    const { world } = this;
    this.kept = new Kept(world, scene);
    this.judge = new Judge(world);
    if (!['empty', 'plan', 'running', 'huge'].includes(scene)) {
      world.add(200, 120);
      for (const model of ['all-MiniLM-L6-v2', 'builtin-image', 'builtin-text']) this.finished(model);
    }
    if (scene === 'running') this.halfWay();
    if (scene === 'huge') this.crowd(60_000);
  }

  /** A set with its two finished maps, as if everything had been done yesterday. */
  private finished(model: string): void {
    const { world } = this;
    const set = world.addSet(model);
    set.embedded = set.items.length;
    const flat = world.addLayout(set, 'pca');
    world.placePca(flat, set);
    world.finish(flat, set);
    const course = new Course(world, world.addLayout(set, 'tsne', TSNE, 400), set);
    course.advance(400);
    course.end();
  }

  /** A picture of work under way that stands still. */
  private halfWay(): void {
    const { world } = this;
    world.add(200, 120);
    const set = world.addSet('all-MiniLM-L6-v2');
    set.embedded = set.items.length;
    const flat = world.addLayout(set, 'pca');
    world.placePca(flat, set);
    world.finish(flat, set);
    const layout = world.addLayout(set, 'tsne', TSNE, 750);
    const course = new Course(world, layout, set);
    course.advance(312);
    this.courses.set(layout.view.id, course);
    this.open('import', 'Importing field-notes', {
      stage: 'Laying out texts with t-SNE',
      done: 312,
      total: 750,
      unit: 'steps',
      per_second: 84,
      seconds_left: 5.2,
    });
    this.open('fetch', 'Fetching clip-vit-base-patch32', {
      state: 'waiting',
      stage: 'Waiting for the import',
      total: 605,
      unit: 'MB',
    });
  }

  /** Many points without vectors, to see how the stage copes. */
  private crowd(count: number): void {
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

  connect(listener: Listener) {
    this.listener = listener;
    return this.answer({
      version: '0.1.0',
      device: 'CPU, 2 threads',
      sample: true,
      models: this.models,
      jobs: [...this.jobs.values()],
      plan: this.scene === 'plan' ? PLAN : null,
      ...this.kept.app(),
    });
  }

  openFiles = () => this.toAdd(PLAN);
  openFolder = () => this.toAdd(PLAN);
  planPastedText = () => this.toAdd({ ...PLAN, name: 'Pasted text', skipped: [], can_watch: false });
  planPastedPicture = () => this.toAdd({ ...PLAN, name: 'Pasted picture', skipped: [], can_watch: false });
  planSample = () => this.toAdd({ ...PLAN, name: 'Sample', skipped: [] });

  previewImport: Backend['previewImport'] = (request) => this.answer(() => preview(request));
  lookAtTable: Backend['lookAtTable'] = (_plan, name, table) => this.answer(() => otherTable(name, table));

  startImport: Backend['startImport'] = async ({ models, watch }) => {
    this.fail();
    if (watch) this.world.watched = [{ id: 1, name: PLAN.name, is_there: true }];
    return this.run('import', 'Importing field-notes', async (job) => {
      const { world } = this;
      await this.count(job, 'Reading files', 'files', 132, 22);
      if (world.entries.length === 0) world.add(200, 120);
      this.tellWorkspace();
      for (const model of models) await this.embed(job, model);
      job.skipped = [{ name: 'health/empty.docx', reason: 'it holds no text' }];
    });
  };

  startEmbedding: Backend['startEmbedding'] = async (model) => {
    this.fail();
    return this.run('embed', `Embedding with ${model}`, (job) => this.embed(job, model));
  };

  startProjection: Backend['startProjection'] = async (request) => {
    const { set: id, method, perplexity, iterations, neighbours, min_dist, seed } = request;
    this.fail();
    const set = this.world.set(id);
    return this.run('project', `Laying out with ${METHOD[method]}`, async (job) => {
      if (method === 'tsne')
        return this.layOut(job, set, { ...TSNE, perplexity: perplexity ?? 30, seed }, iterations ?? 750);
      if (method === 'umap')
        return this.layOut(job, set, { ...UMAP, neighbours: neighbours ?? 15, min_dist: min_dist ?? 0.1, seed }, 200);
      const dims = request.dims ?? 2;
      const layout = this.world.addLayout(set, 'pca', null, 0, dims);
      this.world.placePca(layout, set);
      this.world.finish(layout, set);
      this.tellWorkspace();
    });
  };

  startFetch: Backend['startFetch'] = async (id) => {
    this.fail();
    const known = this.models.find((candidate) => candidate.id === id);
    const model = known ?? { ...this.models[0]!, id, size_mb: 90, note: 'From the hub, not in the catalogue.' };
    if (!known) this.models.push(model);
    return this.run('fetch', `Fetching ${id}`, async (job) => {
      await this.count(job, 'Fetching model.safetensors', 'MB', model.size_mb, model.size_mb / 8);
      model.presence = 'present';
      this.tellModels();
    });
  };

  startCombining: Backend['startCombining'] = async (request) => {
    this.fail();
    const of = this.world.set(request.set);
    return this.run('embed', `Combining vectors of ${of.name}`, async (job) => {
      const set = this.world.combine(of, request);
      const flat = this.world.addLayout(set, 'pca');
      this.world.placePca(flat, set);
      this.world.finish(flat, set);
      this.tellWorkspace();
      await this.layOut(job, set, TSNE, 400);
    });
  };

  cancelJob: Backend['cancelJob'] = async (id) => {
    const job = this.jobs.get(id);
    if (job) this.tell(job, { state: 'cancelled', seconds_left: null });
    for (const { view } of this.world.layouts) [view.running, view.paused] = [false, false];
    this.tellWorkspace();
  };

  pauseJob: Backend['pauseJob'] = async (id, paused) => {
    await Promise.resolve();
    const job = this.jobs.get(id);
    if (!job || (job.state !== 'running' && job.state !== 'paused')) return;
    for (const { view } of this.world.layouts) view.paused = view.running && paused;
    this.tell(job, { state: paused ? 'paused' : 'running', per_second: null, seconds_left: null });
    this.tellWorkspace();
  };

  steerMap: Backend['steerMap'] = async (request) => {
    this.course(request.map).steer(request);
    this.tellWorkspace();
  };

  settleMap: Backend['settleMap'] = async (map) => {
    this.course(map).settled = true;
  };

  goOnWithMap: Backend['goOnWithMap'] = async (map, steps) => {
    const layout = this.world.layout(map);
    const { view } = layout;
    if (view.iteration >= view.iterations || steps) view.iterations += steps ?? 250;
    const set = this.world.set(view.set);
    return this.run('project', `Going on with ${METHOD[view.method]}`, (job) =>
      this.follow(job, new Course(this.world, layout, set, view.iteration), set),
    );
  };

  layoutDrawn: Backend['layoutDrawn'] = async (map) => {
    this.undrawn.delete(map);
  };

  private course(map: number): Course {
    const course = this.courses.get(map);
    if (!course?.layout.view.running)
      throw { code: 'bad_request', message: 'This map does not move any more.', hint: null } satisfies ErrorView;
    return course;
  }

  stopWatching: Backend['stopWatching'] = async (id) => {
    this.world.watched = this.world.watched.filter((folder) => folder.id !== id);
    this.tellWorkspace();
  };

  getKeeping = () => this.answer(() => this.kept.keeping());
  listRuns = () => this.answer(() => this.kept.runs());
  checkWorkspace = () => this.answer(() => this.kept.check());
  mendWorkspace = () => this.answer(() => this.kept.mend());
  compactWorkspace = () => this.answer(() => this.kept.compact());
  openWorkspace = () => this.answer(() => this.kept.open('Reports', 'in the folder Documents'));
  newWorkspace = () => this.answer(() => this.kept.open('untitled', 'in the folder Documents'));
  openRecent: Backend['openRecent'] = (number) => this.answer(() => this.kept.openRecent(number));
  openRefused: Backend['openRefused'] = (readOnly) => this.answer(() => this.kept.openRefused(readOnly));
  mendRefused = () => this.answer(() => this.kept.openRefused(false));
  forgetRecent: Backend['forgetRecent'] = (number) => this.answer(() => this.kept.forgetRecent(number));
  setTheme: Backend['setTheme'] = (theme) => this.answer(() => this.kept.setTheme(theme));
  writeDiagnosis = () => this.answer('embedscope-diagnosis.json');
  showInFolder = () => this.answer(undefined);
  openSource = () => this.answer(undefined);
  setMenus = () => this.answer(undefined);
  writeFigure: Backend['writeFigure'] = async ({ format }) => {
    this.fail();
    return this.answer(`field-notes.${format}`);
  };
  copyFigure = () => this.answer(undefined);
  copyItems: Backend['copyItems'] = (items, as) =>
    navigator.clipboard.writeText(this.world.written(items, as === 'csv'));

  forgetItems: Backend['forgetItems'] = (items) =>
    this.change(() => {
      this.kept.forget(items.length);
      this.world.forget(new Set(items));
      return items.length;
    });
  forgetCollection: Backend['forgetCollection'] = () => this.clearWorkspace().then(() => 320);
  clearWorkspace = () => this.change(() => this.world.clear());
  findOriginal: Backend['findOriginal'] = (item) => this.change(() => this.kept.find(item));

  repeatRun: Backend['repeatRun'] = async (id) => {
    const run = this.kept.runs().find((known) => known.id === id)!;
    return this.run('project', `Laying out with ${run.title}`, (job) => this.count(job, run.title, 'steps', 200, 40));
  };

  startExport: Backend['startExport'] = async ({ format, items }) => {
    this.fail();
    const rows = items?.length ?? this.world.workspace().items;
    const name = format === 'npy' || format === 'projector' ? `field-notes ${format}` : `field-notes.${format}`;
    return this.run('export', `Writing ${name}`, async (job) => {
      await this.count(job, `Writing ${name}`, 'items', rows, Math.ceil(rows / 8));
      job.written = name;
    });
  };

  searchHub: Backend['searchHub'] = async (words) => {
    this.fail();
    const found = FOUND.filter(({ id }) => words.split(/\s+/).every((word) => id.toLowerCase().includes(word)));
    return this.answer(found.map((model) => ({ ...model, presence: this.presence(model.id) })));
  };
  inspectModel: Backend['inspectModel'] = async (id) => this.answer(INSPECTED(id));
  recommendModels: Backend['recommendModels'] = (request) => this.answer(() => advise(this.models, request));
  removeModel: Backend['removeModel'] = async (id) => {
    const model = this.models.find((known) => known.id === id)!;
    if (model.is_folder) this.models.splice(this.models.indexOf(model), 1);
    else Object.assign(model, { presence: 'missing', device: null, memory_mb: null });
    this.tellModels();
    return this.answer(model.is_folder ? 0 : model.size_mb * 1e6);
  };
  addModelFolder: Backend['addModelFolder'] = async () => {
    this.fail();
    if (!this.models.some(({ id }) => id === FOLDER.id)) this.models.push({ ...FOLDER });
    this.tellModels();
    return this.answer(FOLDER.id);
  };
  unloadModel: Backend['unloadModel'] = async (id) => {
    Object.assign(
      this.models.find((known) => known.id === id)!,
      { device: null, memory_mb: null },
    );
    this.tellModels();
    return this.answer(undefined);
  };
  listProviders = () => this.answer(() => this.providers.map((provider) => ({ ...provider })));
  allowProvider: Backend['allowProvider'] = (name, allowed) => this.provide(name, { allowed });
  keepKey: Backend['keepKey'] = (name, key) => this.provide(name, { has_key: key !== null });
  getSending: Backend['getSending'] = async (model) => {
    const provider = this.providers.find(({ name }) => model.startsWith(`${name}:`));
    if (!provider) return null;
    const { name, host, allowed } = provider;
    return this.answer({ provider: name, host, allowed, texts: 200, tokens: 41_300, cost: host ? 0.0008 : 0 });
  };

  private presence = (id: string) => this.models.find((known) => known.id === id)?.presence ?? 'missing';
  private tellModels = () =>
    this.listener?.onEvent({ type: 'models', models: this.models.map((entry) => ({ ...entry })) });
  private provide(name: string, change: Partial<(typeof PROVIDERS)[number]>) {
    Object.assign(
      this.providers.find((known) => known.name === name)!,
      change,
    );
    return this.listProviders();
  }

  getRows: Backend['getRows'] = (set) => this.answer(() => this.world.rowsFrame(this.world.set(set)));
  getPositions: Backend['getPositions'] = (map, other) =>
    this.answer(() => this.world.positionsFrame(this.world.layout(map), other));
  getColours: Backend['getColours'] = (set, by) => this.answer(() => this.world.coloursFrame(this.world.set(set), by));
  getMatrix: Backend['getMatrix'] = (set, items, limit) =>
    this.answer(() => this.world.matrixFrame(this.world.set(set), items, limit));
  getOverlap: Backend['getOverlap'] = (request) =>
    this.answer(() => writeFrame('overlap', 1, request, { ...this.world.overlap(request) }));
  getDifference: Backend['getDifference'] = (a, b, items, limit) =>
    this.answer(() => this.world.differenceFrame(this.world.set(a), this.world.set(b), items, limit));
  selectLasso: Backend['selectLasso'] = ({ map, polygon, matrix }) =>
    this.answer(() =>
      writeFrame('selection', 1, {}, { items: this.world.lasso(this.world.layout(map), polygon, matrix) }),
    );

  getListing: Backend['getListing'] = (request) => this.answer(() => this.world.lists.listing(request));
  getSelection: Backend['getSelection'] = (name) => this.answer(() => this.world.lists.selection(name));
  getTagged: Backend['getTagged'] = (tag) => this.answer(() => this.world.lists.tagged(tag));
  setTag: Backend['setTag'] = (request) => this.change(() => this.world.lists.setTag(request));
  growSelection: Backend['growSelection'] = (set, items, k) =>
    this.answer(() => this.world.lists.grown(this.world.set(set), items, k));
  saveSelection: Backend['saveSelection'] = (name, items) => this.change(() => this.world.lists.save(name, items));
  renameSelection: Backend['renameSelection'] = (name, to) => this.change(() => this.world.lists.rename(name, to));
  forgetSelection: Backend['forgetSelection'] = (name) => this.change(() => this.world.lists.drop(name));
  getSpecial: Backend['getSpecial'] = (request) => this.answer(() => this.world.lists.special(request));
  reckon: Backend['reckon'] = (request) => this.answer(() => this.world.lists.reckon(request));
  getSpread: Backend['getSpread'] = (request) => this.answer(() => this.world.lists.spread(request));

  getItem: Backend['getItem'] = (item) =>
    this.answer(() => ({ ...this.world.item(item), lost: this.kept.isLost(item) }));
  listItems: Backend['listItems'] = (items) => this.answer(() => Array.from(items, (item) => this.world.item(item)));
  getNeighbours: Backend['getNeighbours'] = (set, item, k) =>
    this.answer(() => this.world.neighbours(this.world.set(set), item, k));

  search: Backend['search'] = async ({ set, text, k }) => {
    this.fail();
    return this.answer(() => {
      const { model, embedded } = this.world.set(set);
      const kinds = this.models.find(({ id }) => id === model.id)!.kinds;
      if (!kinds.includes('text'))
        throw { code: 'bad_request', message: `${model.id} does not read words.`, hint: 'Search on a map of texts.' };
      return {
        hits: this.world.search(this.world.set(set), text, k),
        searched: embedded,
        exact: true,
        elapsed_ms: 6.4,
      };
    });
  };

  compare: Backend['compare'] = async (request) => {
    this.fail();
    return this.answer(() => this.world.compare(request));
  };

  startEvaluation: Backend['startEvaluation'] = async (request) => {
    this.fail();
    const found =
      request.by === 'judged' ? [judged(this.world, this.judge.answers, request)] : evaluate(this.world, request);
    return this.run('evaluate', `Evaluating by ${request.by.replace('column:', '')}`, async (job) => {
      await this.count(job, 'Classifying', 'draws', 10, 2);
      if (job.state === 'running') this.evaluations.set(job.id, found);
    });
  };

  startTest: Backend['startTest'] = async (task, models) => {
    this.fail();
    const found = test(this.world, task, models);
    return this.run('evaluate', 'Evaluating on questions', async (job) => {
      await this.count(job, 'Embedding texts', 'items', 200, 50);
      if (job.state === 'running') this.evaluations.set(job.id, [found]);
    });
  };
  nextQuestion: Backend['nextQuestion'] = (sets) => this.answer(() => this.judge.next(sets));
  answerQuestion: Backend['answerQuestion'] = (request) => this.change(() => this.judge.take(request));
  takeBackAnswer = () => this.change(() => this.judge.back());
  countJudgements = () => this.answer(() => this.judge.decided.length);

  getMove: Backend['getMove'] = (model) =>
    this.answer(() => {
      const { kinds, dim, size_mb, presence } = this.models.find(({ id }) => id === model)!;
      const items = this.world.entries.filter(({ kind }) => kinds.includes(kind)).length;
      const set = this.world.sets.find((own) => own.model.id === model);
      const missing = items - (set?.embedded ?? 0);
      const here = presence !== 'missing';
      return {
        model,
        set: set?.id ?? null,
        items,
        missing,
        seconds: here ? missing / COST[model]!.items_per_second : null,
        bytes: items * (dim + 4) * 4,
        fetch_mb: here ? 0 : size_mb,
      };
    });
  useSet: Backend['useSet'] = (id) =>
    this.change(() => {
      const { embedded, items } = this.world.set(id);
      if (embedded < items.length)
        throw { code: 'bad_request', message: 'It can be used once it is whole.', hint: null };
      this.world.inUse = id;
    });

  getEvaluations: Backend['getEvaluations'] = (job) => this.answer(() => this.evaluations.get(job) ?? []);

  explain: Backend['explain'] = (text, model) => {
    const { dim } = MODELS.find(({ id }) => id === model)!;
    const tokens = [
      '[CLS]',
      ...words(text).flatMap((word) => (word.length > 7 ? [word.slice(0, 5), `##${word.slice(5)}`] : [word])),
      '[SEP]',
    ];
    return this.answer({
      tokens,
      ids: tokens.map((token) => [...token].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 30522, 7)),
      cut: 0,
      stages: [
        { name: 'tokens', shape: [1, tokens.length] },
        { name: 'token vectors', shape: [1, tokens.length, dim] },
        { name: 'mean pooling', shape: [1, dim] },
        { name: 'normalised', shape: [1, dim] },
      ],
      norm: 5.47,
    });
  };

  thumbnailUrl = (item: number) => drawing(this.world.entries[item]!);

  /** What is planned could not be added to what is open for reading. */
  private async toAdd<T>(plan: T): Promise<T> {
    if (this.kept.readOnly) throw READ_ONLY;
    return this.answer(plan);
  }

  private async change<T>(change: () => T): Promise<T> {
    if (this.kept.readOnly) throw READ_ONLY;
    const answer = change();
    this.tellWorkspace();
    return answer;
  }

  private async answer<T>(value: T | (() => T)): Promise<T> {
    await Promise.resolve();
    return typeof value === 'function' ? (value as () => T)() : value;
  }

  private fail(): void {
    if (this.scene === 'failing')
      throw failure(
        'The model file of all-MiniLM-L6-v2 could not be read: it ends after 12 MB of 91.',
        'Fetch the model again.',
      );
  }

  private tellWorkspace(): void {
    this.listener?.onEvent({ type: 'workspace', workspace: this.kept.workspace() });
  }

  private tell(job: JobView, change: Partial<JobView>): void {
    Object.assign(job, change);
    this.listener?.onEvent({ type: 'job', job: { ...job } });
  }

  private open(kind: JobKind, title: string, rest: Partial<JobView>): JobView {
    const job: JobView = {
      id: this.jobs.size + 1,
      kind,
      title,
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
      ...rest,
    };
    this.jobs.set(job.id, job);
    return job;
  }

  private run(kind: JobKind, title: string, body: (job: JobView) => Promise<void>): number {
    const job = this.open(kind, title, {});
    this.tell(job, {});
    body(job).then(
      () => isAtWork(job) && this.tell(job, { state: 'done', seconds_left: null }),
      (error: unknown) => this.tell(job, { state: 'failed', error: failure(String(error)) }),
    );
    return job.id;
  }

  private pause = () => new Promise((resolve) => setTimeout(resolve, TICK));

  private async count(
    job: JobView,
    stage: string,
    unit: string,
    total: number,
    step: number,
    each?: (done: number) => void,
  ) {
    for (let done = 0; isAtWork(job); done = Math.min(total, done + step)) {
      const per_second = (step * 1000) / TICK;
      this.tell(job, { stage, unit, done, total, per_second, seconds_left: (total - done) / per_second });
      each?.(done);
      if (done >= total) return;
      await this.pause();
      while (job.state === 'paused') await this.pause();
    }
  }

  private async embed(job: JobView, model: string): Promise<void> {
    if (!isAtWork(job)) return;
    const { world } = this;
    const set = world.sets.find((candidate) => candidate.model.id === model) ?? world.addSet(model);
    const flat = world.addLayout(set, 'pca');
    this.tellWorkspace();
    const batch = Math.ceil(set.items.length / Math.min(12, Math.max(3, 4000 / COST[model]!.items_per_second)));
    await this.count(job, `Embedding with ${model}`, 'items', set.items.length, batch, (done) => {
      const before = set.embedded;
      set.embedded = Math.max(before, done);
      if (set.embedded === before || set.embedded < 3) return;
      this.listener?.onFrame(world.rowsFrame(set, before));
      world.placePca(flat, set);
      this.listener?.onFrame(world.positionsFrame(flat));
      this.tellWorkspace();
    });
    world.finish(flat, set);
    await this.layOut(job, set, TSNE, 400);
  }

  private async layOut(job: JobView, set: Set, steering: SteeringView, iterations: number): Promise<void> {
    if (!isAtWork(job) || set.embedded < 3) return;
    const method = steering.perplexity === null ? 'umap' : 'tsne';
    await this.follow(job, new Course(this.world, this.world.addLayout(set, method, steering, iterations), set), set);
  }

  /** Steps a layout to its end; while it moves, no more of it is sent than is drawn. */
  private async follow(job: JobView, course: Course, set: Set): Promise<void> {
    const { world } = this;
    const { layout } = course;
    const { id, method } = layout.view;
    this.courses.set(id, course);
    const stage = `Laying out ${set.model.id} with ${METHOD[method]}`;
    course.advance(1);
    this.tellWorkspace();
    while (isAtWork(job) && !course.finished) {
      const per_second = (STEPS * 1000) / TICK;
      this.tell(job, {
        stage,
        unit: 'steps',
        done: course.done,
        total: course.total,
        per_second,
        seconds_left: (course.total - course.done) / per_second,
      });
      await this.pause();
      while (job.state === 'paused') await this.pause();
      if (!isAtWork(job)) break;
      course.advance(STEPS);
      if (!this.undrawn.has(id)) {
        this.undrawn.add(id);
        this.listener?.onFrame(world.stepsFrame(layout));
      }
    }
    this.undrawn.delete(id);
    this.courses.delete(id);
    course.end();
    this.listener?.onFrame(world.positionsFrame(layout));
    this.tellWorkspace();
  }
}
