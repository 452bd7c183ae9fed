/** The whole window's state: one object that hears the host and hands each thing to the part that keeps it. */
import { getContext, setContext } from 'svelte';
import type { Backend, Listener } from '../backend/backend';
import type { ClusterRequest } from '../backend/wire/ClusterRequest';
import type { CombineRequest } from '../backend/wire/CombineRequest';
import type { Event } from '../backend/wire/Event';
import type { ImportRequest } from '../backend/wire/ImportRequest';
import type { JobView } from '../backend/wire/JobView';
import type { LookView } from '../backend/wire/LookView';
import type { ModelView } from '../backend/wire/ModelView';
import type { ProjectRequest } from '../backend/wire/ProjectRequest';
import type { SetView } from '../backend/wire/SetView';
import type { WorkspaceView } from '../backend/wire/WorkspaceView';
import { asError, words } from '../words';
import { Adding } from './adding.svelte';
import { AxesState } from './axes.svelte';
import { Columns } from './columns.svelte';
import { CompareState } from './compare.svelte';
import { Desk } from './desk.svelte';
import { Dragging } from './dragging.svelte';
import { FigureState } from './figure.svelte';
import { Health } from './health.svelte';
import { History } from './history.svelte';
import { EvaluationState } from './evaluation.svelte';
import { SpeedState } from './speed.svelte';
import { Judging } from './judging.svelte';
import { Jobs } from './jobs.svelte';
import { Keeping } from './keeping.svelte';
import { Lens } from './lens.svelte';
import { Lists } from './lists.svelte';
import { MapState, colourName } from './map.svelte';
import { MatrixState } from './matrix.svelte';
import { MatrixFigureState } from './matrixfigure.svelte';
import { Notices } from './notices.svelte';
import { Rails } from './rails.svelte';
import { Releases } from './releases.svelte';
import { Search } from './search.svelte';
import { Selection, type Mode } from './selection.svelte';
import { Shelf } from './shelf.svelte';
import { Stage } from './stage';
import { Steering } from './steering.svelte';
import { TableState } from './table.svelte';
import { Theme } from './theme.svelte';
import { Titles } from './titles';
import { Zoom } from './zoom.svelte';

const say = words.state.app;

export type View = 'map' | 'compare' | 'matrix' | 'table' | 'workspace' | 'models';
export type Tab = 'search' | 'item' | 'selection' | 'axes';

export class App implements Listener {
  readonly notices: Notices = new Notices(() => this.showLog());
  readonly history = new History(this.notices);
  readonly rails = new Rails();
  readonly dragging = new Dragging();
  readonly theme: Theme;
  readonly zoom: Zoom;
  readonly adding: Adding;
  readonly columns: Columns;
  readonly jobs: Jobs;
  readonly steering: Steering;
  readonly map: MapState;
  readonly lens: Lens;
  readonly titles: Titles;
  readonly health: Health;
  readonly selection: Selection;
  readonly lists: Lists;
  readonly table: TableState;
  readonly search: Search;
  readonly stage: Stage;
  readonly matrix: MatrixState;
  readonly compare: CompareState;
  readonly axes: AxesState;
  readonly evaluation: EvaluationState;
  readonly speed: SpeedState;
  readonly judging: Judging;
  readonly keeping: Keeping;
  readonly figure: FigureState;
  readonly matrixFigure: MatrixFigureState;
  readonly shelf: Shelf;
  readonly desk: Desk;
  readonly releases: Releases;

  /** Does what was chosen in one of the system's menus; set by whoever knows the actions. */
  chose: (action: string) => void = () => undefined;

  ready = $state(false);
  version = $state('');
  device = $state('');
  sample = $state(false);
  /** Counts the workspaces that were opened. */
  opening = $state(0);
  models = $state.raw<ModelView[]>([]);
  view = $state<View>('map');
  tab = $state<Tab>('search');
  /** What lies above everything for a moment: the palette of actions, the sheet of keys, settings, what this program is. */
  sheet = $state<'palette' | 'keys' | 'about' | 'settings' | null>(null);
  /** Whether there is nothing to look at yet, and nothing on its way. */
  empty = $derived.by(
    () =>
      this.map.workspace.items === 0 &&
      !this.adding.starting &&
      !this.jobs.active.some(({ kind }) => kind === 'import'),
  );
  private keptLook = '';

