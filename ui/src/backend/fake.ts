/** Seeded data in a plain browser. `?fake=` in the address chooses a scene, so that every state can be seen at once. */
import type { Backend } from './backend';
import { FakeHost, type Scene } from './fake/host';

const SCENES: Scene[] = [
  ...(['empty', 'plan', 'running', 'full', 'one', 'two', 'huge'] as const),
  ...(['failing', 'offline', 'memory', 'locked', 'reading', 'damaged'] as const),
];

export function sceneFrom(query: string): Scene {
  const wanted = new URLSearchParams(query).get('fake');
  return SCENES.find((scene) => scene === wanted) ?? 'empty';
}

export const fakeBackend = (scene: Scene): Backend => new FakeHost(scene);
