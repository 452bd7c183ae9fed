/** The seeded host: answers like the real one, works in small timed steps, and tells its listener what happens. */
import type { Backend, Listener } from '../backend';
import { unpacked } from '../items';
import type { ErrorView } from '../wire/ErrorView';
import type { HubView } from '../wire/HubView';
import { FOLDER, MODELS } from './catalogue';
import { compare, differenceFrame, overlap } from './compare';
import { drawing } from './corpus';
import { health } from './health';
import { Kept, READ_ONLY } from './kept';
import { Maps } from './maps';
import { Measuring } from './measuring';
import { FOUND, INSPECTED, PROVIDERS, advise } from './models';
import { PLAN, otherTable, preview } from './plan';
import { words } from './space';
import { Work, failure, moment, type Told } from './work';
import { World } from './world';
import { writeFrame } from './write';

/**
 * `one`, `two`: so many items; `offline`: nothing can be fetched; `memory`: there is too little of it; `locked`: in use at
 * the start; `reading`: open for reading; `damaged`: a check finds something; `waiting`: no answer comes after the first.
 */
export type Scene =
  | ('empty' | 'plan' | 'running' | 'full' | 'one' | 'two' | 'huge')
  | ('failing' | 'offline' | 'memory' | 'locked' | 'reading' | 'damaged' | 'waiting');

const unreached = (what: string): ErrorView => ({
  code: 'network',
  message: `Could not fetch ${what}: could not reach huggingface.co (no connection)`,
  hint: 'Look at the connection and try again; the built-in models need none.',
});
const OUT_OF_MEMORY = (model: string): ErrorView => ({
  code: 'failed',
  message: `${model} needs more memory than the graphics card has`,
  hint: 'Close what else uses it, or choose a smaller model; what was embedded is kept.',
});

export class FakeHost implements Backend {
  private readonly world = new World();
  private readonly kept: Kept;
  private readonly models = MODELS.map((model) => ({ ...model }));
  private hub: HubView = { host: 'huggingface.co', mirror: null, is_fixed: false, has_token: false };
  private readonly providers = PROVIDERS.map((provider) => ({ ...provider }));
  private readonly told: Told = {
    event: (event) => this.listener?.onEvent(event),
    frame: (frame) => this.listener?.onFrame(frame),
    workspace: () => this.tellWorkspace(),
  };
  private readonly work = new Work(this.told);
  private readonly maps = new Maps(this.world, this.work, this.told);
  private readonly measuring = new Measuring(this.world, this.work);
  private listener: Listener | null = null;
  private looking = false;

  constructor(private readonly scene: Scene) {
    const { world, maps } = this;
    this.kept = new Kept(world, scene);
    if (scene === 'huge') maps.crowd(60_000);
    if (scene === 'one' || scene === 'two') maps.few(scene === 'one' ? 1 : 2);
    if (['empty', 'plan', 'one', 'two', 'huge'].includes(scene)) return;
    world.add(200, 120);
    if (scene === 'running') maps.halfWay();
    else for (const model of ['all-MiniLM-L6-v2', 'builtin-image', 'builtin-text']) maps.finished(model);
  }

  async connect(listener: Listener) {
    this.listener = listener;
    return {
      version: '0.1.0',
      device: 'CPU, 2 threads',
      sample: true,
      models: this.models,
      jobs: this.work.all,
      plan: this.scene === 'plan' ? PLAN : null,
      looking: false,
      ...this.kept.app(),
    };
  }

  openFiles = () => this.toAdd(PLAN);
  openFolder = () => this.toAdd(PLAN);
  planPastedText = () => this.toAdd({ ...PLAN, name: 'Pasted text', skipped: [], can_watch: false });
  planPastedPicture = () => this.toAdd({ ...PLAN, name: 'Pasted picture', skipped: [], can_watch: false });
  stopLooking = async () => this.look(false);
  planSample = () => this.toAdd({ ...PLAN, name: 'Sample', skipped: [] });

  hover = (over: boolean) => this.told.event({ type: 'hover', over });
  /** Files were dropped: they are looked through for a while, and are a plan then. */
  drop = async () => {
    if (this.kept.readOnly) return this.told.event({ type: 'notice', error: READ_ONLY });
    this.look(true);
    for (let step = 0; step < 12 && this.looking; step++) await moment();
    if (!this.looking) return;
    this.look(false);
    this.told.event({ type: 'plan', plan: PLAN });
  };
  private look(on: boolean): void {
    this.looking = on;
    this.told.event({ type: 'looking', on });
  }

  previewImport: Backend['previewImport'] = (request) => moment().then(() => preview(request));
  lookAtTable: Backend['lookAtTable'] = (_plan, name, table) => this.answer(() => otherTable(name, table));

  startImport: Backend['startImport'] = async ({ models, watch }) => {
    this.fail();
    if (watch) this.world.watched = [{ id: 1, name: PLAN.name, is_there: true }];
    return this.work.run('import', 'Importing field-notes', async (job) => {
      const { world } = this;
      await this.work.count(job, 'Reading files', 'files', 132, 22);
      if (world.entries.length === 0) world.add(200, 120);
      this.tellWorkspace();
      for (const model of models) await this.maps.embed(job, model);
      job.skipped = [{ name: 'health/empty.docx', reason: 'it holds no text' }];
    });
  };

