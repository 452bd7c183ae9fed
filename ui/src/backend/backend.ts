/**
 * The one door to the host: everything the interface can ask, and everything it is told.
 *
 * Two implementations stand behind it: `tauri.ts` (the only file that may import `@tauri-apps`) and `fake.ts` (seeded
 * data in a plain browser). Deliberately absent: state, caching and retrying.
 */
import type { AdviceView } from './wire/AdviceView';
import type { AnswerRequest } from './wire/AnswerRequest';
import type { AppView } from './wire/AppView';
import type { CheckView } from './wire/CheckView';
import type { ClusterRequest } from './wire/ClusterRequest';
import type { CombineRequest } from './wire/CombineRequest';
import type { CopyAs } from './wire/CopyAs';
import type { CompareRequest } from './wire/CompareRequest';
import type { ComparisonView } from './wire/ComparisonView';
import type { EvaluationRequest } from './wire/EvaluationRequest';
import type { EvaluationView } from './wire/EvaluationView';
import type { Event } from './wire/Event';
import type { ExplainView } from './wire/ExplainView';
import type { ExportRequest } from './wire/ExportRequest';
import type { FoundModelView } from './wire/FoundModelView';
import type { HitView } from './wire/HitView';
import type { ImportRequest } from './wire/ImportRequest';
import type { HubView } from './wire/HubView';
import type { InspectionView } from './wire/InspectionView';
import type { ItemView } from './wire/ItemView';
import type { KeepingView } from './wire/KeepingView';
import type { LassoRequest } from './wire/LassoRequest';
import type { ListingRequest } from './wire/ListingRequest';
import type { LookView } from './wire/LookView';
import type { MendView } from './wire/MendView';
import type { MenuView } from './wire/MenuView';
import type { NoticeView } from './wire/NoticeView';
import type { MoveView } from './wire/MoveView';
import type { OpeningView } from './wire/OpeningView';
import type { PlanView } from './wire/PlanView';
import type { PreviewRequest } from './wire/PreviewRequest';
import type { PreviewView } from './wire/PreviewView';
import type { ProjectRequest } from './wire/ProjectRequest';
import type { ProviderView } from './wire/ProviderView';
import type { QuestionView } from './wire/QuestionView';
import type { ReckonRequest } from './wire/ReckonRequest';
import type { RecentView } from './wire/RecentView';
import type { ReleaseView } from './wire/ReleaseView';
import type { RunView } from './wire/RunView';
import type { SearchRequest } from './wire/SearchRequest';
import type { SearchView } from './wire/SearchView';
import type { SendingView } from './wire/SendingView';
import type { SetHealthView } from './wire/SetHealthView';
import type { Shown } from './wire/Shown';
import type { SpeedView } from './wire/SpeedView';
import type { SpecialRequest } from './wire/SpecialRequest';
import type { SpecialView } from './wire/SpecialView';
import type { SpreadRequest } from './wire/SpreadRequest';
import type { SteerRequest } from './wire/SteerRequest';
import type { TagRequest } from './wire/TagRequest';
import type { Theme } from './wire/Theme';
import type { TableView } from './wire/TableView';
import type { WantedRequest } from './wire/WantedRequest';

/** What the host tells unasked. */
export interface Listener {
  onEvent(event: Event): void;
  /** A binary frame (`rows` or `positions`), see crates/api/src/frame.rs. */
  onFrame(frame: ArrayBuffer): void;
}

/** A figure the page drew. */
export interface Drawn {
  /** An SVG, in which `thumb:ITEM` stands for the picture of an item. */
  svg: string;
  format: 'png' | 'svg';
  /** Pixels of a PNG for one of the SVG. */
  scale: number;
}

/** Every call rejects with an `ErrorView`. */
export interface Backend {
  /** Starts listening and gives the first picture of the whole. */
  connect(listener: Listener): Promise<AppView>;

