import { expect, it, vi } from 'vitest';
import { FakeHost } from '../backend/fake/host';
import { App } from './app.svelte';

it('what is said of a matrix is said of the one that is seen', async () => {
  const app = new App(new FakeHost('full'));
  await app.connect();
  await vi.waitFor(() => expect(app.map.groups.size).toBe(3));
  const { matrix } = app;
  await matrix.load(1, null, 200);
  expect([matrix.source, matrix.all, matrix.frame?.items.length]).toEqual(['sample', 200, 200]);
  matrix.point({ row: 150, column: 3 });
  expect(matrix.pair?.row).toBe(150);

  // Until the next is there, words and pair belong to the one before; of two that are asked for the last counts.
  const first = matrix.load(1, Uint32Array.of(1, 5, 9), 3);
  const second = matrix.load(1, Uint32Array.of(1, 5, 9, 30), 4);
  expect([matrix.source, matrix.all, matrix.pair?.row]).toEqual(['sample', 200, 150]);
  await Promise.all([first, second]);
  expect([matrix.source, matrix.all, matrix.frame?.items.length]).toEqual(['selection', 4, 4]);
  expect(matrix.pair).toBeNull();
});
