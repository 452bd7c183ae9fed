/** What the table says: its head, its filters and what narrows it down. */
import { count, counted } from '../../format';

export const table = {
  table: 'Table',
  items: 'Items',
  selectAll: 'Select all that are listed',
  /** Where a selection came from. */
  rows: 'rows of the table',
  show: (column: string) => `Show ${column}`,
  hide: (column: string) => `Hide ${column}`,
  sortBy: (column: string) => `Sort by ${column}`,
  nonePasses: 'No item passes these filters.',
  empty: 'There is nothing here yet.',
};

export const filter = {
  filter: (column: string) => `Filter ${column}`,
  none: 'There is no value yet.',
  holds: 'Holds',
  holdsWords: 'Holds the words',
  from: 'From',
  to: 'to',
  apply: 'Apply',
  bounds: 'Numbers, or dates such as 2024-05-31.',
  lift: 'Lift this filter',
};

export const line = { select: (row: number) => `Select row ${row}` };

export const narrowed = {
  find: 'List items that hold these words',
  words: 'Words',
  counting: 'Counting…',
  items: (n: number) => counted(n, 'item'),
  /** After the number of those that are listed, which stands out. */
  ofItems: (n: number) => `of ${counted(n, 'item')}`,
  selected: (n: number) => `· ${count(n)} selected`,
  onlySelected: 'Only the selected',
  showOnMap: 'Show on the map',
  columns: 'Columns',
  lift: (test: string) => `Lift: ${test}`,
  liftAll: 'Lift all',
};

export const columns = {
  TITLE: { text: 'Item', cluster: 'Group', tag: 'Tags', kind: 'Kind', file: 'File', collection: 'Collection' },
  KIND: { text: 'text', image: 'picture' },
  /** By what the host calls them where it filters. */
  KINDS: { Texts: 'Texts', Pictures: 'Pictures' },
  /** What a test of words is about. */
  text: 'text',
  holds: (column: string, sought: string) => `${column} holds “${sought}”`,
  is: (column: string, values: string[]) => `${column} is ${values.map((value) => `“${value}”`).join(' or ')}`,
  between: (column: string, from: string, to: string) => `${column} from ${from} to ${to}`,
  from: (column: string, from: string) => `${column} from ${from}`,
  upTo: (column: string, to: string) => `${column} up to ${to}`,
};
