/** Picks the host: Tauri's where there is one, else seeded data, so that the interface runs in a plain browser. */
import type { Backend } from './backend';

export async function chooseBackend(): Promise<Backend> {
  if ('__TAURI_INTERNALS__' in window) {
    const { tauriBackend } = await import('./tauri');
    return tauriBackend();
  }
  const { fakeBackend, sceneFrom } = await import('./fake');
  return fakeBackend(sceneFrom(location.search));
}
