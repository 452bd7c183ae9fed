import { describe, expect, it } from 'vitest';
import { masked, packed, unpacked } from './items';

const every = (step: number, upTo: number) => Uint32Array.from({ length: Math.ceil(upTo / step) }, (_, n) => n * step);

describe('items on their way to the host', () => {
  it('are a mask where they are many, and come out as they went in', () => {
    for (const items of [every(1, 9), every(3, 5000), every(1, 300_000), Uint32Array.of(0, 7, 8, 15, 16)]) {
      expect(typeof packed(items)).toBe('string');
      expect(unpacked(packed(items))).toEqual(items);
    }
    expect(packed(every(1, 300_000)).length).toBe(50_000);
  });

  it('are a list where they are few, or in an order of their own', () => {
    for (const items of [[], [5_000_000], [1, 1_000_000], [3, 2, 1, 0], [1, 1, 2]])
      expect(packed(Uint32Array.from(items))).toEqual(items);
  });

  it('reads the mask that the host writes', () => {
    expect(masked(Uint8Array.of(0b11, 0b10, 0, 0b1000_0000))).toEqual(Uint32Array.of(0, 1, 9, 31));
  });
});