  constructor(
    readonly backend: Backend,
    /** Begins anew, with what is open now. */
    begin: () => void = () => undefined,
  ) {
    this.theme = new Theme((theme) => void this.notices.guard(backend.setTheme(theme)));
    this.zoom = new Zoom((zoom) => void this.notices.guard(backend.setZoom(zoom)));
    this.adding = new Adding(backend, this.notices, (models, start) => this.withModels(models, start));
    this.keeping = new Keeping(backend, this.notices);
    this.shelf = new Shelf(backend, this.notices);
    this.desk = new Desk(backend, this.notices, begin);
    this.releases = new Releases(backend, this.notices);
    this.columns = new Columns(backend);
    this.jobs = new Jobs(this.notices, backend);
    this.steering = new Steering(backend, this.notices);
    this.lens = new Lens(backend, this.notices);
    this.titles = new Titles(backend, this.notices);
    this.health = new Health(backend, this.notices);
    this.map = new MapState(backend, this.columns, this.notices, this.history, (set) =>
      this.lens.kept?.set === set ? this.lens.kept.item.id : null,
    );
    this.selection = new Selection(backend, this.columns, this.notices, this.history);
    this.lists = new Lists(backend, this.notices, this.selection, this.history, () => this.workspace.selections);
    this.table = new TableState(backend, this.notices, this.history);
    this.axes = new AxesState(backend, this.notices, this.history);
    this.matrix = new MatrixState(backend, this.notices, this.history);
    this.compare = new CompareState(backend, this.columns, this.map, this.notices, this.history);
    this.evaluation = new EvaluationState(backend, this.map, this.notices);
    this.speed = new SpeedState(backend, this.notices);
    this.judging = new Judging(backend, this.notices);
    this.figure = new FigureState(backend, this.map, this.notices, this.keeping, () => ({
      version: this.version,
      selected: this.selection.count,
      along: this.axes.laid?.ends.filter(Boolean).join(', ') ?? null,
    }));
    this.matrixFigure = new MatrixFigureState(
      backend,
      this.matrix,
      this.map,
      this.notices,
      this.keeping,
      () => this.version,
    );
    this.search = new Search(
      backend,
      this.notices,
      this.history,
      () => this.searchable?.id ?? null,
      () => {
        // Side by side, answers light up on every map.
        if (this.view === 'compare') return;
        if (this.view !== 'map') this.show('map');
        this.open('search');
      },
    );
    this.stage = new Stage(this.map, this.axes, this.lens, this.search, this.history);
  }

  /** Why nothing can be changed here; undefined where it can. */
  get locked(): string | undefined {
    return this.workspace.read_only ? say.readOnly : undefined;
  }

  get workspace(): WorkspaceView {
    return this.map.workspace;
  }

  /** The set a search asks: the shown one when it reads words, else another that does, one that sees the same kind first. */
  get searchable(): SetView | null {
    const compared = this.view === 'compare' && this.workspace.sets.find(({ id }) => id === this.compare.first);
    const shown = compared || this.map.set;
    if (shown?.asks) return shown;
    const readers = this.workspace.sets.filter(({ asks }) => asks);
    return readers.find(({ kinds }) => kinds.some((kind) => shown?.kinds.includes(kind))) ?? readers[0] ?? null;
  }

  chooseMap = (id: number) => this.stage.choose(id);

  async connect(): Promise<void> {
    const app = await this.notices.guard(this.backend.connect(this));
    if (!app) return;
    this.version = app.version;
    this.device = app.device;
    this.sample = app.sample;
    this.models = app.models;
    this.adding.take(app.plan);
    this.adding.look(app.looking);
    this.opening = app.opening;
    this.theme.choice = app.theme;
    this.zoom.show(app.zoom);
    this.desk.recent = app.recent;
    this.desk.refused = app.refused;
    this.desk.bare = app.refused !== null;
    app.notices.forEach((notice) => this.notices.tell(notice));
    this.jobs.reset(app.jobs);
    this.takeWorkspace(app.workspace, app.look);
    this.keptLook = JSON.stringify(this.map.look);
    this.ready = true;
    void this.releases.begin(app.ask_for_releases);
  }

  /** Keeps how the workspace is looked at, where that is another way than it was. */
  keepLook(look: LookView): void {
    const now = JSON.stringify(look);
    if (!this.ready || this.locked || this.empty || now === this.keptLook) return;
    this.keptLook = now;
    // Nobody asked for this, so nobody is told where it fails; the next change tries again.
    void this.backend.keepLook(look).catch(() => undefined);
  }

