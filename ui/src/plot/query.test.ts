import { expect, it } from 'vitest';
import { queryPlace } from './query';

const positions = new Float32Array([0, 0, 1, 0, 0, 1, 1, 1, 100, 100, NaN, 0]);

it('a question stands with most of its answers, whatever one outlier does', () => {
  const at = queryPlace(positions, 2, { hits: [0, 1, 2, 3, 4], scores: [0.9, 0.9, 0.9, 0.9, 0.9] })!;
  expect(at[0]).toBeGreaterThan(0.2);
  expect(at[0]).toBeLessThan(1.2);
  expect(at[1]).toBeCloseTo(at[0], 6);
});

it('a better answer draws it nearer', () => {
  const at = queryPlace(positions, 2, { hits: [0, 1, 2], scores: [0.5, 0.9, 0.5] })!;
  expect(at[0]).toBeGreaterThan(0.8);
});

it('no answer with a place, no place', () => {
  expect(queryPlace(positions, 2, { hits: [5], scores: [1] })).toBeNull();
  expect(queryPlace(positions, 2, { hits: [], scores: [] })).toBeNull();
});
