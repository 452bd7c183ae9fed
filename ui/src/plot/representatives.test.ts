import { describe, expect, it } from 'vitest';
import { Random } from '../backend/fake/random';
import { patchSide, pictured, representatives } from './representatives';

describe('representatives', () => {
  const random = new Random(3);
  // A dense heap, a loose one, and one picture far away.
  const heap = (x: number, y: number, count: number) =>
    Array.from({ length: count }, () => [x + random.next() - 0.5, y + random.next() - 0.5]).flat();
  const positions = Float32Array.from([...heap(5, 5, 200), ...heap(-5, -5, 20), 40, 40]);
  const rows = Uint32Array.from({ length: positions.length / 2 }, (_, row) => row);

  it('stand where it is crowded, the most crowded first', () => {
    const standing = representatives(positions, 2, rows, 10);
    expect(standing).toHaveLength(2);
    expect(standing[0]!).toBeLessThan(200);
    expect(standing[1]!).toBeGreaterThanOrEqual(200);
  });

  it('never stand between two heaps', () => {
    const two = Float32Array.from([...heap(2, 5, 40), ...heap(8, 5, 30), 5, 5]);
    const all = Uint32Array.from({ length: 71 }, (_, row) => row);
    expect(representatives(two, 2, all, 16)[0]!).toBeLessThan(40);
  });

  it('are more as one comes nearer, and the same wherever one pans', () => {
    expect(representatives(positions, 2, rows, 0.5).length).toBeGreaterThan(4);
    expect(patchSide(56)).toBe(1);
    expect(patchSide(100)).toBe(1);
    expect(patchSide(113)).toBe(0.5);
    expect(patchSide(10)).toBe(8);
  });

  it('tell heaps apart that lie behind one another in space', () => {
    const deep = [
      [100, 3],
      [60, 13],
    ].flatMap(([count, z]) => Array.from({ length: count! }, () => [random.next(), random.next(), z! + random.next()]));
    const all = Uint32Array.from(deep, (_, row) => row);
    const standing = representatives(Float32Array.from(deep.flat()), 3, all, 10);
    expect(standing).toHaveLength(2);
    expect(standing[0]!).toBeLessThan(100);
    expect(standing[1]!).toBeGreaterThanOrEqual(100);
  });

  it('are pictures that have a place', () => {
    const places = Float32Array.of(1, 1, NaN, 0, 2, 2, 3, 3);
    expect([...pictured(places, 2, Uint32Array.of(3, 1, 0, 2, 9), Uint8Array.of(1, 1, 0, 1))]).toEqual([3, 0]);
  });
});
