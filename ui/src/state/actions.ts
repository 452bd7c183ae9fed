/**
 * Everything one can do, once: what keys, menus, the palette and the sheet of keys share.
 *
 * Keys are written as in `mod+shift+z`; `mod` is Control, on a Mac Command. Deliberately absent: what needs more than
 * a word to be asked for (a drag, a number), which has its own place on the screen.
 */
import { flushSync } from 'svelte';
import { colourName, manyClasses } from './map.svelte';
import type { MenuView } from '../backend/wire/MenuView';
import type { App, View } from './app.svelte';
import { addHits, copyItems, growGroups, growNear, invert, nothingToCopy, selectAll } from './choosing';
import { METHOD } from '../words';

export type Group = 'Go to' | 'Map' | 'Selection' | 'Colour by' | 'Window' | 'Files' | 'Edit' | 'Help';

export interface Action {
  id: string;
  group: Group;
  title: string;
  keys?: readonly string[];
  /** Other words one might look for. */
  also?: string;
  /** Why it cannot be done now. */
  locked?(app: App): string | undefined;
  run(app: App): unknown;
}

const EMPTY = 'There is nothing here yet';
const full = (app: App) => (app.empty ? EMPTY : undefined);
const chosen = (app: App) => full(app) ?? (app.selection.items ? undefined : 'Nothing is selected');
const noMap = (app: App) => full(app) ?? (app.view === 'map' && app.map.map ? undefined : 'No map is shown');
const toView = (id: View, title: string, key: string, also?: string): Action => ({
  id: `view-${id}`,
  group: 'Go to',
  title,
  keys: [key],
  also,
  locked: full,
  run: (app) => app.show(id),
});

/** Brings a field into sight and the keyboard to it at once: the next key is for the field, however slow frames are. */
export function focusOn(selector: string): void {
  flushSync();
  document.querySelector<HTMLElement>(selector)?.focus();
}

