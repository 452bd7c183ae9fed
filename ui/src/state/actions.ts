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
import { noTwin, turn } from './dimensions';
import { METHOD, words } from '../words';

const say = words.actions.actions;

export interface Action {
  id: string;
  /** The name of its group. */
  group: string;
  title: string;
  keys?: readonly string[];
  /** Other words one might look for. */
  also?: string;
  /** Why it cannot be done now. */
  locked?(app: App): string | undefined;
  run(app: App): unknown;
}

/** An action without its words, which the catalogue has under its id. */
interface Entry extends Omit<Action, 'id' | 'group' | 'title' | 'also'> {
  id: keyof typeof say.NAME;
  group: keyof typeof say.GROUP;
}

const full = (app: App) => (app.empty ? say.empty : undefined);
const chosen = (app: App) => full(app) ?? (app.selection.items ? undefined : say.noSelection);
const noMap = (app: App) => full(app) ?? (app.view === 'map' && app.map.map ? undefined : say.noMap);
const noPicture = (app: App) => {
  const { view, map, matrix } = app;
  const shown = (view === 'map' && map.map) || (view === 'matrix' && matrix.frame);
  return full(app) ?? (shown ? undefined : say.noPicture);
};
const toView = (id: View, key: string): Entry => ({
  id: `view-${id}`,
  group: 'goTo',
  keys: [key],
  locked: full,
  run: (app) => app.show(id),
});

/** Brings a field into sight and the keyboard to it at once: the next key is for the field, however slow frames are. */
export function focusOn(selector: string): void {
  flushSync();
  document.querySelector<HTMLElement>(selector)?.focus();
}