  startEmbedding: Backend['startEmbedding'] = async (model) => {
    this.fail();
    return this.work.run('embed', `Embedding with ${model}`, async (job) => {
      if (this.scene !== 'memory') return this.maps.embed(job, model);
      await this.work.step(job);
      throw OUT_OF_MEMORY(model);
    });
  };

  startProjection: Backend['startProjection'] = async (request) => {
    this.fail();
    return this.maps.start(request);
  };

  startFetch: Backend['startFetch'] = async (id) => {
    this.fail();
    const known = this.models.find((candidate) => candidate.id === id);
    const model = known ?? { ...this.models[0]!, id, size_mb: 90, note: 'From the hub, not in the catalogue.' };
    if (!known) this.models.push(model);
    return this.work.run('fetch', `Fetching ${id}`, async (job) => {
      if (this.scene === 'offline') throw unreached(id);
      await this.work.count(job, 'Fetching model.safetensors', 'MB', model.size_mb, model.size_mb / 8);
      model.presence = 'present';
      this.tellModels();
    });
  };

  startCombining: Backend['startCombining'] = async (request) => {
    this.fail();
    const of = this.world.set(request.set);
    return this.work.run('embed', `Combining vectors of ${of.name}`, (job) => this.maps.combine(job, of, request));
  };

  startClustering: Backend['startClustering'] = async (request) => {
    this.fail();
    const set = this.world.set(request.set);
    return this.work.run('cluster', `Finding clusters of ${set.name}`, async (job) => {
      await this.work.count(job, 'Finding clusters', 'parts', 4, 1, () => undefined);
      this.world.clusters.find(request);
      this.tellWorkspace();
    });
  };

  showLayer: Backend['showLayer'] = (set, layer) => this.change(() => this.world.clusters.show(set, layer));

  cancelJob: Backend['cancelJob'] = async (id) => {
    const job = this.work.get(id);
    if (job) this.work.tell(job, { state: 'cancelled', seconds_left: null });
    this.maps.stop();
    this.tellWorkspace();
  };

  pauseJob: Backend['pauseJob'] = async (id, paused) => {
    await Promise.resolve();
    const job = this.work.get(id);
    if (!job || (job.state !== 'running' && job.state !== 'paused')) return;
    this.maps.rest(paused);
    this.work.tell(job, { state: paused ? 'paused' : 'running', per_second: null, seconds_left: null });
    this.tellWorkspace();
  };

  steerMap: Backend['steerMap'] = async (request) => this.maps.steer(request);
  settleMap: Backend['settleMap'] = async (map) => this.maps.settle(map);
  goOnWithMap: Backend['goOnWithMap'] = async (map, steps) => this.maps.goOn(map, steps);
  layoutDrawn: Backend['layoutDrawn'] = async (map) => this.maps.drawn(map);

  stopWatching: Backend['stopWatching'] = async (id) => {
    this.world.watched = this.world.watched.filter((folder) => folder.id !== id);
    this.tellWorkspace();
  };

  getKeeping = () => this.answer(() => this.kept.keeping());
  listRuns = () => this.answer(() => this.kept.runs());
  startCheck: Backend['startCheck'] = async () =>
    this.work.run('keep', 'Looking through what is kept', async (job) => {
      await this.work.count(job, 'Looking through what is kept', 'MB', 8, 2);
      this.kept.check(job.id);
    });
  startCompact: Backend['startCompact'] = async () => {
    this.kept.writable();
    return this.work.run('keep', 'Giving back disk space', async (job) => {
      await this.work.count(job, 'Giving back disk space', 'MB', 8, 4);
      this.kept.compact();
    });
  };
  getCheck: Backend['getCheck'] = (job) => this.answer(() => this.kept.found(job));
  mendWorkspace = () => this.answer(() => this.kept.mend());
  openWorkspace = () => this.answer(() => this.kept.open('Reports', 'in the folder Documents'));
  newWorkspace = () => this.answer(() => this.kept.open('untitled', 'in the folder Documents'));
  openRecent: Backend['openRecent'] = (number) => this.answer(() => this.kept.openRecent(number));
  openRefused: Backend['openRefused'] = (readOnly) => this.answer(() => this.kept.openRefused(readOnly));
  mendRefused = () => this.answer(() => this.kept.openRefused(false));
  forgetRecent: Backend['forgetRecent'] = (number) => this.answer(() => this.kept.forgetRecent(number));
  setZoom: Backend['setZoom'] = (zoom) => this.answer(() => this.kept.setZoom(zoom));
  setTheme: Backend['setTheme'] = (theme) => this.answer(() => this.kept.setTheme(theme));
  keepLook: Backend['keepLook'] = (look) => this.answer(() => this.kept.keepLook(look));
  setAskForReleases: Backend['setAskForReleases'] = (wanted) => this.answer(() => this.kept.setAskForReleases(wanted));
  newerVersion = () => this.answer(() => this.kept.newerVersion());
  lookForRelease = () => this.answer(() => this.kept.look());
  openRelease = () => this.answer(undefined);
  writeDiagnosis = () => this.answer('embedscope-diagnosis.json');
  /** There is no other program to show or open it in; it is told what would be. */
  showInFolder: Backend['showInFolder'] = ({ what }) => {
    this.told.event({ type: 'told', message: `The ${what} would be shown in its folder here` });
    return this.answer(undefined);
  };
  openSource = (item: number) => {
    this.told.event({ type: 'told', message: `${this.world.entries[item]!.file} would be opened here` });
    return this.answer(undefined);
  };
  setMenus = () => this.answer(undefined);
  setNotices = () => this.answer(undefined);
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
  forgetMap: Backend['forgetMap'] = (map) => this.change(() => this.world.forgetMap(map));
  clearWorkspace = () => this.change(() => this.world.clear());
  findOriginal: Backend['findOriginal'] = (item) => this.change(() => this.kept.find(item));

