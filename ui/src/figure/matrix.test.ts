import { describe, expect, it } from 'vitest';
import { matrixFigure, type MatrixAsk } from './matrix';

const measure = (text: string) => text.length * 6;
const ask: MatrixAsk = {
  sight: { row: 0, column: 0, count: 300 },
  groups: [
    { label: 'bread & oven', start: 0, count: 100 },
    { label: 'loan, bank', start: 100, count: 2 },
    { label: 'goal, match', start: 102, count: 2 },
    { label: 'orbit', start: 104, count: 196 },
  ],
  theme: {
    dark: false,
    canvas: '#ffffff',
    text: '#111111',
    secondary: '#555555',
    accent: '#3257e0',
    font: 'sans-serif',
  },
  title: 'Similarity of a sample',
  legend: { colours: ['rgb(255,255,255)', 'rgb(0,0,0)'], low: '≤ 0.10', what: 'similarity', high: '≥ 0.80' },
  caption: '300 items · cosine · a-model.',
};
const lettersOf = (svg: string) => [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, said]) => said);

describe('the matrix as a figure', () => {
  it('holds its cells as one picture of whole pixels, and says what they are', () => {
    const { side, size, svg } = matrixFigure(ask, measure);
    expect(side).toBe(600);
    const drawn = svg('data:image/png;base64,AAAA');
    expect(drawn.match(/<image /g)).toHaveLength(1);
    expect(drawn).toContain(`width="600" height="600" preserveAspectRatio="none" href="data:image/png;base64,AAAA"`);
    // Two names would touch: one is left out, its brackets stay.
    expect(lettersOf(drawn)).toEqual([
      'Similarity of a sample',
      'bread &amp; oven',
      'loan, bank',
      'orbit',
      '≤ 0.10',
      'similarity',
      '≥ 0.80',
      '300 items · cosine · a-model.',
    ]);
    expect(drawn.match(/stroke="#555555"/g)).toHaveLength(8);
    expect(size.width).toBeGreaterThan(600);
  });

  it('holds what is in sight, with the groups there', () => {
    const near = matrixFigure({ ...ask, sight: { row: 40.5, column: 150, count: 33.3 } }, measure);
    expect(near.side).toBe(640);
    const drawn = near.svg('');
    expect(lettersOf(drawn)).toContain('bread &amp; oven');
    expect(lettersOf(drawn)).not.toContain('orbit');
    // One group along each side.
    expect(drawn.match(/stroke="#555555"/g)).toHaveLength(2);
  });

  it('keeps a long name short, and breaks a caption that is longer than the figure', () => {
    const long = 'a '.repeat(400).trim();
    const { svg, size } = matrixFigure(
      { ...ask, groups: [{ label: long, start: 0, count: 300 }], caption: long },
      measure,
    );
    const letters = lettersOf(svg(''));
    expect(letters[1]!.endsWith('…')).toBe(true);
    expect(measure(letters[1]!)).toBeLessThanOrEqual(200);
    expect(letters.slice(5).join(' ')).toBe(long);
    expect(size.height).toBeGreaterThan(matrixFigure(ask, measure).size.height);
  });
});
