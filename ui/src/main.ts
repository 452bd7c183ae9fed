/** Composition root: chooses the host, makes the state, mounts the window. */
import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import './styles/tokens.css';
import './styles/base.css';
import { mount } from 'svelte';
import { chooseBackend } from './backend/choose';
import { App } from './state/app.svelte';
import Window from './views/Window.svelte';

const app = new App(await chooseBackend());
app.theme.follow();
mount(Window, { target: document.getElementById('app')!, props: { app } });
await app.connect();
