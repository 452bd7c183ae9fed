/** What keys and the clipboard do for the window; which keys there are stands in `actions.ts`. */
import { ACTIONS, WRITTEN, action, isSign, pressed } from './actions';
import type { App } from './app.svelte';

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches(WRITTEN));
/** In a field, keys are for the field; but for the palette and the size of everything, which no field has a use for. */
const EVERYWHERE = ['palette', 'larger', 'smaller', 'plain-size'].flatMap((id) => action(id).keys ?? []);
/** A list that is chosen from takes letters for itself. */
const choosing = (target: EventTarget | null) => target instanceof HTMLSelectElement;

/** What is pasted anywhere but into a field is planned. */
export function onPaste(app: App, event: ClipboardEvent): void {
  if (event.defaultPrevented || !event.clipboardData || typing(event.target) || document.querySelector('dialog[open]'))
    return;
  event.preventDefault();
  void app.adding.paste(event.clipboardData);
}

/** What a key does for the window, if anything. */
export function onKey(app: App, event: KeyboardEvent): void {
  if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
  // With Alt, keys are the system's, but for the signs that some layouts type by it.
  if (event.altKey && !isSign(event)) return;
  const key = pressed(event);
  if (typing(event.target) && !EVERYWHERE.includes(key)) return;
  if (choosing(event.target) && !key.startsWith('mod+')) return;
  if (key === 'escape') {
    stepBack(app);
    return;
  }
  const action = ACTIONS.find(({ keys }) => keys?.includes(key));
  if (!action) return;
  event.preventDefault();
  if (!action.locked?.(app)) void action.run(app);
}

/** Escape: one thing at a time, the lightest first. */
function stepBack(app: App): void {
  // Nothing else of it is in sight there.
  if (app.view === 'models' || app.view === 'workspace') app.show('map');
  else if (app.lens.card) app.lens.dismiss();
  else if (app.map.tool !== 'pointer') app.map.tool = 'pointer';
  else if (app.selection.items) app.selection.clear();
  else if (app.lens.kept) app.release();
  else if (app.search.answer) app.search.clear();
}