export const ACTIONS: readonly Action[] = [
  toView('map', 'Map', '1'),
  toView('compare', 'Compare', '2', 'models side by side'),
  toView('matrix', 'Matrix', '3', 'similarity heat map'),
  toView('table', 'Table', '4', 'rows list items'),
  {
    id: 'view-workspace',
    group: 'Go to',
    title: 'About this workspace',
    keys: ['w'],
    also: 'disk runs history check',
    run: (app) => app.toWorkspace(),
  },
  {
    id: 'view-models',
    group: 'Go to',
    title: 'Models',
    keys: ['m'],
    also: 'browse fetch hub provider recommend',
    run: (app) => app.toModels(),
  },
  {
    id: 'search',
    group: 'Go to',
    title: 'Search by meaning',
    keys: ['/'],
    also: 'find query',
    locked: full,
    run: () => focusOn('#search'),
  },
  {
    id: 'axes',
    group: 'Go to',
    title: 'Axes and sums of meanings',
    keys: ['x'],
    also: 'semantic direction arithmetic king man woman analogy',
    locked: full,
    run: (app) => (app.view === 'map' || app.show('map'), app.open('axes')),
  },
  {
    id: 'tool-pointer',
    group: 'Map',
    title: 'Pointer',
    keys: ['v'],
    also: 'tool move',
    run: ({ map }) => (map.tool = 'pointer'),
  },
  {
    id: 'tool-lasso',
    group: 'Map',
    title: 'Lasso',
    keys: ['l'],
    also: 'tool draw around select',
    run: ({ map }) => (map.tool = 'lasso'),
  },
  {
    id: 'tool-box',
    group: 'Map',
    title: 'Box',
    keys: ['b'],
    also: 'tool select',
    run: ({ map }) => (map.tool = 'box'),
  },
  {
    id: 'tool-brush',
    group: 'Map',
    title: 'Brush',
    keys: ['r'],
    also: 'tool paint select',
    run: ({ map }) => (map.tool = 'brush'),
  },
  {
    id: 'tool-axis',
    group: 'Map',
    title: 'Axis',
    keys: ['a'],
    also: 'tool drag between two items direction arrow',
    run: ({ map }) => (map.tool = 'axis'),
  },
  {
    id: 'names',
    group: 'Map',
    title: 'Names of groups',
    keys: ['n'],
    also: 'labels',
    run: ({ map }) => (map.labels = !map.labels),
  },
  {
    id: 'pictures',
    group: 'Map',
    title: 'Pictures instead of points',
    keys: ['p'],
    also: 'thumbnails images',
    run: ({ map }) => (map.pictures = !map.pictures),
  },
  {
    id: 'shapes',
    group: 'Map',
    title: 'Shapes beside colours',
    keys: ['o'],
    also: 'symbols markers colour-blind many classes',
    locked: ({ map }) => (manyClasses(map.colours) ? undefined : 'So few classes are told apart by colour'),
    run: ({ map }) => (map.shaped = !map.shaped),
  },
  {
    id: 'true-neighbours',
    group: 'Map',
    title: 'Lines to true neighbours',
    keys: ['t'],
    also: 'nearest distortion',
    run: ({ map }) => (map.trueNeighbours = !map.trueNeighbours),
  },
  {
    id: 'fit',
    group: 'Map',
    title: 'See everything',
    keys: ['0'],
    also: 'fit zoom home',
    locked: full,
    run: ({ map }) => map.fit?.(),
  },
  {
    id: 'select-all',
    group: 'Selection',
    title: 'Select all',
    keys: ['mod+a'],
    locked: full,
    run: selectAll,
  },
  {
    id: 'invert',
    group: 'Selection',
    title: 'Invert the selection',
    keys: ['i'],
    locked: full,
    run: invert,
  },
  {
    id: 'grow-near',
    group: 'Selection',
    title: 'Grow by nearest neighbours',
    keys: ['g'],
    also: 'expand',
    locked: chosen,
    run: growNear,
  },
  {
    id: 'grow-groups',
    group: 'Selection',
    title: 'Grow to whole groups',
    keys: ['shift+g'],
    also: 'expand cluster',
    locked: chosen,
    run: growGroups,
  },
  {
    id: 'add-hits',
    group: 'Selection',
    title: 'Add the answers of the search',
    keys: ['h'],
    also: 'grow hits',
    locked: (app) => full(app) ?? (app.search.answer ? undefined : 'Nothing is searched for'),
    run: addHits,
  },
  {
    id: 'keep',
    group: 'Selection',
    title: 'Keep the selection under a name…',
    keys: ['s'],
    also: 'save',
    locked: (app) => app.locked ?? chosen(app),
    run: (app) => (app.open('selection'), focusOn('#selection-name')),
  },
  {
    id: 'tag',
    group: 'Selection',
    title: 'Tag the selection…',
    keys: ['#'],
    also: 'label',
    locked: (app) => app.locked ?? chosen(app),
    run: (app) => (app.open('selection'), focusOn('#selection-tag')),
  },
  {
    id: 'clear',
    group: 'Selection',
    title: 'Clear the selection',
    also: 'none deselect',
    locked: chosen,
    run: (app) => app.selection.clear(),
  },
  {
    id: 'forget-selection',
    group: 'Selection',
    title: 'Forget the selected items…',
    also: 'delete remove',
    locked: (app) => app.locked ?? chosen(app),
    run: ({ selection, keeping }) => selection.items && (keeping.asking = { what: 'items', items: selection.items }),
  },
  {
    id: 'undo',
    group: 'Edit',
    title: 'Undo',
    keys: ['mod+z'],
    locked: ({ history }) => (history.past.length ? undefined : 'There is nothing to undo'),
    run: ({ history }) => history.undo(),
  },
  {
    id: 'redo',
    group: 'Edit',
    title: 'Redo',
    keys: ['mod+shift+z', 'mod+y'],
    locked: ({ history }) => (history.future.length ? undefined : 'There is nothing to redo'),
    run: ({ history }) => history.redo(),
  },
  {
    id: 'copy-text',
    group: 'Edit',
    title: 'Copy as text',
    also: 'clipboard words selection',
    locked: nothingToCopy,
    run: (app) => copyItems(app, 'text'),
  },
  {
    id: 'copy-csv',
    group: 'Edit',
    title: 'Copy as CSV',
    keys: ['mod+shift+c'],
    also: 'clipboard table selection',
    locked: nothingToCopy,
    run: (app) => copyItems(app, 'csv'),
  },
  {
    id: 'copy-figure',
    group: 'Edit',
    title: 'Copy the map as an image',
    also: 'clipboard picture figure',
    locked: noMap,
    run: ({ figure }) => figure.copy(),
  },
  {
    id: 'export',
    group: 'Files',
    title: 'Export…',
    keys: ['e'],
    also: 'save csv parquet html',
    locked: full,
    run: (app) => (app.keeping.exporting = true),
  },
  {
    id: 'figure',
    group: 'Files',
    title: 'Export figure…',
    keys: ['shift+e'],
    also: 'save picture image png svg print paper',
    locked: noMap,
    run: ({ figure }) => figure.ask(),
  },
  {
    id: 'open-files',
    group: 'Files',
    title: 'Open files…',
    also: 'add import',
    locked: (app) => app.locked,
    run: (app) => app.adding.openFiles(),
  },
  {
    id: 'open-folder',
    group: 'Files',
    title: 'Open folder…',
    also: 'add import',
    locked: (app) => app.locked,
    run: (app) => app.adding.openFolder(),
  },
  {
    id: 'sample',
    group: 'Files',
    title: 'Try the sample',
    locked: (app) => app.locked ?? (app.sample ? undefined : 'The sample is not installed with this copy'),
    run: (app) => app.adding.planSample(),
  },
  { id: 'open-workspace', group: 'Files', title: 'Open workspace…', run: ({ desk }) => desk.open() },
  { id: 'new-workspace', group: 'Files', title: 'New workspace…', run: ({ desk }) => desk.make() },
  { id: 'fold-left', group: 'Window', title: 'Fold the left rail', keys: ['['], run: (app) => app.rails.fold('left') },
  {
    id: 'fold-right',
    group: 'Window',
    title: 'Fold the right rail',
    keys: [']'],
    run: (app) => app.rails.fold('right'),
  },
  {
    id: 'stage-alone',
    group: 'Window',
    title: 'The stage alone',
    keys: ['f'],
    also: 'full',
    run: (app) => app.rails.stageAlone(),
  },
  {
    id: 'settings',
    group: 'Window',
    title: 'Settings…',
    keys: ['mod+,'],
    also: 'preferences options theme size memory privacy',
    run: (app) => (app.sheet = 'settings'),
  },
  { id: 'theme-light', group: 'Window', title: 'Light theme', run: ({ theme }) => theme.choose('light') },
  { id: 'theme-dark', group: 'Window', title: 'Dark theme', run: ({ theme }) => theme.choose('dark') },
  { id: 'theme-system', group: 'Window', title: 'Theme as the system', run: ({ theme }) => theme.choose('system') },
  {
    id: 'larger',
    group: 'Window',
    title: 'Everything larger',
    keys: ['mod+=', 'mod++'],
    run: ({ zoom }) => zoom.larger(),
  },
  { id: 'smaller', group: 'Window', title: 'Everything smaller', keys: ['mod+-'], run: ({ zoom }) => zoom.smaller() },
  { id: 'plain-size', group: 'Window', title: 'Usual size', keys: ['mod+0'], run: ({ zoom }) => zoom.plain() },
  { id: 'palette', group: 'Window', title: 'Find an action', keys: ['mod+k'], run: (app) => (app.sheet = 'palette') },
  {
    id: 'keys',
    group: 'Help',
    title: 'All keys',
    keys: ['?'],
    also: 'shortcuts help',
    run: (app) => (app.sheet = 'keys'),
  },
  {
    id: 'log',
    group: 'Help',
    title: 'Show the log',
    also: 'error report problem',
    run: (app) => app.showLog(),
  },
  {
    id: 'about',
    group: 'Help',
    title: 'About Embedscope',
    also: 'version licence update',
    run: (app) => (app.sheet = 'about'),
  },
];

