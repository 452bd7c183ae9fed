/** What the comparison's room says: its maps, what changed between two models, which is better, and moving to another. */
import { bytes, count, counted, duration, figure, megabytes, percent } from '../../format';
import { FIGURE, FIGURE_NOTE, TASK } from './shared';

export const compare = {
  noMapOfIt: 'There is no map of it yet.',
  noMap: 'There is no map to compare yet.',
  swap: 'Swap A and B',
  ways: 'How they are shown',
  maps: { label: 'Side by side', hint: 'A map for each, all linked' },
  morph: { label: 'Morph', hint: 'One map that becomes the other' },
  difference: { label: 'Pairs', hint: 'Which pairs one model sees nearer than the other' },
  add: 'Add a map',
  whatAddDoes: (most: number) => `One more map beside these, ${most} at most`,
  rail: 'Comparison of models',
  tabs: 'Comparison',
  changes: 'What changed',
  measure: 'Which is better',
  move: 'Move',
};

export const changes = {
  region: 'Comparison',
  cka: 'CKA',
  rsa: 'Order of distances (RSA)',
  procrustes: 'Left over by Procrustes',
  /** Each stands before the title of an item. */
  near: (letter: string) => `In ${letter} near`,
  nearestTo: (text: string) => `Nearest to “${text}”`,
  clear: 'Clear',
  kept: 'Kept',
  release: 'Release',
  inCommon: (k: number) => `Neighbours in common, k = ${k}`,
  mean: (share: number) => `mean ${percent(share)}`,
  sharing: (shared: number, k: number) => `${shared} of ${k} neighbours in common`,
  curve: 'Share in common as more neighbours count',
  selected: (n: number) => `${counted(n, 'item')} selected`,
  colourBy: 'Colour by',
  byKept: 'neighbours kept',
  byGroup: 'groups of A',
  noneKept: 'none kept',
  allKept: 'all kept',
  groups: 'Groups moved most',
  items: 'Moved most',
  share: 'share kept',
  select: (n: number) => `Select ${counted(n, 'item')}`,
  size: (n: number) => `${counted(n, 'item')}.`,
  example: (title: string, a: string, nearA: string, b: string, nearB: string) =>
    `“${title}”: in ${a} near “${nearA}”, in ${b} near “${nearB}”.`,
  allGroups: (n: number) => `All ${n} groups`,
  wholes: 'The two spaces as wholes',
  compared: 'Items compared',
  comparedItems: (n: number) => counted(n, 'item'),
  busy: 'Comparing the two spaces…',
  same: (a: string, b: string) =>
    `${a} and ${b} show the same vectors: every item keeps its neighbours, and only the pictures differ. Trust says which picture is truer.`,
  alone: 'What changed between two models is told here.',
  failed: 'This comparison could not be made.',
  again: 'Try again',
};

export const costs = {
  heading: 'Cost',
  measuredOn: (device: string) => `measured on this computer, ${device}`,
  model: 'Model',
  baseline: 'baseline',
  notMeasured: 'Not measured yet',
  dimensions: { title: 'Dimensions', note: 'Numbers in a vector' },
  vector: { title: 'Vector', note: 'Room that one vector takes' },
  load: { title: 'Load', note: 'Time to load the model' },
  speed: { title: 'Speed', note: 'Items a second while embedding this workspace' },
  memory: {
    title: 'Memory',
    note: 'Growth of this program’s memory while the model was loaded and embedding',
  },
  question: { title: 'Question', note: 'Half of single questions are embedded within this time' },
  used: { title: 'Used', note: 'As how many equally used dimensions the space behaves (effective rank)' },
  oneWay: {
    title: 'One way',
    note: 'Mean cosine of all pairs (anisotropy): near 1 all vectors point the same way, and scores say little',
  },
  hubs: {
    title: 'Hubs',
    note: 'Skewness of how often an item is among the nearest of others: large when a few are near everything',
  },
};

export const curve = {
  described: (first: number, last: number, n: number) =>
    `Share in common: ${percent(first)} of the nearest, ${percent(last)} of the ${n} nearest`,
  first: (share: number) => `the nearest ${percent(share)}`,
  last: (n: number, share: number) => `the ${n} nearest ${percent(share)}`,
};