  repeatRun: Backend['repeatRun'] = async (id) => {
    const run = this.kept.runs().find((known) => known.id === id)!;
    return this.work.run('project', `Laying out with ${run.title}`, (job) =>
      this.work.count(job, run.title, 'steps', 200, 40),
    );
  };

  startExport: Backend['startExport'] = async ({ format, items }) => {
    this.fail();
    const rows = items ? unpacked(items).length : this.world.workspace().items;
    const folders: Partial<Record<typeof format, string>> = {
      npy: 'numpy',
      projector: 'projector',
      originals: 'files',
    };
    const name = folders[format] ? `field-notes ${folders[format]}` : `field-notes.${format}`;
    return this.work.run('export', `Writing ${name}`, async (job) => {
      await this.work.count(job, `Writing ${name}`, 'items', rows, Math.ceil(rows / 8));
      job.written = name;
    });
  };

  searchHub: Backend['searchHub'] = async (words) => {
    this.fail();
    if (this.scene === 'offline') throw unreached('the list of models');
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
  getHub: Backend['getHub'] = () => this.answer({ ...this.hub });
  setMirror: Backend['setMirror'] = (mirror) =>
    this.answer(() => {
      if (mirror && !/^https:\/\/\w/.test(mirror))
        throw {
          code: 'bad_request',
          message: 'The mirror has a url that does not begin with https:// and a host',
          hint: null,
        } satisfies ErrorView;
      const host = mirror ? new URL(mirror).host : 'huggingface.co';
      this.hub = { ...this.hub, host, mirror, has_token: host === this.hub.host && this.hub.has_token };
      return this.hub;
    });
  keepToken: Backend['keepToken'] = (token) =>
    this.answer(() => (this.hub = { ...this.hub, has_token: token !== null }));
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
    this.answer(() => writeFrame('overlap', 1, request, { ...overlap(this.world, request) }));
  getDifference: Backend['getDifference'] = (a, b, items, limit) =>
    this.answer(() => differenceFrame(this.world, this.world.set(a), this.world.set(b), items, limit));
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

  getMemory = () => this.answer(412);
  getHealth: Backend['getHealth'] = (set) => this.answer(() => health(this.world.set(set)));

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
        typical: this.world.typical(this.world.set(set), text),
        elapsed_ms: 6.4,
      };
    });
  };

  compare: Backend['compare'] = async (request) => {
    this.fail();
    return this.answer(() => compare(this.world, request));
  };

  startEvaluation: Backend['startEvaluation'] = async (request) => {
    this.fail();
    return this.measuring.start(request);
  };
  startTest: Backend['startTest'] = async (task, models) => {
    this.fail();
    return this.measuring.startTest(task, models);
  };
  startBench: Backend['startBench'] = async (models) => {
    this.fail();
    return this.measuring.startBench(models);
  };
  getSpeeds: Backend['getSpeeds'] = (job) => this.answer(() => this.measuring.speedsOf(job));
  getEvaluations: Backend['getEvaluations'] = (job) => this.answer(() => this.measuring.of(job));
  writeEvaluations: Backend['writeEvaluations'] = async (job, ending) => {
    this.fail();
    return this.answer(() => `${this.measuring.of(job)[0]?.data ?? 'speed'}.${ending}`);
  };
  nextQuestion: Backend['nextQuestion'] = (sets) => this.answer(() => this.measuring.judge.next(sets));
  answerQuestion: Backend['answerQuestion'] = (request) => this.change(() => this.measuring.judge.take(request));
  takeBackAnswer = () => this.change(() => this.measuring.judge.back());
  countJudgements = () => this.answer(() => this.measuring.judge.decided.length);
  getMove: Backend['getMove'] = (model) =>
    this.answer(() => this.measuring.move(this.models.find(({ id }) => id === model)!));
  useSet: Backend['useSet'] = (id) => this.change(() => this.measuring.use(id));

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
    await (this.scene === 'waiting' ? new Promise(() => {}) : Promise.resolve());
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
}