/** What can be done with what there is now: maps, colours, kept selections, tags. */
export function actionsOf(app: App): Action[] {
  if (app.empty) return [];
  const { workspace } = app;
  return [
    ...workspace.maps.map((map): Action => ({
      id: `map-${map.id}`,
      group: 'Go to',
      title: `${METHOD[map.method]}${map.dims === 3 ? ' in 3-D' : ''} map of ${
        workspace.sets.find(({ id }) => id === map.set)?.model ?? ''
      }`,
      also: map.parameters,
      run: (app) => (app.show('map'), app.chooseMap(map.id)),
    })),
    ...app.map.colourChoices.map((by): Action => ({
      id: `colour-${by}`,
      group: 'Colour by',
      title: `Colour by ${colourName(by)}`,
      run: (app) => app.colour(by),
    })),
    ...workspace.selections.map(({ name }): Action => ({
      id: `selection-${name}`,
      group: 'Selection',
      title: `Select “${name}”`,
      run: (app) => app.showList(name),
    })),
    ...workspace.tags.map(({ name }): Action => ({
      id: `tag-${name}`,
      group: 'Selection',
      title: `Select what is tagged “${name}”`,
      run: (app) => app.showTagged(name),
    })),
  ];
}

/** The system's own menus: the same actions under the same names. Keys without Control or Command stay the page's. */
export function menus(): MenuView[] {
  const ORDER: readonly [Group, string][] = [
    ['Files', 'File'],
    ['Edit', 'Edit'],
    ['Selection', 'Selection'],
    ['Map', 'Map'],
    ['Go to', 'View'],
    ['Window', 'Window'],
    ['Help', 'Help'],
  ];
  return ORDER.map(([group, title]) => ({
    title,
    entries: ACTIONS.filter((action) => action.group === group).map(({ id, title, keys }) => ({
      action: id,
      title,
      key: keys?.find((key) => key.startsWith('mod+')) ?? null,
    })),
  }));
}