export const difference = {
  region: 'Difference of pairs',
  heading: 'Which pairs one model sees nearer',
  described: (items: number, drawn: boolean, letter: string) =>
    `${counted(items, 'item')}${drawn ? ' drawn at random' : ''}, in the groups of ${letter} · by the place of a pair among all pairs, from far to near`,
  busy: 'Computing…',
  items: 'Items',
  sample: 'Sample',
  selection: (n: number) => `Selection (${count(n)})`,
  nearerBy: (letter: string) => `nearer by ${letter}`,
  block: 'a block of the differences',
  pairNearerBy: (share: number, letter: string) => `${percent(share)} of all pairs nearer by ${letter}`,
  hint: 'Point at a cell to see its pair. Drag over a block to select its items. The wheel goes closer.',
};

export const frontier = {
  described: 'Quality against bytes of a vector',
  perVector: (size: number) => `${bytes(size)} a vector`,
};

export const judge = {
  heading: 'Which is nearer?',
  kept: (n: number) => `${counted(n, 'judgement')} kept with this workspace`,
  anchor: 'Compared with',
  over: 'There is nothing left to ask: no two neighbours of an item differ.',
  back: 'Back',
  cannotSay: 'Cannot say',
  done: 'Done',
};

export const measure = {
  region: 'Evaluation',
  heading: 'By what is known of these items',
  classesBy: 'Classes by',
  judgements: (n: number) => `${counted(n, 'judgement')} of your own kept with this workspace.`,
  judge: 'Judge',
  judgeMore: 'Judge more',
  fewer: 'Also in fewer bytes',
  busy: 'Evaluating',
  what: (models: number, judged: boolean, fewer: boolean) =>
    `${counted(models, 'model')}${fewer ? ', each also in fewer bytes and fewer numbers,' : ''} on the same items${judged ? '' : ', from 8 examples of each class'}. Nothing is embedded anew.`,
  evaluate: 'Evaluate',
  again: 'Again',
  goOn: 'Go on',
  task: 'By the data of a task',
  tests: 'A test on data of files',
  onFolder: 'On a folder…',
  onFile: 'On a file…',
  /** What the data of each task must be. */
  data: {
    retrieval: 'a folder as BEIR lays it out',
    sts: 'a table of two sentences and a score',
    classification: 'a table of texts and labels',
    clustering: 'a table of texts and labels',
    'pair-classification': 'a table of two texts and 1 or 0',
    triplets: 'a table of anchor, positive and negative',
    'text-image': 'a folder of pictures with captions.csv',
  },
  choose: (data: string) => `Choose ${data}; the models embed it now.`,
  stopped: 'Stopped: who was measured is kept. Ask the same again to go on.',
  kept: 'Kept with this workspace.',
  export: 'Export',
  whatExportDoes: 'Export these figures',
  form: { html: 'Report, one page that works offline', md: 'Markdown', csv: 'Table of values' },
  selected: (n: number) => `${counted(n, 'item')} selected`,
  asTable: 'As a table',
  clear: 'Clear',
};

export const mistakes = {
  takenFor: (truth: string, found: string) => `${truth} taken for ${found}`,
  /** What the arrow between the two says. */
  arrow: 'taken for',
  select: (n: number) => `Select ${counted(n, 'item')}`,
  see: 'See some of them',
  none: 'Nothing was mistaken.',
};

export const morph = {
  region: 'One map becomes the other',
  map: (from: string, to: string) => `The map by ${from} on its way to that by ${to}`,
  both: (n: number) => `${counted(n, 'item')} that both show`,
  play: 'Play',
  pause: 'Pause',
  slider: 'From one map to the other',
};

export const moving = {
  region: 'Moving to another model',
  inUse: 'In use',
  nothing: 'Nothing yet',
  whatInUseMeans: 'Its map opens first, and searches ask it. It stays as it is until another is whole and chosen.',
  backTo: (model: string) => `Back to ${model}`,
  moveTo: 'Move to',
  toEmbed: 'To embed',
  missing: (missing: number, items: number) => `${count(missing)} of ${counted(items, 'item')}`,
  time: 'Time',
  timeNote: 'By speed measured on this computer: of this set, or of a trial on a few of your own items',
  noTime: 'none',
  unknownTime: 'not known before it is here',
  about: (seconds: number) => `about ${duration(seconds)}`,
  room: 'Room',
  roomNote: 'Vectors and two flat maps',
  toFetch: 'To fetch',
  trying: 'Trying it on a few items…',
  embedMissing: 'Embed what is missing',
  embedBeside: 'Embed beside the old one',
  changes: 'What changes',
  /** Of ten answers so many stay; of first answers such a share is another. */
  answers: (stay: number, another: number) =>
    `Of ten answers about ${Number.isInteger(stay) ? stay : stay.toFixed(1)} stay. For ${percent(another)} of items asked as questions the first answer is another.`,
  nowFinds: (asked: string, found: string) => `“${asked}” now finds “${found}” first.`,
  comparable: 'The two can be compared now.',
  use: (model: string) => `Use ${model}`,
  seeChanges: 'See what changes',
};

