import { describe, expect, it } from 'vitest';
import type { MapView } from '../backend/wire/MapView';
import { twinOf, twinRequest } from './dimensions';

const map = (id: number, more: Partial<MapView> = {}) =>
  ({ id, set: 1, method: 'tsne', dims: 2, parameters: 'perplexity 30', ...more }) as MapView;

describe('a map with a dimension more or less', () => {
  it('is of the same set and method', () => {
    const others = [map(2, { dims: 3, set: 9 }), map(3, { dims: 3, method: 'umap' }), map(4), map(5, { dims: 3 })];
    expect(twinOf(map(1), others)?.id).toBe(5);
    expect(twinOf(map(1, { method: 'pca' }), others)).toBeUndefined();
  });

  it('has the same parameters where there is one, else is the newest', () => {
    const others = [map(2, { dims: 3 }), map(3, { dims: 3, parameters: 'perplexity 5' })];
    expect(twinOf(map(1), others)?.id).toBe(2);
    expect(twinOf(map(1, { parameters: 'perplexity 80' }), others)?.id).toBe(3);
  });

  it('is asked for with the parameters of the one that is shown', () => {
    const steering = { exaggeration: 1, perplexity: 12, neighbours: null, min_dist: null, seed: 7 };
    expect(twinRequest(map(1, { steering, uniform: true, iterations: 900 }))).toEqual({
      ...{ set: 1, method: 'tsne', dims: 3, like: null },
      ...{ perplexity: 12, uniform: true, iterations: 900, neighbours: null, min_dist: null, seed: 7 },
    });
    const umap = { exaggeration: null, perplexity: null, neighbours: 40, min_dist: 0.3, seed: 3 };
    const flat = twinRequest(map(1, { method: 'umap', dims: 3, steering: umap, uniform: false, iterations: 200 }));
    // Of UMAP the host counts the steps.
    expect(flat).toMatchObject({ dims: 2, neighbours: 40, min_dist: 0.3, seed: 3, iterations: null, uniform: null });
  });
});
