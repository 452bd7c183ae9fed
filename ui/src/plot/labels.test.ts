import { describe, expect, it } from 'vitest';
import { Random } from '../backend/fake/random';
import { peaks, settle, type Wish } from './labels';

const stage = { left: 0, top: 0, right: 1000, bottom: 700 };

describe('peaks', () => {
  it('are where a class is densest, not where its mean is', () => {
    const random = new Random(3);
    const positions: number[] = [];
    const classes: number[] = [];
    for (let i = 0; i < 900; i++) {
      // Two lumps of one class: the mean lies between them, where nothing is.
      const [x, y] = i < 600 ? [-10, 4] : [10, 4];
      positions.push(x + random.normal() * 0.5, y + random.normal() * 0.5);
      classes.push(7);
    }
    positions.push(NaN, NaN, 0, -30);
    classes.push(7, 2);
    const found = peaks(Float32Array.from(positions), 2, Uint16Array.from(classes), [7, 2, 5]);
    expect(found.get(7)![0]).toBeCloseTo(-10, 0);
    expect(found.get(7)![1]).toBeCloseTo(4, 0);
    expect(found.get(2)).toEqual([0, -30, 0]);
    expect(found.has(5)).toBe(false);
  });
});

describe('names', () => {
  const wish = (x: number, y: number, weight: number): Wish => ({ at: { x, y }, width: 100, height: 28, weight });

  it('never touch, and the heavier one keeps its spot', () => {
    const random = new Random(4);
    const wishes = Array.from({ length: 200 }, () => wish(random.next() * 1000, random.next() * 700, random.next()));
    const placed = [...settle(wishes, stage, 3)];
    expect(placed.length).toBeGreaterThan(30);
    for (const [i, a] of placed) {
      for (const [j, b] of placed) {
        if (i !== j) expect(Math.abs(a.x - b.x) >= 100 || Math.abs(a.y - b.y) >= 28).toBe(true);
      }
    }
    const heaviest = wishes.reduce((best, w, i) => (w.weight > wishes[best]!.weight ? i : best), 0);
    expect(settle(wishes, stage, 3).has(heaviest)).toBe(true);
  });

  it('move a little rather than vanish', () => {
    const placed = settle([wish(500, 300, 2), wish(505, 305, 1)], stage, 1);
    expect(placed.get(0)).toEqual({ x: 500, y: 300 });
    expect(placed.size).toBe(2);
    expect(placed.get(1)!.y).not.toBe(305);
  });

  it('step aside for what is blocked, unless there is nowhere to go', () => {
    const picture = { left: 460, right: 540, top: 280, bottom: 320 };
    const beside = settle([wish(500, 300, 1)], stage, 1, [picture]).get(0)!;
    expect(beside.y + 14 <= 280 || beside.y - 14 >= 320).toBe(true);
    expect(settle([wish(500, 300, 1)], stage, 1, [{ left: 0, right: 1000, top: 0, bottom: 700 }]).get(0)).toEqual({
      x: 500,
      y: 300,
    });
  });

  it('come in two levels', () => {
    const wishes = Array.from({ length: 30 }, (_, i) => wish(100 + (i % 6) * 150, 50 + Math.floor(i / 6) * 90, i));
    expect(settle(wishes, stage, 1).size).toBe(14);
    expect(settle(wishes, stage, 2).size).toBe(30);
  });

  it('stay on the stage and leave with their spot', () => {
    const placed = settle([wish(10, 300, 1), wish(-5, 200, 1)], stage, 1);
    expect(placed.get(0)!.x).toBe(50);
    expect(placed.has(1)).toBe(false);
  });
});