/** What fields do themselves, whoever asks for it. */
const OF_FIELDS: Record<string, string> = { undo: 'undo', redo: 'redo', 'select-all': 'selectAll' };

/** Does what was chosen in one of the system's menus, or says why it cannot be done now. */
export function choose(app: App, id: string): void {
  const chosen = byId.get(id);
  if (!chosen || document.querySelector('dialog[open]')) return;
  const inField = document.activeElement?.matches('input, textarea');
  // The menu's key came before the field could hear it.
  if (inField && OF_FIELDS[id]) document.execCommand(OF_FIELDS[id]);
  else if (chosen.locked?.(app)) app.notices.say(chosen.locked(app)!);
  else void chosen.run(app);
}

const byId = new Map(ACTIONS.map((action) => [action.id, action]));

/** An action by its name; the names are those of the table above. */
export function action(id: string): Action {
  return byId.get(id)!;
}

const MAC = typeof navigator !== 'undefined' && /Mac/.test(navigator.platform);
const SAID: Record<string, string> = MAC
  ? { mod: '⌘', shift: '⇧', escape: 'Esc' }
  : { mod: 'Ctrl', shift: 'Shift', escape: 'Esc' };

/** A key in words: "Ctrl Shift Z". */
export const written = (key: string) =>
  key
    // The plus sign is a key too.
    .split(/\+(?!$)/)
    .map((part) => SAID[part] ?? part.toUpperCase())
    .join(' ');

/** "Lasso  L", for what shows when the pointer rests on a button. */
export function hint(id: string): string {
  const { title, keys } = action(id);
  return keys?.[0] ? `${title}  ${written(keys[0])}` : title;
}

/** The key of an event, written as in the table. */
export function pressed(event: KeyboardEvent): string {
  const key = event.key.toLowerCase();
  // Of signs the layout has decided already whether Shift is needed.
  const letter = /^[a-z]$/.test(key);
  const mod = event.ctrlKey || event.metaKey;
  return `${mod ? 'mod+' : ''}${event.shiftKey && letter ? 'shift+' : ''}${key}`;
}
