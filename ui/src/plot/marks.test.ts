import { describe, expect, it } from 'vitest';
import { marksOf, namesIn, type Mark, type Marked, type Room } from './marks';
import type { PlotTheme } from './props';

const theme = { canvas: '#fff', text: '#111', query: '#b93c0b', accent: '#3257e0' } as PlotTheme;
const room: Room = {
  theme,
  size: { width: 400, height: 300 },
  margins: { top: 96, right: 40, bottom: 104, left: 40 },
  wide: (text) => text.length * 7,
};
const bare: Marked = {
  ...{ axes: [], joined: null, neighbours: [], query: null, question: '', hits: [], arrows: [], pinned: null },
};
const said = (marks: Mark[]) => marks.filter((mark) => mark.kind === 'words');

describe('marks', () => {
  it('say both ends of an arrow beside each other where they lie close, and the question once', () => {
    const marks = marksOf(
      {
        ...bare,
        query: { x: 100, y: 100 },
        question: 'orbit − telescope',
        arrows: [
          { from: { x: 300, y: 200 }, to: { x: 306, y: 203 }, names: ['telescope', 'orbit'] },
          { from: { x: 306, y: 203 }, to: { x: 100, y: 100 }, names: ['violin', 'orbit − telescope'] },
        ],
      },
      [],
      [],
      room,
    );
    const words = said(marks);
    expect(words.map(({ text }) => text)).toEqual(['orbit − telescope', 'telescope', 'orbit', 'violin']);
    const lines = words.slice(1).map(({ at }) => at.y);
    for (const y of lines) expect(lines.filter((other) => Math.abs(other - y) < 12)).toHaveLength(1);
  });

  it('put the words of items over the line of an axis, so that it does not strike them out', () => {
    const axis = { from: { x: 20, y: 150 }, to: { x: 380, y: 150 }, names: ['', '1st component'] as const };
    const words = { text: 'Bread', at: { x: 100, y: 150 }, weight: 400 as const, size: 11.5, colour: '#555' };
    const kinds = marksOf({ ...bare, axes: [axis] }, [], [words], room).map((mark) =>
      mark.kind === 'words' ? mark.text : mark.kind,
    );
    expect(kinds.indexOf('Bread')).toBeGreaterThan(kinds.lastIndexOf('path'));
  });

  it('leave the names of groups out from under what covers the edges', () => {
    const label = (of: number) => ({ class: of, text: 'bread', note: '17', weight: 1 });
    const anchors = new Map([
      [0, [200, 150, 0]],
      [1, [200, 290, 0]],
    ] as const);
    const on = ([x, y]: readonly [number, number, number]) => ({ x, y });
    const found = namesIn([label(0), label(1)], anchors, on, room, { closer: 1, blocked: [] });
    expect(found.map((name) => name.label.class)).toEqual([0]);
  });
});
