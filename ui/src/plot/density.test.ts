import { describe, expect, it } from 'vitest';
import { Random } from '../backend/fake/random';
import { FIELD, LEVELS, crowdOf, levelAlphas, levelAt, pointAlpha } from './density';

const random = new Random(6);
/** Nine of ten places in a square of 1, the others in one of 10 around it. */
const HEAP = Float32Array.from({ length: 100_000 }, (_, i) => (i % 20 < 18 ? 4.5 + random.next() : random.next() * 10));

describe('how crowded a map is', () => {
  const crowd = crowdOf(HEAP, 2)!;
  const alphas = levelAlphas(crowd, 2, 80);
  const at = (x: number, y: number) => alphas[levelAt(crowd, x, y)]!;

  it('is told place by place', () => {
    // 45,000 on one unit squared, 50 elsewhere.
    const [heap, rest] = [levelAt(crowd, 5, 5), levelAt(crowd, 1, 1)];
    expect(1.5 ** (heap - rest)).toBeGreaterThan(100);
    expect(crowd.levels).toHaveLength(FIELD ** 2);
    expect(Math.max(...crowd.levels)).toBeLessThan(LEVELS);
  });

  it('leaves what is alone clear, and makes a crowd so thin that its shades tell how many', () => {
    expect(at(1, 1)).toBeCloseTo(0.92);
    // Some twenty lie on one another: a hundredth of the canvas is seen through them.
    expect(at(5, 5)).toBeGreaterThan(0.1);
    expect(at(5, 5)).toBeLessThan(0.25);
  });

  it('counts less the closer one looks', () => {
    const near = levelAlphas(crowd, 2, 2000);
    expect(near[levelAt(crowd, 5, 5)]).toBeCloseTo(0.92);
    expect(levelAlphas(crowd, 2, 1).every((alpha) => alpha > 0.05)).toBe(true);
  });

  it('leaves a lone point clear, however small its map', () => {
    const alone = crowdOf(new Float32Array([3, 4]), 2)!;
    expect(levelAlphas(alone, 6, 10)[levelAt(alone, 3, 4)]).toBeCloseTo(0.92);
  });

  it('has no edges within', () => {
    const { levels } = crowdOf(
      Float32Array.from({ length: 80_000 }, () => random.next() + random.next()),
      2,
    )!;
    const middle = levels.subarray((FIELD / 2) * FIELD + 60, (FIELD / 2) * FIELD + FIELD - 60);
    for (let i = 1; i < middle.length; i++) expect(Math.abs(middle[i]! - middle[i - 1]!)).toBeLessThanOrEqual(2);
  });

  it('of nothing is nothing', () => {
    expect(crowdOf(new Float32Array([NaN, NaN]), 2)).toBeNull();
  });
});

it('points in space are clear alone, thinner in a crowd, and never gone', () => {
  expect(pointAlpha(100, 6, 1e6)).toBeCloseTo(0.92);
  expect(pointAlpha(1e7, 2, 1e4)).toBe(0.36);
});
