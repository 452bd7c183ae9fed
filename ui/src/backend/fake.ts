/** Seeded data in a plain browser. `?fake=` in the address chooses a scene, so that every state can be seen at once. */
import type { Backend } from './backend';
import { takeDrops } from './fake/drops';
import { FakeHost, type Scene } from './fake/host';

const SCENES: Scene[] = [
  ...(['empty', 'plan', 'running', 'full', 'one', 'two', 'huge'] as const),
  ...(['failing', 'offline', 'memory', 'locked', 'reading', 'damaged', 'waiting'] as const),
];

export function sceneFrom(query: string): Scene {
  const wanted = new URLSearchParams(query).get('fake');
  return SCENES.find((scene) => scene === wanted) ?? 'empty';
}

export function fakeBackend(scene: Scene): Backend {
  const host = new FakeHost(scene);
  takeDrops(host);
  return host;
}