  /** The host's file dialogue; null when the user closed it. The answer is a plan: nothing heavy has begun. */
  openFiles(): Promise<PlanView | null>;
  openFolder(): Promise<PlanView | null>;
  planSample(): Promise<PlanView>;
  /** Looks no further through what was dropped or chosen. */
  stopLooking(): Promise<void>;
  planPastedText(text: string): Promise<PlanView>;
  /** The bytes of a picture's file. */
  planPastedPicture(bytes: Uint8Array<ArrayBuffer>): Promise<PlanView>;
  /** What the import would make, as it is chosen now. */
  previewImport(request: PreviewRequest): Promise<PreviewView>;
  /** Another table of a file that holds several. */
  lookAtTable(plan: number, name: string, table: string): Promise<TableView>;
  /** Each returns the id of a job. */
  startImport(request: ImportRequest): Promise<number>;
  startEmbedding(model: string): Promise<number>;
  startProjection(request: ProjectRequest): Promise<number>;
  startFetch(model: string): Promise<number>;
  /** Makes a set in which several vectors of another are one. */
  startCombining(request: CombineRequest): Promise<number>;
  /** Finds the clusters of a set anew. */
  startClustering(request: ClusterRequest): Promise<number>;
  /** Shows another layer of a set's clusters. */
  showLayer(set: number, layer: number): Promise<void>;
  cancelJob(job: number): Promise<void>;
  /** Puts a job to rest, or lets it go on. */
  pauseJob(job: number, paused: boolean): Promise<void>;
  /** Changes a map while it moves; ends it early as it is; goes on with one that has ended, giving a job. */
  steerMap(request: SteerRequest): Promise<void>;
  settleMap(map: number): Promise<void>;
  goOnWithMap(map: number, steps: number | null): Promise<number>;
  /** The last layout of a moving map is on the screen: the next may come. */
  layoutDrawn(map: number): Promise<void>;
  /** Watches a folder no longer; its items stay. */
  stopWatching(id: number): Promise<void>;

  /** Where the workspace is kept and how much room it takes. */
  getKeeping(): Promise<KeepingView>;
  listRuns(): Promise<RunView[]>;
  /** Returns the id of a job. */
  repeatRun(run: number): Promise<number>;
  /** Each returns the id of a job: looks through everything that is kept; gives back the room of what was forgotten. */
  startCheck(): Promise<number>;
  startCompact(): Promise<number>;
  /** What a job found by looking through; null of any other. */
  getCheck(job: number): Promise<CheckView | null>;
  mendWorkspace(): Promise<MendView>;
  /** Each forgets everywhere; the user's files stay as they are. The first two say how many items there were. */
  forgetItems(items: Uint32Array): Promise<number>;
  forgetCollection(collection: number): Promise<number>;
  forgetMap(map: number): Promise<void>;
  clearWorkspace(): Promise<void>;
  /** Links an item to where the user says its original is; null when the dialogue was closed, else how many were. */
  findOriginal(item: number, folder: boolean): Promise<number | null>;
  /** The id of a job; null when the dialogue that asks where was closed. */
  startExport(request: ExportRequest): Promise<number | null>;
  /** The name of what was written; null when the dialogue was closed. */
  writeFigure(figure: Drawn): Promise<string | null>;
  /** Each puts something on the clipboard. */
  copyFigure(figure: Drawn): Promise<void>;
  copyItems(items: Uint32Array, as: CopyAs): Promise<void>;
  /** The name of what was written; null when the dialogue was closed. */
  writeDiagnosis(): Promise<string | null>;
  showInFolder(shown: Shown): Promise<void>;
  /** Opens the user's file an item came from, in the system's own program for it. */
  openSource(item: number): Promise<void>;

  /** The first two ask the hub over the network. */
  searchHub(words: string): Promise<FoundModelView[]>;
  inspectModel(model: string): Promise<InspectionView>;
  recommendModels(request: WantedRequest): Promise<AdviceView[]>;
  /** Says how many bytes came free; a folder of the user's is only listed no longer. */
  removeModel(model: string): Promise<number>;
  /** Lists the model of a folder that a dialogue asks for; its id, or null when the dialogue was closed. */
  addModelFolder(): Promise<string | null>;
  /** Lets go of a model that is in memory. */
  unloadModel(model: string): Promise<void>;
  listProviders(): Promise<ProviderView[]>;
  allowProvider(name: string, allowed: boolean): Promise<ProviderView[]>;
  /** Null takes the key out of the keyring again. */
  keepKey(name: string, key: string | null): Promise<ProviderView[]>;
  /** Where models come from; null asks huggingface.co again, and takes the token out of the keyring. */
  getHub(): Promise<HubView>;
  setMirror(mirror: string | null): Promise<HubView>;
  keepToken(token: string | null): Promise<HubView>;
  /** What embedding everything with this model would send; null where nothing is sent. */
  getSending(model: string): Promise<SendingView | null>;

  /** Each opens a workspace; null when the dialogue was closed. Where it is open, the page begins anew. */
  openWorkspace(): Promise<OpeningView | null>;
  newWorkspace(): Promise<OpeningView | null>;
  openRecent(number: number, readOnly: boolean): Promise<OpeningView>;
  /** The workspace that could not be opened, once more. */
  openRefused(readOnly: boolean): Promise<OpeningView>;
  mendRefused(): Promise<OpeningView>;
  forgetRecent(number: number): Promise<RecentView[]>;
  setTheme(theme: Theme): Promise<void>;
  /** Keeps how the open workspace is looked at. */
  keepLook(look: LookView): Promise<void>;
  /** Shows everything at so many per cent of its size, from now on. */
  setZoom(zoom: number): Promise<void>;
  /** Whether the newest release of the program is asked for. */
  setAskForReleases(wanted: boolean): Promise<void>;
  /** A newer version, looked for unasked: null where that is switched off, was done today, or came to nothing. */
  newerVersion(): Promise<string | null>;
  /** Looks over the network; rejects while that is switched off. */
  lookForRelease(): Promise<ReleaseView>;
  /** Opens the page of the newest release in the system's browser. */
  openRelease(): Promise<void>;
  /** The system's own menus; what is chosen there comes back as an event. */
  setMenus(menus: MenuView[]): Promise<void>;
  /** What the system's notices say. */
  setNotices(notices: NoticeView[]): Promise<void>;

