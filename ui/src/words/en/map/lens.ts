/** What the rail under the lens says: the search, the kept item, the selection, axes, and what the colours mean. */
import { count, counted, percent } from '../../../format';

/** The rail, open and folded. */
export const lens = {
  underLens: 'Under the lens',
  search: 'Search',
  item: 'Item',
  selection: 'Selection',
  axes: 'Axes',
};

export const searchTab = {
  nearest: (n: number, all: number) => `${count(n)} nearest of ${count(all)}`,
  exact: 'exact',
  nearlyExact: 'nearly exact',
  nearlyExactNote: 'Compared in eight bits a number, the best of them in full',
  typical: (similarity: string) => `Half of all items are below ${similarity}, the mark on each bar`,
  typicalNote: 'Models differ in what they call near: what counts is how far beyond the rest the nearest are',
  more: 'More',
  unplaced: (n: number, all: number) =>
    `${n === all ? 'None of them is' : `${count(n)} of them ${n === 1 ? 'is' : 'are'} not`} on this map yet.`,
  foundBy: (model: string) => `The shown map does not read words; these were found by ${model}.`,
  showMap: 'Show its map',
  searching: 'Searching…',
  how: 'Type a meaning in the box above, in your own words. The nearest items light up on the map and are listed here.',
  examples: 'Or begin with the words of a group',
  noReader: 'None of the models used here reads words. Embed with one that does, and search becomes possible.',
};

export const itemTab = {
  open: 'Open original',
  lost: 'The original is not where it was, or no longer holds this.',
  find: 'Find…',
  findFolder: 'Find its folder…',
  findFolderNote: 'Finds everything that moved with its folder',
  tags: 'Tags',
  selectTagged: (tag: string) => `Select all tagged “${tag}”`,
  nearest: 'Nearest in the full space',
  nearestByDistance: 'Nearest, with the distance',
  noOther: 'There is no other item.',
  explain: 'How it became numbers',
  tokens: 'Tokens',
  token: (id: number) => `token ${id}`,
  tokenCount: (n: number, cut: number) => `${counted(n, 'token')}${cut ? `, ${count(cut)} more cut off` : ''}`,
  norm: 'length before normalising',
  use: 'Use it',
  carry: 'Drag it to where it is of use',
  forget: 'Forget this item…',
  howToKeep: 'Click a point, or choose one from a list, to keep it here with its true neighbours.',
};

export const selectionTab = {
  items: (n: number) => counted(n, 'item'),
  clear: 'Clear',
  notShown: (n: number) => `${count(n)} of them are not on the shown map.`,
  changeSelection: 'Change the selection',
  change: 'Change',
  growing: 'Growing…',
  asTable: 'As a table',
  closer: 'Zoom to it',
  matrix: 'Similarity matrix',
  addTo: 'Add to',
  copy: 'Copy',
  export: 'Export…',
  forget: 'Forget…',
  moreGroups: (n: number) => `and ${n} more groups`,
  more: (n: number) => `and ${count(n)} more`,
  /** How to select, in one sentence: each of the first two is followed by the key of its tool. */
  lasso: 'Draw around points with the lasso',
  box: 'or the box',
  colour: ', drag items here, or click a colour below. Shift adds, Ctrl takes away; the rest fades but stays.',
};

export const kept = {
  name: 'Name to keep the selection under',
  keepAs: (name: string) => `Keep as “${name}”`,
  keep: 'Keep',
  tagField: 'Tag for the selected items',
  tagThese: 'Tag these items',
  tag: 'Tag',
  takeOff: 'Take off',
};

export const special = {
  whatIsSpecial: 'What is special here',
  against: (n: number) => `against ${count(n)} others`,
  comparedWith: 'Compared with',
  allOthers: 'all others',
  tagged: (tag: string) => `tagged ${tag}`,
  comparing: 'Comparing…',
  allOfIt: 'All of it is selected; there is nothing to compare with.',
  everything: 'Everything is selected; there is nothing to compare with.',
  nothing: 'Nothing stands out: the selection is like the rest.',
  onlyHere: 'only here',
  wordNote: (here: number, elsewhere: number) =>
    `In ${percent(here)} of these texts, in ${percent(elsewhere)} of the others. List all that hold it`,
  valueNote: (here: number, elsewhere: number) => `${percent(here)} here, ${percent(elsewhere)} elsewhere`,
  versus: (elsewhere: string) => `vs ${elsewhere}`,
  median: 'median',
};

