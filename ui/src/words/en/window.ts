/** What the window says around its rooms: the bar on top, the beginning, its sheets and the matrix. */
import { count, counted, megabytes } from '../../format';

export const topBar = {
  theme: { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' },
  changeTheme: (theme: string) => `${theme}. Change`,
  workspace: (name: string) => `Workspace ${name}`,
  readingOnly: 'Reading only',
  whyReadingOnly: (reason: string) => `${reason}. Show why`,
  search: 'Search by meaning',
  noWordsRead: 'No model here reads words yet',
  clearSearch: 'Clear the search',
  working: 'Working',
  view: 'View',
  allModels: 'All models',
  findAction: 'Find an action',
  export: 'Export',
  add: 'Add files',
};

export const window = {
  loading: 'Loading',
  drop: 'Drop to see what is in it',
  dropWorkspace: 'Nothing can be added here. Drop a workspace to open it.',
  looking: 'Looking through the files…',
  stopLooking: 'Cancel',
  found: 'What was found',
  notOpened: 'This workspace could not be opened',
};

export const newVersion = {
  open: 'Show its page',
  dismiss: 'Dismiss',
};

export const start = {
  begin: 'Drop texts and pictures to see how a model arranges them',
  sample: 'Try the sample',
  openFiles: 'Open files…',
  openFolder: 'Open folder…',
  formats:
    'txt, md, html, pdf, docx, odt, rtf, pptx, xlsx, epub, eml, tex, code · csv, json, parquet, arrow, sqlite · npy, safetensors · jpg, png, webp, gif, bmp, tiff, jxl, svg · zip of these',
  promise:
    'Or paste a text or a picture. Everything stays on this computer. Nothing begins before you have seen the plan.',
  recent: 'Recent workspaces',
  openWorkspace: 'Open a workspace…',
  newWorkspace: 'New workspace…',
  version: (version: string, device: string) => `Version ${version} · ${device}`,
};

export const refused = {
  openForReading: 'Open for reading',
  tryAgain: 'Try again',
  mend: 'Mend and open',
  mending: 'Mending',
  stay: 'Stay here',
  another: 'Or another workspace',
  openWorkspace: 'Open workspace…',
  newWorkspace: 'New workspace…',
};

export const about = {
  title: 'About Embedscope',
  what: (device: string) => `A desktop microscope for embedding spaces. Everything is computed here: ${device}.`,
  promise:
    'It asks nobody for a newer version unless you switch that on in the settings. Nothing else is fetched but the models you ask for, and nothing of yours is sent but what you allow a provider to read.',
  licence: 'Licence',
  licences: 'MIT or Apache 2.0, at your choice. The sample collection is CC0.',
  builtOn: 'Built on',
  libraries: (libraries: number, licences: number) =>
    `${counted(libraries, 'library', 'libraries')} under ${counted(licences, 'licence')}`,
  find: 'Find a library or a licence',
  found: (n: number, of: number) => `${count(n)} of ${counted(of, 'library', 'libraries')}`,
  none: (sought: string) => `No library and no licence is called “${sought}”.`,
  textsOf: (library: string) => `Licence of ${library}`,
  within: (whole: string) => `Comes inside ${whole}`,
  standard: (by: string[]) =>
    `Its package brings no text, so this is the standard one.${by.length ? ` By ${by.join(', ')}.` : ''}`,
  copy: 'Copy',
  copied: 'Copied',
};

export const settings = {
  settings: 'Settings',
  looks: 'Looks',
  theme: 'Theme',
  asSystem: 'As the system',
  light: 'Light',
  dark: 'Dark',
  size: 'Size of everything',
  smaller: 'Smaller',
  larger: 'Larger',
  memory: 'Memory',
  /** `mb` is null where the system does not tell. */
  inUse: (mb: number | null, models: number) =>
    `${mb === null ? 'The system does not tell how much is in use' : `${megabytes(mb)} in use`}${
      models ? `, with ${counted(models, 'model')} loaded` : ''
    }.`,
  models: 'Models…',
  leaves: 'What leaves this computer',
  /** The providers that texts may be sent to. */
  sent: (allowed: string[]) =>
    allowed.length
      ? `Texts you embed with ${allowed.join(', ')}, which you allowed.`
      : 'Nothing of yours. Models are fetched when you ask for one.',
  providers: 'Providers…',
  lookForNewer: 'Look for newer versions',
  /** What looking sends, and to whom. */
  asks: 'At most once a day, when the window opens, GitHub is asked for the newest version. It learns this program’s name and version and, as from any visit, your internet address.',
  lookNow: 'Look now',
  showPage: 'Show its page',
  log: 'Log',
  logHolds: 'What the program did, without any content of yours.',
  show: 'Show',
};

export const keys = {
  all: 'All keys',
  onMap: 'On the map',
  onMatrix: 'On the matrix',
  /** What hands do on the stage and in the table, which is no action of its own. */
  hands: [
    { what: 'Turn or move the map', how: 'Drag, or the arrow keys' },
    { what: 'Closer, farther', how: 'Wheel, or + and −' },
    { what: 'Keep an item with its neighbours', how: 'Click' },
    { what: 'Open the original', how: 'Double click' },
    { what: 'Add to the selection, take away', how: 'Shift, Ctrl while drawing' },
    { what: 'One step back', how: 'Esc' },
  ],
  handsOnMatrix: [
    { what: 'From cell to cell', how: 'Pointer, or the arrow keys' },
    { what: 'Select a block', how: 'Drag, or Shift with arrow keys and Enter' },
    { what: 'Closer, farther', how: 'Wheel, or + and −' },
    { what: 'Across, up and down', how: 'Wheel with Shift, with Alt' },
    { what: 'See everything', how: 'Double click, or 0' },
  ],
};

export const palette = {
  find: 'Find an action',
  ask: 'What would you like to do?',
  actions: 'Actions',
  none: (sought: string) => `Nothing is called “${sought}”.`,
};

export const matrix = {
  matrix: 'Similarity matrix',
  title: { selection: 'Similarity of the selection', sample: 'Similarity of a sample' },
  /** `all`: how many there are to draw from; `most`: how many a matrix can show. */
  shown: (n: number, from: 'selection' | 'sample', all: number, most: number, model: string) => {
    const drawn =
      from === 'sample'
        ? ` drawn at random from ${count(all)}`
        : ` of ${count(all)} selected; more than ${most} would be smaller than a pixel`;
    return `${counted(n, 'item')}${n < all ? drawn : ''} · cosine · ${model} · groups stand together`;
  },
  computing: 'Computing…',
  items: 'Items',
  selection: (n: number) => `Selection (${count(n)})`,
  sample: 'Sample',
  /** Where a selection came from. */
  block: 'a block of the matrix',
  nothing: 'There is nothing to compare yet.',
  how: {
    sample: 'Point at a cell to see its pair. Drag over a block to select its items. The wheel goes closer.',
    selection:
      'Point at a cell to see its pair. Drag over a block to select its items and see them alone. The wheel goes closer.',
  },
  rail: 'Pair and groups',
  pair: 'Pair',
  itself: 'One item with itself',
  cosine: 'cosine similarity',
  point: 'Point at a cell.',
  selected: (n: number) => `${counted(n, 'item')} selected`,
  showOnMap: 'Show on the map',
  clear: 'Clear',
  groups: 'Groups, top to bottom',
  showGroup: (group: string) => `Show ${group} on the map`,
};
