import { describe, expect, it } from 'vitest';
import { Random } from '../backend/fake/random';
import { Grid } from './picking';

function cloud(count: number, seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length: count * 2 }, () => (random.next() + random.next() + random.next() - 1.5) * 50);
}

function nearestByHand(places: Float32Array, x: number, y: number, radius: number): number | null {
  let best: number | null = null;
  let closest = radius * radius;
  for (let row = 0; row < places.length / 2; row++) {
    const distance = (places[row * 2]! - x) ** 2 + (places[row * 2 + 1]! - y) ** 2;
    if (distance < closest || (distance === closest && best === null)) {
      closest = distance;
      best = row;
    }
  }
  return best;
}

describe('the grid', () => {
  it('finds the same nearest point as looking at every one', () => {
    const places = cloud(3000, 1);
    const grid = new Grid(places, 2);
    const random = new Random(2);
    for (let trial = 0; trial < 500; trial++) {
      const [x, y] = [(random.next() - 0.5) * 260, (random.next() - 0.5) * 260];
      const radius = random.next() * 40;
      expect(grid.nearest(x, y, radius)).toBe(nearestByHand(places, x, y, radius));
    }
  });

  it('passes over places that are not numbers, and lives with one point or none', () => {
    expect(new Grid(new Float32Array([NaN, 0, 3, 4]), 2).nearest(3, 4, 1)).toBe(1);
    expect(new Grid(new Float32Array([NaN, 0]), 2).nearest(0, 0, 1e9)).toBeNull();
    expect(new Grid(new Float32Array(0), 2).nearest(0, 0, 1e9)).toBeNull();
    expect(new Grid(new Float32Array([7, 7, 7, 7]), 2).nearest(7.5, 7, 1)).toBe(0);
  });

  it('reads every stride of a longer tuple', () => {
    expect(new Grid(new Float32Array([0, 0, 9, 5, 5, 9]), 3).nearest(5, 5, 1)).toBe(1);
  });

  it('lists what is inside a box, unless that is too much', () => {
    const places = cloud(2000, 3);
    const grid = new Grid(places, 2);
    const expected: number[] = [];
    for (let row = 0; row < 2000; row++) {
      const [x, y] = [places[row * 2]!, places[row * 2 + 1]!];
      if (x >= -20 && x <= 5 && y >= 0 && y <= 30) expected.push(row);
    }
    expect(expected.length).toBeGreaterThan(50);
    expect(grid.inside(-20, 0, 5, 30, 2000)!.sort((a, b) => a - b)).toEqual(expected);
    expect(grid.inside(-20, 0, 5, 30, expected.length)).toHaveLength(expected.length);
    expect(grid.inside(-20, 0, 5, 30, expected.length - 1)).toBeNull();
  });
});