export const axesTab = {
  between: 'Between two meanings',
  /** The ends of the first axis and of the second. */
  END: {
    x: [
      { name: 'Left', field: 'Left end of the axis', put: 'Put the kept item at the left end', example: 'cold' },
      { name: 'Right', field: 'Right end of the axis', put: 'Put the kept item at the right end', example: 'warm' },
    ],
    y: [
      {
        name: 'Bottom',
        field: 'Bottom end of the second axis',
        put: 'Put the kept item at the bottom end',
        example: 'small',
      },
      { name: 'Top', field: 'Top end of the second axis', put: 'Put the kept item at the top end', example: 'large' },
    ],
  } as const,
  takeOut: (title: string) => `Take ${title} out`,
  keptItem: 'a kept item',
  putNote: (title: string) => `The kept item: ${title}`,
  layOut: 'Lay out',
  back: 'Back to the map',
  swap: 'Swap the ends',
  second: 'Second axis',
  /** Where the second axis was not asked for, it is where the rest varies most. */
  variance: (across: number, up: number, asked: boolean) =>
    `From left to right ${percent(across)} of all variance, from bottom to top ${percent(up)}${
      asked ? '' : ', where the rest varies most'
    }.`,
  how: (reads: boolean) =>
    `Each item stands where it lies between the two: ${reads ? 'type words, drag items here' : 'drag items here'}, keep an item and press its pin here, or drag from one to another on the map with the Axis tool.`,
  /** Where vectors are little more than places. */
  places: (dim: number) =>
    `A vector of this set is only ${dim} numbers, often places that were given: an axis is then a direction on a map, and no meaning that a model knows.`,
  sum: 'A sum of meanings',
  sumExample: 'king − man + woman',
  readsNone: 'This model reads no words',
  find: 'Find',
  /** Before the sum itself. */
  nearestTo: 'Nearest to',
  clear: 'Clear',
  sumNote: 'Signs stand free: a hyphen within a word stays part of it. Drag items here, or keep one and press its pin.',
  /** Halves of the field, while something is dragged. */
  SIGN: { '+': '+ Add', '−': '− Take away' },
  addKept: 'Put the kept item into the sum',
  nothing: 'There is nothing to lay out yet.',
};

export const legend = {
  colour: 'Colour',
  colourBy: 'Colour by',
  select: (label: string) => `Select ${label}; with Shift add it, or take it away`,
  chosenOf: (n: number, all: number) => `${count(n)} of ${count(all)}`,
  noGroups: 'Groups are found when everything is embedded.',
  noTags: 'Nothing here is tagged.',
  noColours: 'Nothing to colour by yet.',
  more: (n: number) => `${count(n)} more`,
  none: 'none',
  smaller: (n: number) => `and ${count(n)} smaller ones`,
  find: (n: number) => `Find one of ${count(n)}`,
  /** So many small ones are not told apart. */
  notFound: (smaller: number) =>
    smaller ? `None is called so; ${count(smaller)} smaller ones have no entry.` : 'None is called so.',
};

export const scaleBar = {
  scale: (low: string, high: string) => `From ${low} to ${high}`,
  drag: 'Drag to select what lies between',
  quarters: 'Select a quarter of the scale',
  select: (from: string, to: string) => `Select from ${from} to ${to}`,
  fromTo: (from: string, to: string) => `${from} to ${to}`,
  /** What a selection of such amounts is called. */
  origin: (name: string, from: string, to: string) => `${name} ${from} to ${to}`,
  misplaced:
    'Of everything, the share that is nearer in the full space than the points drawn beside one. A high share is a point in the wrong company.',
  missing: (n: number) => `${count(n)} without a value are grey.`,
};
