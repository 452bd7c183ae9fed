/** What the plan says: what was found, how it will be read and cut, which models, how long. */
import type { ModelView } from '../../backend/wire/ModelView';
import type { Unit } from '../../backend/wire/Unit';
import { count, counted, duration, megabytes } from '../../format';

export const plan = {
  files: (n: number) => counted(n, 'file'),
  models: 'Models',
  KIND: { text: 'Texts', image: 'Pictures' },
  choice: (id: string, { presence, size_mb }: ModelView) =>
    `${id} (${
      presence === 'builtin'
        ? 'built in'
        : presence === 'present'
          ? 'on this computer'
          : `${megabytes(size_mb)} to fetch`
    })`,
  noModel: 'keep without vectors',
  noModelNote: 'They are read and listed, and can be embedded later.',
  dimensions: (n: number) => `${n} dimensions`,
  baseline: 'a baseline, not a learned model',
  folders: 'Folders',
  folderLabels: 'Folder names as labels',
  /** Its name may be a number itself. */
  folder: (name: string, files: number) => `${name} (${count(files)})`,
  watch: 'Watch for new files',
  watchNote: 'what is new or changed is imported like this, until you switch it off',
  fetches: (mb: number) => `Fetches ${megabytes(mb)} first, from the Hugging Face Hub.`,
  nothing: 'There is nothing to start with.',
  takes: (ms: number, device: string) => `Embedding takes about ${duration(ms / 1000)} on ${device}.`,
  takesUnknown: 'How long embedding takes is known once the model is here.',
  measuring: 'Measuring how long it takes…',
  cancel: 'Cancel',
  start: 'Start',
};

export const found = {
  found: 'Found',
  files: (n: number) => counted(n, 'file'),
  nothing: 'Nothing here can be read.',
  known: (n: number) => `${counted(n, 'file')} gave items before: only what is new or changed is added.`,
  vanished: (n: number) => `${counted(n, 'file')} of before ${n === 1 ? 'is' : 'are'} no longer there.`,
  repeated: (n: number) => `${counted(n, 'file')} ${n === 1 ? 'repeats' : 'repeat'} the content of another`,
  repeatedNote: 'Each is an item of its own; its vector is computed once.',
  leftOut: (n: number) => `${counted(n, 'file')} left out`,
};

export const tables = {
  title: (n: number) => (n === 1 ? 'The table' : 'Tables'),
  tableOf: (file: string) => `Table of ${file}`,
  /** What a column can be for, where it is chosen. */
  ROLE: { text: 'Text', label: 'Class', id: 'Name of the row', image: 'Picture’s file', vector: 'Vector' },
  /** The same, short, beside a column's name. */
  MARK: { text: 'text', label: 'class', id: 'name', image: 'picture', vector: 'vector' },
  none: 'none',
  allNumbers: 'all numbers',
  perhaps: (column: string) => `${column} (perhaps)`,
  firstRows: (file: string) => `First rows of ${file}`,
  pictured: (column: string) =>
    `A row whose picture is found becomes that picture: “${column}” names it and is searched in the table, but not by meaning. To embed the words, choose no picture’s file.`,
  others: 'The other columns are kept: items can be coloured by them.',
};

export const cutTexts = {
  title: 'How texts are cut',
  cutBy: 'Cut by',
  UNIT: {
    words: 'Words',
    tokens: 'Tokens',
    sentences: 'Sentences',
    headings: 'Headings',
    lines: 'Lines',
    none: 'Not at all',
  },
  note: (unit: Unit, countedBy: string | null) =>
    ({
      words: 'At the end of a paragraph or sentence where one is near enough.',
      tokens: countedBy
        ? `As ${countedBy} counts them.`
        : 'Counted as words and marks until the model is on this computer.',
      sentences: 'So many sentences together.',
      headings: 'Every section is a part; longer ones are cut by words.',
      lines: 'Every line is an item.',
      none: 'Every text is one item, however long.',
    })[unit],
  /** What the size of a part is counted in, after its figure. */
  counts: (unit: Unit) => (unit === 'tokens' ? 'tokens' : unit === 'sentences' ? 'sentences' : 'words'),
  atMost: 'At most',
  size: (counts: string) => `Size of a part, in ${counts}`,
  repeating: 'repeating',
  overlap: (counts: string) => `Repeated from the part before, in ${counts}`,
  ofPartBefore: 'of the part before',
  looking: 'Looking into a few texts…',
  become: 'These files become',
  /** Goes on after how many texts they become. */
  becomeHow: (isEstimated: boolean) => (isEstimated ? ', estimated from a few of them.' : '.'),
  unread: (model: string, most: number, lost: number) =>
    `${model} reads ${count(most)} tokens of a text: it would not read ${counted(lost, 'token')} of what is shown.`,
  before: 'Before embedding',
  lowerCase: 'Small letters',
  lowerCaseNote: 'WORD and Word become word',
  whiteSpace: 'Single spaces',
  whiteSpaceNote: 'line ends and runs of white space become one space',
  truncate: 'Only the beginning',
  truncateNote: 'of every text its first part is kept, the rest is left out',
};

export const cutPreview = {
  shownOn: 'Shown on the text of',
  twice: 'in two parts',
  dropped: 'left out',
  text: 'The text as it is cut',
  tokens: (n: number) => counted(n, 'token'),
  lost: (n: number) => `the last ${count(n)} are not read`,
};

export const sheets = {
  title: 'Pictures',
  cut: 'Cut sheets',
  cutNote: 'pictures that hold many smaller ones side by side become these; others stay whole',
  /** "Each is [28] by [28] pixels – 240 pictures". */
  eachIs: 'Each is',
  width: 'Width of each picture, in pixels',
  by: 'by',
  height: 'Height of each picture, in pixels',
  pixels: 'pixels',
  become: (n: number) => `– ${counted(n, 'picture')}`,
};
