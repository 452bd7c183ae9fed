import { describe, expect, it } from 'vitest';
import { Cloud, pointSize, type Looks } from './cloud';
import { LEVELS } from './density';
import type { PlotTheme } from './props';

const theme: PlotTheme = {
  dark: false,
  canvas: '#ffffff',
  text: '#000000',
  secondary: '#555555',
  accent: '#0000ff',
  query: '#ff0000',
  unselected: '#aaaaaa',
  font: 'sans-serif',
};
const looks: Looks = {
  order: Uint32Array.of(3, 1, 9, 0, 2),
  classes: Uint16Array.of(0, 65535, 1, 0),
  palette: ['#102030', '#aaaaaa'],
  shapes: null,
  selected: null,
  theme,
};

function groups(cloud: Cloud, shown: number): number[][] {
  cloud.frame(new Float32Array(16), 6, 1, new Float32Array(LEVELS), [0, 0]);
  cloud.show(shown);
  const index = cloud.points.geometry.getIndex()!.array;
  return cloud.points.geometry.groups.map(({ start, count }) => [...index.slice(start, start + count)]);
}

describe('points', () => {
  it('shrink with their number, within limits', () => {
    expect([pointSize(10), pointSize(5_000), pointSize(200_000), pointSize(1e7)]).toEqual([6, 6, 2, 2]);
    expect(pointSize(50_000)).toBeLessThan(pointSize(10_000));
  });
});

describe('a cloud', () => {
  it('flows from where rows are to where they should be', () => {
    const cloud = new Cloud();
    cloud.move(Float32Array.of(0, 0, 10, 10), 2, 0, 0);
    cloud.move(Float32Array.of(8, 0, 10, 2, 5, 5), 2, 0, 100);
    expect(cloud.at(0)).toEqual([0, 0, 0]);
    expect(cloud.at(2)).toEqual([5, 5, 0]);
    cloud.tick(50);
    expect(cloud.at(0)![0]).toBeCloseTo(7, 5);
    // Another step half way: nothing jumps.
    cloud.move(Float32Array.of(-8, 0, 10, 2, 5, 5), 2, 50, 100);
    expect(cloud.at(0)![0]).toBeCloseTo(7, 5);
    cloud.tick(150);
    expect(cloud.at(0)).toEqual([-8, 0, 0]);
    expect(cloud.moving).toBe(false);
    expect(cloud.at(3)).toBeNull();
  });

  it('rises from a flat map into space', () => {
    const cloud = new Cloud();
    cloud.move(Float32Array.of(1, 2), 2, 0, 0);
    cloud.move(Float32Array.of(1, 2, 6), 3, 0, 100);
    expect(cloud.at(0)).toEqual([1, 2, 0]);
    cloud.tick(100);
    expect(cloud.at(0)).toEqual([1, 2, 6]);
  });

  it('lays colour over grey, keeps the order within each, and passes over rows without a place', () => {
    const cloud = new Cloud();
    cloud.move(new Float32Array(8), 2, 0, 0);
    cloud.dress(looks);
    expect(cloud.total).toBe(4);
    expect(groups(cloud, 4)).toEqual([
      [1, 2],
      [3, 0],
    ]);
    expect(groups(cloud, 2)).toEqual([[1], [3]]);
  });

  it('lays the chosen over the rest and fades the rest to grey', () => {
    const cloud = new Cloud();
    cloud.move(new Float32Array(8), 2, 0, 0);
    cloud.dress({ ...looks, selected: Uint8Array.of(0, 1, 0, 1) });
    expect(groups(cloud, 4)).toEqual([
      [0, 2],
      [3, 1],
    ]);
    const colours = cloud.points.geometry.getAttribute('colour').array;
    expect([...colours.slice(0, 4)]).toEqual([170, 170, 170, 0]);
    expect([...colours.slice(12, 16)]).toEqual([16, 32, 48, 255]);
  });

  it('tells the chosen from the rest where their classes are grey, or they have none', () => {
    const cloud = new Cloud();
    cloud.move(new Float32Array(8), 2, 0, 0);
    cloud.dress({ ...looks, selected: Uint8Array.of(0, 1, 1, 0) });
    const colours = cloud.points.geometry.getAttribute('colour').array;
    expect([...colours.slice(4, 12)]).toEqual([85, 85, 85, 255, 85, 85, 85, 255]);
  });
});
