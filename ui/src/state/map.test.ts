import { describe, expect, it } from 'vitest';
import type { Backend } from '../backend/backend';
import { legendOf } from '../figure/said';
import { Columns } from './columns.svelte';
import { History } from './history.svelte';
import { MapState, inOrder, type Colours } from './map.svelte';
import { Notices } from './notices.svelte';

const GREY = '#aaaaaa';
const notices = new Notices();
const THEME = { dark: false, plot: { unselected: GREY } };
const map = new MapState({} as Backend, new Columns({} as Backend), notices, new History(notices));
const by = (field: string): Colours => ({
  ...{ set: 1, by: field, more: 0, classes: Uint16Array.of(0, 0, 0, 1, 1, 2), scale: null },
  names: [
    { label: 'Unlabelled', count: 3 },
    { label: 'bread', count: 2 },
    { label: ' ', count: 1 },
  ],
});

describe('what a column says of items without a class', () => {
  it('is grey, and last in a legend', () => {
    const colours = by('column:topic');
    const palette = map.paletteOf(colours, THEME);
    expect(palette).toEqual([GREY, expect.not.stringMatching(GREY), GREY]);
    const legend = legendOf(colours, palette, null, GREY);
    expect(legend?.kind === 'classes' && legend.entries.map(({ label }) => label)).toEqual([
      'bread',
      'Unlabelled',
      'none',
    ]);
  });

  it('has a colour where it is the name of a group', () => {
    expect(map.paletteOf(by('cluster'), THEME)[0]).not.toBe(GREY);
  });
});

describe('columns', () => {
  it('that differ by a number stand in its order, others as they come', () => {
    expect(inOrder(['year', 'layer1', 'layer10', 'layer2', 'club', 'layer0'])).toEqual([
      'year',
      'layer0',
      'layer1',
      'layer2',
      'layer10',
      'club',
    ]);
  });
});