const TABLE: readonly Entry[] = [
  toView('map', '1'),
  toView('compare', '2'),
  toView('matrix', '3'),
  toView('table', '4'),
  { id: 'view-workspace', group: 'goTo', keys: ['w'], run: (app) => app.toWorkspace() },
  { id: 'view-models', group: 'goTo', keys: ['m'], run: (app) => app.toModels() },
  { id: 'search', group: 'goTo', keys: ['/'], locked: full, run: () => focusOn('#search') },
  {
    id: 'axes',
    group: 'goTo',
    keys: ['x'],
    locked: full,
    run: (app) => (app.view === 'map' || app.show('map'), app.open('axes')),
  },
  { id: 'tool-pointer', group: 'map', keys: ['v'], run: ({ map }) => (map.tool = 'pointer') },
  { id: 'tool-lasso', group: 'map', keys: ['l'], run: ({ map }) => (map.tool = 'lasso') },
  { id: 'tool-box', group: 'map', keys: ['b'], run: ({ map }) => (map.tool = 'box') },
  { id: 'tool-brush', group: 'map', keys: ['r'], run: ({ map }) => (map.tool = 'brush') },
  { id: 'tool-axis', group: 'map', keys: ['a'], run: ({ map }) => (map.tool = 'axis') },
  { id: 'names', group: 'map', keys: ['n'], run: ({ map }) => map.turn('labels') },
  { id: 'pictures', group: 'map', keys: ['p'], run: ({ map }) => map.turn('pictures') },
  {
    id: 'shapes',
    group: 'map',
    keys: ['o'],
    locked: ({ map, compare, view }) =>
      manyClasses(view === 'compare' ? compare.groups : map.colours) ? undefined : say.fewClasses,
    run: ({ map }) => map.turn('shaped'),
  },
  { id: 'true-neighbours', group: 'map', keys: ['t'], run: ({ map }) => map.turn('trueNeighbours') },
  {
    id: 'forget-map',
    group: 'map',
    keys: ['shift+d'],
    locked: (app) => app.locked ?? noMap(app) ?? (app.map.map!.running ? say.running : undefined),
    run: ({ map, keeping }) => (keeping.asking = { what: 'map', map: map.map! }),
  },
  { id: 'dimensions', group: 'map', keys: ['z'], locked: (app) => noMap(app) ?? noTwin(app), run: turn },
  { id: 'fit', group: 'map', keys: ['0'], locked: full, run: ({ map }) => map.fit?.() },
  {
    id: 'fit-selection',
    group: 'map',
    keys: ['9'],
    locked: (app) => noMap(app) ?? chosen(app),
    run: ({ map }) => map.fitSelection?.(),
  },
  { id: 'select-all', group: 'selection', keys: ['mod+a'], locked: full, run: selectAll },
  { id: 'invert', group: 'selection', keys: ['i'], locked: full, run: invert },
  { id: 'grow-near', group: 'selection', keys: ['g'], locked: chosen, run: growNear },
  { id: 'grow-groups', group: 'selection', keys: ['shift+g'], locked: chosen, run: growGroups },
  {
    id: 'add-hits',
    group: 'selection',
    keys: ['h'],
    locked: (app) => full(app) ?? (app.search.answer ? undefined : say.noSearch),
    run: addHits,
  },
  {
    id: 'keep',
    group: 'selection',
    keys: ['s'],
    locked: (app) => app.locked ?? chosen(app),
    run: (app) => (app.open('selection'), focusOn('#selection-name')),
  },
  {
    id: 'tag',
    group: 'selection',
    keys: ['#'],
    locked: (app) => app.locked ?? chosen(app),
    run: (app) => (app.open('selection'), focusOn('#selection-tag')),
  },
  { id: 'clear', group: 'selection', keys: ['c'], locked: chosen, run: (app) => app.selection.clear() },
  {
    id: 'forget-selection',
    group: 'selection',
    keys: ['d'],
    locked: (app) => app.locked ?? chosen(app),
    run: ({ selection, keeping }) => selection.items && (keeping.asking = { what: 'items', items: selection.items }),
  },
  {
    id: 'undo',
    group: 'edit',
    keys: ['mod+z'],
    locked: ({ history }) => (history.last ? undefined : say.noUndo),
    run: ({ history }) => history.undo(),
  },
  {
    id: 'redo',
    group: 'edit',
    keys: ['mod+shift+z', 'mod+y'],
    locked: ({ history }) => (history.next ? undefined : say.noRedo),
    run: ({ history }) => history.redo(),
  },
  { id: 'copy-text', group: 'edit', keys: ['y'], locked: nothingToCopy, run: (app) => copyItems(app, 'text') },
  { id: 'copy-csv', group: 'edit', keys: ['mod+shift+c'], locked: nothingToCopy, run: (app) => copyItems(app, 'csv') },
  {
    id: 'copy-figure',
    group: 'edit',
    keys: ['shift+y'],
    locked: noPicture,
    run: ({ view, figure, matrixFigure }) => (view === 'matrix' ? matrixFigure : figure).copy(),
  },
  { id: 'export', group: 'files', keys: ['e'], locked: full, run: (app) => (app.keeping.exporting = true) },
  {
    id: 'figure',
    group: 'files',
    keys: ['shift+e'],
    locked: noPicture,
    run: ({ view, figure, matrixFigure }) => (view === 'matrix' ? matrixFigure.save() : figure.ask()),
  },
  {
    id: 'open-files',
    group: 'files',
    keys: ['mod+o'],
    locked: (app) => app.locked,
    run: (app) => app.adding.openFiles(),
  },
  {
    id: 'open-folder',
    group: 'files',
    keys: ['mod+shift+o'],
    locked: (app) => app.locked,
    run: (app) => app.adding.openFolder(),
  },
  {
    id: 'sample',
    group: 'files',
    keys: ['shift+s'],
    locked: (app) => app.locked ?? (app.sample ? undefined : say.noSample),
    run: (app) => app.adding.planSample(),
  },
  { id: 'open-workspace', group: 'files', keys: ['shift+w'], run: ({ desk }) => desk.open() },
  { id: 'new-workspace', group: 'files', keys: ['mod+n'], run: ({ desk }) => desk.make() },
  { id: 'fold-left', group: 'window', keys: ['['], run: (app) => app.rails.fold('left') },
  { id: 'fold-right', group: 'window', keys: [']'], run: (app) => app.rails.fold('right') },
  { id: 'stage-alone', group: 'window', keys: ['f'], run: (app) => app.rails.stageAlone() },
  { id: 'settings', group: 'window', keys: ['mod+,'], run: (app) => (app.sheet = 'settings') },
  { id: 'theme-light', group: 'window', keys: ['j'], run: ({ theme }) => theme.choose('light') },
  { id: 'theme-dark', group: 'window', keys: ['k'], run: ({ theme }) => theme.choose('dark') },
  { id: 'theme-system', group: 'window', keys: ['u'], run: ({ theme }) => theme.choose('system') },
  { id: 'larger', group: 'window', keys: ['mod+=', 'mod++'], run: ({ zoom }) => zoom.larger() },
  { id: 'smaller', group: 'window', keys: ['mod+-'], run: ({ zoom }) => zoom.smaller() },
  { id: 'plain-size', group: 'window', keys: ['mod+0'], run: ({ zoom }) => zoom.plain() },
  { id: 'palette', group: 'window', keys: ['mod+k'], run: (app) => (app.sheet = 'palette') },
  { id: 'keys', group: 'help', keys: ['?'], run: (app) => (app.sheet = 'keys') },
  { id: 'log', group: 'help', keys: ['shift+l'], run: (app) => app.showLog() },
  { id: 'about', group: 'help', keys: ['shift+h'], run: (app) => (app.sheet = 'about') },
];

