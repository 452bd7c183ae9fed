import { describe, expect, it } from 'vitest';
import { Range } from './range';

const list = Uint32Array.of(50, 40, 30, 20, 10);

describe('a range of rows', () => {
  it('extends and shrinks from where it begins, to both sides', () => {
    const range = new Range();
    range.begin(2);
    const wide = range.to(4, list, null);
    expect([...wide]).toEqual([10, 20, 30]);
    const narrow = range.to(3, list, wide);
    expect([...narrow]).toEqual([20, 30]);
    expect([...range.to(0, list, narrow)]).toEqual([30, 40, 50]);
  });

  it('leaves what was chosen before, also where it went over it', () => {
    const range = new Range();
    range.begin(0);
    const wide = range.to(4, list, Uint32Array.of(7, 10));
    expect([...wide]).toEqual([7, 10, 20, 30, 40, 50]);
    expect([...range.to(1, list, wide)]).toEqual([7, 10, 40, 50]);
  });

  it('goes on from what something else chose meanwhile', () => {
    const range = new Range();
    range.begin(0);
    range.to(4, list, null);
    expect([...range.to(1, list, Uint32Array.of(20))]).toEqual([20, 40, 50]);
  });
});