  onEvent(event: Event): void {
    switch (event.type) {
      case 'plan':
        this.adding.take(event.plan);
        break;
      case 'opened':
        this.desk.take(event.opening);
        break;
      case 'hover':
        this.adding.dropping = event.over;
        break;
      case 'looking':
        this.adding.look(event.on);
        break;
      case 'job':
        this.adding.starting = false;
        this.takeJob(event.job);
        this.adding.leaveOut(event.job.skipped);
        break;
      case 'workspace':
        this.takeWorkspace(event.workspace);
        break;
      case 'models':
        this.models = event.models;
        break;
      case 'chosen':
        this.chose(event.action);
        break;
      case 'told':
        this.notices.say(event.message);
        break;
      case 'notice':
        this.notices.tell(event.error);
    }
  }

  onFrame(frame: ArrayBuffer): void {
    try {
      this.columns.take(frame);
    } catch (thrown) {
      this.notices.tell(thrown);
    }
  }

  private takeJob(job: JobView): void {
    const { id, state, written } = job;
    if (job.kind === 'evaluate') {
      void this.evaluation.take(job);
      void this.speed.take(job);
    }
    if (!this.jobs.take(job) || state !== 'done') return;
    if (job.kind === 'keep') void this.keeping.ended(id);
    if (written) this.keeping.wrote(written, () => this.backend.showInFolder({ what: 'job', job: id }));
  }

  private takeWorkspace(workspace: WorkspaceView, look: LookView | null = null): void {
    const rows = (list: { id: number; rows: number }[]) => new Map(list.map(({ id, rows }) => [id, rows]));
    if (workspace.items !== this.workspace.items) this.titles.forget();
    this.columns.keep(rows(workspace.sets), rows(workspace.maps));
    const known = ({ tags }: WorkspaceView) => JSON.stringify(tags);
    if (known(workspace) !== known(this.workspace)) void this.lens.renew();
    const { id } = this.map;
    if (this.map.take(workspace, look)) this.stage.came(id);
    this.steering.take(workspace.maps);
    if (workspace.items === 0 && this.ready) {
      this.selection.clear();
      this.lens.dismiss();
      this.lens.release();
      this.search.clear();
      this.history.clear();
      if (this.view !== 'workspace' && this.view !== 'models') this.view = 'map';
      if (!this.jobs.running) this.adding.leftOut = [];
    }
  }

  model(id: string): ModelView | undefined {
    return this.models.find((model) => model.id === id);
  }

  show(view: View): void {
    this.lens.dismiss();
    this.view = view;
  }

  /** Shows how the workspace is kept; asked again, what was shown before. */
  toWorkspace(): void {
    if (!this.desk.bare) this.show(this.view === 'workspace' ? 'map' : 'workspace');
  }

  /** Shows the models; asked again, what was shown before. */
  toModels(): void {
    if (!this.desk.bare) this.show(this.view === 'models' ? 'map' : 'models');
  }

  /** Brings a tab of the right rail to the front. */
  open(tab: Tab): void {
    this.tab = tab;
    this.rails.open('right');
  }

  /** Fetches what is missing of the models, then starts: jobs queue, and a fetch that fails says so itself. */
  private async withModels(models: string[], start: () => Promise<number>): Promise<number | undefined> {
    const missing = models.filter((id) => this.model(id)?.presence === 'missing');
    for (const id of missing) await this.backend.startFetch(id);
    try {
      return await start();
    } catch (thrown) {
      if (missing.length > 0 && asError(thrown).code === 'model_missing') return undefined;
      throw thrown;
    }
  }

  /** Starts the import that a plan became, and shows where it goes. */
  async startImport(request: ImportRequest): Promise<void> {
    if (await this.adding.start(request)) this.show('map');
  }