export const ACTIONS: readonly Action[] = TABLE.map((entry) => ({
  ...entry,
  ...say.NAME[entry.id],
  group: say.GROUP[entry.group],
}));

/** What can be done with what there is now: maps, colours, kept selections, tags. */
export function actionsOf(app: App): Action[] {
  if (app.empty) return [];
  const { workspace } = app;
  return [
    ...workspace.maps.map((map): Action => ({
      id: `map-${map.id}`,
      group: say.GROUP.goTo,
      title: say.mapOf(
        METHOD[map.method],
        map.dims === 3,
        workspace.sets.find(({ id }) => id === map.set)?.model ?? '',
      ),
      also: map.parameters,
      run: (app) => (app.show('map'), app.chooseMap(map.id)),
    })),
    ...app.map.colourChoices.map((by): Action => ({
      id: `colour-${by}`,
      group: say.GROUP.colour,
      title: say.colourBy(colourName(by)),
      run: (app) => app.colour(by),
    })),
    ...workspace.selections.map(({ name }): Action => ({
      id: `selection-${name}`,
      group: say.GROUP.selection,
      title: say.select(name),
      run: (app) => app.showList(name),
    })),
    ...workspace.tags.map(({ name }): Action => ({
      id: `tag-${name}`,
      group: say.GROUP.selection,
      title: say.selectTagged(name),
      run: (app) => app.showTagged(name),
    })),
  ];
}

/** The system's own menus: the same actions under the same names. Keys without Control or Command stay the page's. */
export function menus(): MenuView[] {
  const ORDER = ['files', 'edit', 'selection', 'map', 'goTo', 'window', 'help'] as const;
  return ORDER.map((of) => ({
    title: say.MENU[of],
    entries: TABLE.filter(({ group }) => group === of).map(({ id, keys }) => ({
      action: id,
      title: say.NAME[id].title,
      key: keys?.find((key) => key.startsWith('mod+')) ?? null,
    })),
  }));
}

/** Fields that one writes in. */
export const WRITTEN = 'input:not([type=range], [type=checkbox], [type=radio]), textarea';

/** What fields do themselves, whoever asks for it. */
const OF_FIELDS: Record<string, string> = { undo: 'undo', redo: 'redo', 'select-all': 'selectAll' };

/** Does what was chosen in one of the system's menus, or says why it cannot be done now. */
export function choose(app: App, id: string): void {
  const chosen = byId.get(id);
  if (!chosen || document.querySelector('dialog[open]')) return;
  const inField = document.activeElement?.matches(WRITTEN);
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
const SAID: Record<string, string> = MAC ? { ...say.KEY, mod: '⌘', shift: '⇧' } : say.KEY;

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

/** Whether a key types a sign: neither letter nor figure, and no name of a key. */
export const isSign = ({ key }: KeyboardEvent) => /^[^\p{L}\p{N}\s]$/u.test(key);

/** The key of an event, written as in the table. */
export function pressed(event: KeyboardEvent): string {
  const key = event.key.toLowerCase();
  // Of signs the layout has decided already whether Shift is needed.
  const letter = /^[a-z]$/.test(key);
  // AltGr arrives as Control and Alt on some systems, and types a sign.
  const mod = (event.ctrlKey || event.metaKey) && !(event.altKey && isSign(event));
  return `${mod ? 'mod+' : ''}${event.shiftKey && letter ? 'shift+' : ''}${key}`;
}
