import { describe, expect, it } from 'vitest';
import { cellAt, itemsOf, middleOf, moved, nextTo, partOf, rangeOf, showing, stretchOf, whole, zoomed } from './sight';

const all = whole(100);

describe('the part of a matrix in sight', () => {
  it('keeps what is under the pointer there while it is zoomed', () => {
    let sight = all;
    for (const factor of [1.7, 2.2, 1.1, 0.6]) {
      sight = zoomed(sight, 100, factor, 0.305, 0.805);
      expect(cellAt(sight, 0.305, 0.805)).toEqual({ i: 80, j: 30 });
    }
    expect(sight.count).toBeCloseTo(100 / (1.7 * 2.2 * 1.1 * 0.6));
  });

  it('never leaves the matrix, nor comes closer than there is to see', () => {
    expect(zoomed(all, 100, 0.2)).toEqual(all);
    expect(zoomed(all, 100, 1000).count).toBe(4);
    expect(zoomed(whole(3), 3, 10)).toEqual(whole(3));
    expect(zoomed(whole(0), 0, 2)).toEqual(whole(0));
    const corner = moved(zoomed(all, 100, 4), 100, 500, -500);
    expect(corner).toEqual({ row: 75, column: 0, count: 25 });
    // Where it was at the edge, it opens to the other side.
    expect(zoomed(corner, 100, 0.5, 0, 1)).toEqual({ row: 50, column: 0, count: 50 });
  });

  it('moves only as far as a cell asks', () => {
    const sight = { row: 40, column: 10.5, count: 20 };
    expect(showing(sight, 100, { i: 45, j: 15 })).toEqual(sight);
    expect(showing(sight, 100, { i: 60, j: 10 })).toEqual({ row: 41, column: 10, count: 20 });
    expect(showing(sight, 100, { i: 0, j: 99 })).toEqual({ row: 0, column: 80, count: 20 });
  });

  it('is told by the cells that are at least partly in it', () => {
    expect(rangeOf(0, 100)).toEqual([0, 99]);
    expect(rangeOf(39.5, 20)).toEqual([39, 59]);
    expect(rangeOf(40, 20 + 1e-12)).toEqual([40, 59]);
    expect(partOf({ row: 0, column: 39.5, count: 20 })).toEqual({ rows: [1, 20], columns: [40, 60] });
  });

  it('has a nearest cell to any place', () => {
    const sight = { row: 40, column: 10, count: 20 };
    expect(cellAt(sight, -3, 7)).toEqual({ i: 59, j: 10 });
    expect(cellAt(sight, 1, 0)).toEqual({ i: 40, j: 29 });
    expect(middleOf(sight, { i: 45, j: 90 })).toEqual([1, 0.275]);
    expect(nextTo({ i: 99, j: 7 }, 1, -1, 100)).toEqual({ i: 99, j: 6 });
  });

  it('shows of a group what is in sight of it', () => {
    expect(stretchOf({ start: 20, count: 30 }, 40, 20)).toEqual([0, 0.5]);
    expect(stretchOf({ start: 45, count: 5 }, 40, 20)).toEqual([0.25, 0.5]);
    expect(stretchOf({ start: 70, count: 5 }, 40, 20)).toEqual([1, 1]);
  });

  it('gives the items of a block once, whichever corner it began at', () => {
    const items = Uint32Array.of(7, 3, 9, 4, 1);
    const [a, b] = [
      { i: 3, j: 1 },
      { i: 2, j: 2 },
    ];
    expect([...itemsOf({ from: a, to: b }, items)]).toEqual([9, 4, 3]);
    expect(itemsOf({ from: b, to: a }, items)).toEqual(itemsOf({ from: a, to: b }, items));
  });
});