  /** Embeds everything with a model; of one that sends texts elsewhere it is asked first. */
  embed = async (model: string): Promise<number | undefined> => {
    if (await this.shelf.asks(model)) return undefined;
    return this.notices.guard(this.withModels([model], () => this.backend.startEmbedding(model)));
  };
  /** Sends what was asked about. */
  async send(): Promise<void> {
    const model = await this.shelf.agree();
    if (model) await this.notices.guard(this.backend.startEmbedding(model));
  }
  fetchModel = (model: string) => this.notices.guard(this.backend.startFetch(model));
  combine = (request: CombineRequest) => {
    this.map.await();
    return this.notices.guard(this.backend.startCombining(request));
  };
  findClusters = (request: ClusterRequest) => this.notices.guard(this.backend.startClustering(request));
  /** Shows coarser or finer clusters of a set; a slider goes through many until it is let go. */
  async showLayer(set: number, layer: number): Promise<void> {
    const clusters = () => this.workspace.sets.find(({ id }) => id === set)?.clusters;
    const [run, from] = [clusters()?.run, clusters()?.shown ?? layer];
    const put = (layer: number) => this.backend.showLayer(set, layer);
    const stands = () => clusters()?.run === run;
    const change = { title: say.layer, from, to: layer, put, stands };
    await this.notices.guard(this.history.change(change, `layer ${set}`));
  }
  stopWatching = (id: number) => this.notices.guard(this.backend.stopWatching(id));
  layOut = (request: ProjectRequest) => {
    this.map.await();
    return this.notices.guard(this.backend.startProjection(request));
  };

  /** Forgets what was asked about, and everything here that still shows it. */
  async forget(): Promise<void> {
    const { asking } = this.keeping;
    const gone = asking?.what === 'items' ? new Set(asking.items) : null;
    if (!(await this.keeping.forget()) || asking?.what === 'map') return;
    this.axes.show(null);
    this.axes.clear();
    const { kept } = this.lens;
    this.lens.dismiss();
    if (kept && (!gone || gone.has(kept.item.id))) this.lens.release();
    if (gone && this.selection.items)
      await this.selection.change(Uint32Array.from(gone), 'subtract', this.selection.origin);
    else this.selection.clear();
    if (this.search.answer) this.search.clear();
    this.history.clear();
  }

  /** Asks where the original of the kept item is now. */
  async findOriginal(item: number, folder: boolean): Promise<void> {
    const linked = await this.notices.guard(this.backend.findOriginal(item, folder));
    if (!linked) return;
    const { kept } = this.lens;
    if (kept?.item.id === item) await this.lens.keep(kept.set, item);
    this.notices.say(say.found(linked));
  }

  /** Keeps an item and opens what is known about it, on a map that shows it. */
  async keep(set: number, item: number): Promise<void> {
    this.lens.dismiss();
    const { set: shown } = this.map;
    const leaves = this.view === 'map' && !!shown && this.columns.row(shown.id, item) === undefined;
    if (await this.stage.keep(set, item, leaves)) this.open('item');
  }
  release = () => this.stage.release();

  async choose(items: Uint32Array, mode: Mode, origin: string): Promise<void> {
    await this.selection.change(items, mode, origin);
    if (this.selection.items) this.open('selection');
  }

  /** Lays a set out between two of its items, on the map. */
  async axisBetween(set: number, from: number, to: number): Promise<void> {
    if (this.view !== 'map') this.show('map');
    this.map.tool = 'pointer';
    this.lens.dismiss();
    await this.stage.between(set, from, to);
    if (this.axes.laid) this.open('axes');
  }

  /** Colours the map by something else; what a hand goes through while it holds the field (`held`) is one step. */
  colour(by: string, held: string | null = null): void {
    const from = this.map.colourBy;
    if (by === from) return;
    const put = (by: string) => this.map.colour(by);
    const stands = (by: string) => this.map.colourChoices.includes(by);
    void this.history.change({ title: say.colourBy(colourName(by)), from, to: by, put, stands }, held);
  }

  /** What is new goes by another set from now on, and its map is shown; says whether it does. */
  async use(set: number, before: number): Promise<boolean> {
    const put = async (id: number) => {
      await this.backend.useSet(id);
      this.axes.show(null);
      this.map.chooseSet(id);
      return true;
    };
    if (!(await this.notices.guard(put(set)))) return false;
    const stands = (id: number) => this.workspace.sets.some((set) => set.id === id);
    this.history.record({ title: say.use(this.map.set?.model ?? ''), from: before, to: set, put, stands });
    return true;
  }

  /** Opens the original of an item in the system's own program for it. */
  openSource = (item: number) => this.notices.guard(this.backend.openSource(item));
  showLog = () => this.notices.guard(this.backend.showInFolder({ what: 'log' }));

  async showList(name: string, mode: Mode = 'replace'): Promise<void> {
    if (await this.lists.show(name, mode)) this.open('selection');
  }

  async showTagged(tag: string, mode: Mode = 'replace'): Promise<void> {
    if (await this.lists.showTagged(tag, mode)) this.open('selection');
  }
}

const KEY = Symbol('app');
export const provideApp = (app: App) => setContext(KEY, app);
export const useApp = () => getContext<App>(KEY);
