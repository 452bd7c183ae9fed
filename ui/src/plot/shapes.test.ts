import { describe, expect, it } from 'vitest';
import { REACH, SHAPES, beyond, outline } from './shapes';

const all = Array.from({ length: SHAPES }, (_, shape) => shape);

describe('shapes', () => {
  it('cover about as much as a disc does', () => {
    const covered = (shape: number) => {
      let inside = 0;
      for (let x = -1; x <= 1; x += 0.01) for (let y = -1; y <= 1; y += 0.01) if (beyond(shape, x, y, 1) < 0) inside++;
      return inside / 1e4;
    };
    for (const shape of all) expect(Math.abs(covered(shape) - Math.PI / 4)).toBeLessThan(0.2);
  });

  it('reach no farther than is said, and have their corners on their edge', () => {
    for (const shape of all.slice(1)) {
      const numbers = outline(shape, 0, 0, 1e4)
        .match(/-?[\d.]+/g)!
        .map((text) => Number(text) / 1e4);
      for (let at = 0; at < numbers.length; at += 2) {
        const [x, y] = [numbers[at]!, -numbers[at + 1]!];
        expect(Math.hypot(x, y)).toBeLessThan(REACH);
        expect(beyond(shape, x, y, 1)).toBeCloseTo(0, 3);
      }
    }
  });
});
