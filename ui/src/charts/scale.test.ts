import { describe, expect, it } from 'vitest';
import { sequential } from '../plot/palette';
import { domainOf, paintCells } from './scale';

describe('the range of a matrix', () => {
  it('leaves out the diagonal and odd pairs', () => {
    const n = 40;
    const values = Float32Array.from({ length: n * n }, (_, at) =>
      at % (n + 1) === 0 ? 1 : 0.2 + 0.3 * ((at % 97) / 96),
    );
    values[1] = -50;
    const { low, high } = domainOf(values, n);
    expect(low).toBeGreaterThanOrEqual(0.2);
    expect(low).toBeLessThan(0.22);
    expect(high).toBeGreaterThan(0.48);
    expect(high).toBeLessThanOrEqual(0.5);
  });

  it('lives with one item, with equal values and with none', () => {
    expect(domainOf(new Float32Array([1]), 1)).toEqual({ low: 0, high: 1 });
    expect(domainOf(new Float32Array(9).fill(2), 3)).toEqual({ low: 1.5, high: 2.5 });
    expect(domainOf(new Float32Array(4).fill(NaN), 2)).toEqual({ low: 0, high: 1 });
  });

  it('sees every column of a large matrix', () => {
    const n = 1000;
    const values = Float32Array.from({ length: n * n }, (_, at) => (at % n) / n);
    const { low, high } = domainOf(values, n);
    expect(low).toBeLessThan(0.03);
    expect(high).toBeGreaterThan(0.97);
  });
});

it('cells take the ends of the scale at the ends of the range, and stay clear without a number', () => {
  const colours = sequential(true);
  const into = new Uint8ClampedArray(16);
  paintCells(new Float32Array([-5, 0.5, 9, NaN]), { low: 0, high: 1 }, colours, into);
  expect([...into.slice(0, 4)]).toEqual([colours[0], colours[1], colours[2], 255]);
  expect([...into.slice(8, 12)]).toEqual([colours[765], colours[766], colours[767], 255]);
  expect(into[15]).toBe(0);
});
