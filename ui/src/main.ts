/** Composition root: chooses the host, makes the state, mounts the window; and again for every workspace that is opened. */
import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import './styles/tokens.css';
import './styles/base.css';
import { mount, unmount } from 'svelte';
import { chooseBackend } from './backend/choose';
import type { JobKind } from './backend/wire/JobKind';
import { choose, menus } from './state/actions';
import { App } from './state/app.svelte';
import Window from './views/Window.svelte';
import { words } from './words';

const backend = await chooseBackend();
const ended = Object.entries(words.state.ended).map(([kind, said]) => ({ kind: kind as JobKind, ...said }));
let shown: ReturnType<typeof mount> | undefined;

async function begin(): Promise<void> {
  if (shown) await unmount(shown);
  const app = new App(backend, () => void begin());
  app.theme.follow();
  app.chose = (action) => choose(app, action);
  shown = mount(Window, { target: document.getElementById('app')!, props: { app } });
  await app.connect();
  await app.notices.guard(Promise.all([backend.setMenus(menus()), backend.setNotices(ended)]));
}

await begin();
