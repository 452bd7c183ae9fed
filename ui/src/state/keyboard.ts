/** One list of keys: what works where, and the words that hints and the key sheet show. */
import type { App, View } from './app.svelte';

export interface Shortcut {
  key: string;
  title: string;
  run(app: App): void;
}

const toView = (view: View) => (app: App) => !app.empty && app.show(view);

export const SHORTCUTS: Shortcut[] = [
  { key: '1', title: 'Map', run: toView('map') },
  { key: '2', title: 'Compare', run: toView('compare') },
  { key: '3', title: 'Matrix', run: toView('matrix') },
  { key: 'w', title: 'Workspace', run: (app) => app.toWorkspace() },
  { key: 'm', title: 'Models', run: (app) => app.toModels() },
  { key: 'e', title: 'Export', run: (app) => (app.keeping.exporting = !app.empty) },
  { key: 'v', title: 'Pointer', run: ({ map }) => (map.tool = 'pointer') },
  { key: 'l', title: 'Lasso', run: ({ map }) => (map.tool = 'lasso') },
  { key: 'b', title: 'Box', run: ({ map }) => (map.tool = 'box') },
  { key: 'n', title: 'Names', run: ({ map }) => (map.labels = !map.labels) },
  { key: 'p', title: 'Pictures', run: ({ map }) => (map.pictures = !map.pictures) },
  { key: 't', title: 'True neighbours', run: ({ map }) => (map.trueNeighbours = !map.trueNeighbours) },
  { key: '[', title: 'Fold the left rail', run: (app) => app.fold('left') },
  { key: ']', title: 'Fold the right rail', run: (app) => app.fold('right') },
  { key: 'f', title: 'The stage alone', run: (app) => app.stageAlone() },
];

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches('input:not([type=range], [type=checkbox], [type=radio]), select, textarea'));

/** What is pasted anywhere but into a field is planned. */
export function onPaste(app: App, event: ClipboardEvent): void {
  if (event.defaultPrevented || !event.clipboardData || typing(event.target) || document.querySelector('dialog[open]'))
    return;
  event.preventDefault();
  void app.paste(event.clipboardData);
}

/** What a key does for the window, if anything. */
export function onKey(app: App, event: KeyboardEvent, focusSearch: () => void): void {
  if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if ((command && key === 'k') || (key === '/' && !command && !typing(event.target))) {
    event.preventDefault();
    focusSearch();
    return;
  }
  if (command || event.altKey || typing(event.target)) return;
  if (event.key === 'Escape') {
    stepBack(app);
    return;
  }
  const shortcut = SHORTCUTS.find((candidate) => candidate.key === key);
  if (!shortcut) return;
  event.preventDefault();
  shortcut.run(app);
}

/** Escape: one thing at a time, the lightest first. */
function stepBack(app: App): void {
  if (app.lens.card) app.lens.dismiss();
  else if (app.map.tool !== 'pointer') app.map.tool = 'pointer';
  else if (app.selection.items) app.selection.clear();
  else if (app.lens.kept) app.lens.release();
  else if (app.search.answer) app.search.clear();
}
