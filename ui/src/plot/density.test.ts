import { describe, expect, it } from 'vitest';
import { Random } from '../backend/fake/random';
import { coveredArea, pointAlpha } from './density';

describe('the covered area', () => {
  it('is that of an evenly filled square', () => {
    const random = new Random(6);
    const positions = Float32Array.from({ length: 40_000 }, () => random.next() * 10);
    expect(coveredArea(positions, 2)).toBeGreaterThan(85);
    expect(coveredArea(positions, 2)).toBeLessThan(110);
  });

  it('hardly grows by a point far off', () => {
    const random = new Random(6);
    const positions = Float32Array.from({ length: 40_002 }, (_, i) => (i < 40_000 ? random.next() * 10 : 60));
    expect(coveredArea(positions, 2)).toBeLessThan(140);
  });

  it('of nothing is nothing', () => {
    expect(coveredArea(new Float32Array([NaN, NaN]), 2)).toBe(0);
  });
});

it('points are clear alone, thinner in a crowd, and never gone', () => {
  expect(pointAlpha(100, 6, 1e6)).toBe(0.92);
  expect(pointAlpha(1e6, 2, 1e9)).toBe(0.92);
  const crowd = pointAlpha(10_000, 5, 50_000);
  expect(crowd).toBeGreaterThan(0.36);
  expect(crowd).toBeLessThan(0.7);
  expect(pointAlpha(1e7, 2, 1e4)).toBe(0.36);
});