export const noPartner = {
  coming: 'The second map appears here as soon as it is laid out.',
  tooLittle: 'There is too little to compare',
  whyTooLittle: (least: number, items: number) =>
    `Two models are compared by the neighbours of at least ${least} items; ${counted(items, 'item')} ${items === 1 ? 'is' : 'are'} here.`,
  addFiles: 'Add files…',
  another: 'Embed the same items with another model',
  whyAnother: (model: string) =>
    `${model} is alone. A second model shows what depends on the model and what is in the data.`,
  embed: 'Embed',
  fetch: (mb: number) => `Fetch ${megabytes(mb)} and embed`,
  captions: 'Reads the captions of the pictures instead: what is said beside what is seen.',
  embedCaptions: 'Embed captions',
  nothing: 'There is nothing to compare with yet.',
};

export const pairs = {
  first: 'Compared',
  with: 'with',
  second: 'Compared with',
};

export const pane = {
  region: (letter: string) => `Map ${letter}`,
  map: (method: string, model: string) => `${method} map by ${model}`,
  model: (letter: string) => `Model ${letter}`,
  remove: (letter: string) => `Take map ${letter} away`,
  mapOf: (letter: string) => `Map of ${letter}`,
  aligned: 'aligned to A',
  /** Each stands behind a count. */
  shown: 'shown',
  loaded: 'loaded',
  total: 'total',
};

export const questions = {
  right: 'Right',
  none: 'Nothing was wrong.',
  more: (n: number) => `${counted(n, 'question')} more in the report`,
};

/** What a click on a figure does: selects the items it was wrong about, or shows so many of its questions. */
const door = (items: number, wrong: number) =>
  items ? `select ${counted(items, 'item')}` : `see the ${wrong} it was most wrong about`;

export const results = {
  by: (classes: string) => `by ${classes.toLowerCase()}`,
  baseline: 'baseline',
  figureOf: (name: string, model: string) => `${FIGURE[name]} of ${model}`,
  whatClickDoes: (name: string, items: number, wrong: number) =>
    `${FIGURE_NOTE[name] ?? ''} Click to ${door(items, wrong)}.`,
  described: (name: string, model: string, value: number, items: number, wrong: number) =>
    `${FIGURE[name]} of ${model}: ${figure(value)}, ${door(items, wrong)}`,
  published: (value: number) => `published ${figure(value)}`,
  take: (model: string) => `Take ${model}`,
  apart: (better: string, worse: string) => `where ${worse} is wrong and ${better} is not`,
  clickForApart: (better: string, worse: string) => `Click for what ${worse} is wrong about and ${better} is not.`,
  mistakes: 'Taken for another',
  losses: 'By loss, worst first',
  mistakesOf: (task: string) => `${TASK[task] ?? ''}: mistakes of`,
  lossesOf: (task: string) => `${TASK[task] ?? ''}: losses of`,
};

export const speed = {
  region: 'Speed',
  heading: 'By speed on this computer',
  note: 'Medians: each model is warmed up, batch sizes and models take turns, and no sample is left out. Sentences of its own, the same for all.',
  load: { title: 'Load', note: 'From its files to memory' },
  first: { title: 'First', note: 'The very first vector after loading' },
  question: {
    title: 'One question',
    note: 'Half of single questions are embedded within the first time, 95 of 100 within the second',
  },
  busy: 'Measuring speed',
  what: 'Each loaded anew and timed in turns, about ten seconds a model.',
  measure: 'Measure',
  again: 'Again',
  export: 'Export',
  whatExportDoes: 'Export these speeds',
  batch: 'Batch',
  items: 'Items',
  tokens: 'Tokens',
  spread: (low: number, high: number) => `Half of the batches: ${count(low)} to ${count(high)} a second`,
};

export const twins = {
  nearestIn: (letter: string) => `Nearest in ${letter}`,
  inBoth: (title: string) => `${title} · near in both`,
  inOne: (title: string, letter: string) => `${title} · near in ${letter} alone`,
  /** Beside the letter of either space. */
  nearest: 'nearest',
  shared: (n: number) => `${n} shared`,
};

export const underWay = {
  waiting: 'Waiting for its turn',
  starting: 'Starting',
  cancel: 'Cancel',
};