  /** Frames of kind `rows`, `positions`, `colours` or `amounts`, `matrix`, `overlap`, `selection`. */
  getRows(set: number): Promise<ArrayBuffer>;
  /** With `alignedTo`, turned and scaled (Procrustes) to lie on that other map as well as it can. */
  getPositions(map: number, alignedTo?: number): Promise<ArrayBuffer>;
  /** `by`: `cluster`, `kind`, `file`, `collection`, `tag`, `column:NAME`, `similarity:ITEM`, `misplaced:MAP` or `disagreement`. */
  getColours(set: number, by: string): Promise<ArrayBuffer>;
  getMatrix(set: number, items: Uint32Array | null, limit: number): Promise<ArrayBuffer>;
  getOverlap(request: CompareRequest): Promise<ArrayBuffer>;
  /** A frame of kind `matrix`: by how much of all pairs each pair is nearer in `b` than in `a`, −1 to 1. */
  getDifference(a: number, b: number, items: Uint32Array | null, limit: number): Promise<ArrayBuffer>;
  selectLasso(request: LassoRequest): Promise<ArrayBuffer>;

  /** Frames of kind `selection`: items in an order, of a name, with a tag, changed by tagging, grown by what is near. */
  getListing(request: ListingRequest): Promise<ArrayBuffer>;
  getSelection(name: string): Promise<ArrayBuffer>;
  getTagged(tag: string): Promise<ArrayBuffer>;
  setTag(request: TagRequest): Promise<ArrayBuffer>;
  growSelection(set: number, items: Uint32Array, k: number): Promise<ArrayBuffer>;
  saveSelection(name: string, items: Uint32Array): Promise<void>;
  renameSelection(name: string, to: string): Promise<void>;
  forgetSelection(name: string): Promise<void>;
  /** What sets items apart from all others. */
  getSpecial(request: SpecialRequest): Promise<SpecialView>;
  /** The items nearest to a sum of things. */
  reckon(request: ReckonRequest): Promise<HitView[]>;
  /** A frame of kind `spread`. */
  getSpread(request: SpreadRequest): Promise<ArrayBuffer>;

  getItem(item: number): Promise<ItemView>;
  listItems(items: Uint32Array): Promise<ItemView[]>;
  getNeighbours(set: number, item: number, k: number): Promise<HitView[]>;
  /** The state of a set's space. */
  getHealth(set: number): Promise<SetHealthView>;
  /** Memory the program has in use (MB), without the web view's; null where the system does not tell. */
  getMemory(): Promise<number | null>;
  search(request: SearchRequest): Promise<SearchView>;
  compare(request: CompareRequest): Promise<ComparisonView>;
  /** Returns the id of a job. */
  startEvaluation(request: EvaluationRequest): Promise<number>;
  /** The same on a file or folder that a dialogue asks for; null when it was closed. */
  startTest(task: string, models: string[], folder: boolean): Promise<number | null>;
  /** Measures how fast models are on this computer; returns the id of a job. */
  startBench(models: string[]): Promise<number>;
  /** What it has found so far. */
  getSpeeds(job: number): Promise<SpeedView[]>;
  /** An item and two others: which is nearer? Null where there is nothing left to ask. */
  nextQuestion(sets: number[]): Promise<QuestionView | null>;
  /** Each says how many answers there are then. */
  answerQuestion(request: AnswerRequest): Promise<number>;
  takeBackAnswer(): Promise<number>;
  /** How many answers count: decided, and about items that are here. */
  countJudgements(): Promise<number>;
  /** What moving the workspace to a model takes. */
  getMove(model: string): Promise<MoveView>;
  /** Works with another set from now on; fails while it is not whole. */
  useSet(set: number): Promise<void>;
  /** What a job has measured so far. */
  getEvaluations(job: number): Promise<EvaluationView[]>;
  /** Writes what a job measured, all of it in one file; the name of what was written, null when the dialogue was closed. */
  writeEvaluations(job: number, ending: 'html' | 'md' | 'csv'): Promise<string | null>;
  explain(text: string, model: string): Promise<ExplainView>;

  /** Where an `<img>` finds the small picture of an item; `opening` is the `AppView`'s. */
  thumbnailUrl(item: number, opening: number): string;
}
