import { describe, expect, it } from 'vitest';
import type { PlotProps, PlotTheme, Sight } from '../plot/props';
import { MOST_READ } from '../plot/texts';
import { circles, dotsOf } from './dots';
import { MOST_CIRCLES, figure, type FigureAsk } from './figure';
import { escaped } from './letters';
import { rasterise } from './raster';

const THEME: PlotTheme = {
  dark: false,
  canvas: '#ffffff',
  text: '#111111',
  secondary: '#555555',
  accent: '#3257e0',
  query: '#b93c0b',
  unselected: '#b3b8bf',
  font: 'sans-serif',
};
const PALETTE = ['#4477aa', '#ee6677'];

function sight(positions: number[], more: Partial<PlotProps> = {}): Sight {
  const dims = more.dims ?? 2;
  const rows = positions.length / dims;
  const props: PlotProps = {
    ...{ set: 1, map: 1, dims, positions: Float32Array.from(positions) },
    order: Uint32Array.from({ length: rows }, (_, row) => row),
    classes: Uint16Array.from({ length: rows }, (_, row) => row % 2),
    palette: PALETTE,
    shapes: null,
    texts: null,
    ...{
      selected: null,
      hovered: null,
      pinned: null,
      hub: null,
      neighbours: [],
      axes: [],
      query: null,
      arrows: [],
      labels: [],
    },
    ...{ pictures: null, tool: 'pointer', margins: { top: 0, right: 0, bottom: 0, left: 0 }, theme: THEME },
    ...{ reducedMotion: false, title: '' },
    ...more,
  } as PlotProps;
  return { props, view: { kind: 'flat', x: 0, y: 0, scale: 10 }, size: { width: 200, height: 100 } };
}

const ask = (of: Sight, more: Partial<FigureAsk> = {}): FigureAsk => ({
  ...{ sight: of, palette: PALETTE, theme: THEME, whole: false, title: 'Notes', legend: null, names: true },
  caption: 't-SNE. 2 of 2 items.',
  ...more,
});
const measure = (text: string) => text.length * 7;
/** Tags left open; every closing one must close the last. */
function tags(svg: string): string[] {
  const open: string[] = [];
  for (const [, close, name, alone] of svg.matchAll(/<(\/?)([a-zA-Z]+)[^<>]*?(\/?)>/g)) {
    if (close) expect(open.pop()).toBe(name);
    else if (!alone) open.push(name!);
  }
  return open;
}

describe('dots', () => {
  it('stand where the stage has them, those out of sight left out', () => {
    const dots = dotsOf(sight([0, 0, 5, 2, 500, 0, NaN, 1]).props, PALETTE, THEME, sight([]).view, {
      width: 200,
      height: 100,
    });
    expect(dots.count).toBe(2);
    expect([...dots.x]).toEqual([100, 150]);
    expect([...dots.y]).toEqual([50, 30]);
    expect(dots.ink[0]).toBe(0x4477aa);
  });

  it('put what is selected above the rest, which is grey and faint', () => {
    const of = sight([0, 0, 1, 0], { selected: Uint8Array.from([1, 0]) });
    const dots = dotsOf(of.props, PALETTE, THEME, of.view, of.size);
    expect([...dots.lit]).toEqual([0, 1]);
    expect(dots.ink[0]).toBe(0xb3b8bf);
    expect(circles(dots, '#ffffff').match(/fill-opacity="0\.3"/g)).toHaveLength(1);
  });

  it('put near ones above far ones in 3-D', () => {
    const of = sight([0, 0, 1, 0, 0, -1], { dims: 3 });
    const view = { kind: 'orbit', x: 0, y: 0, z: 0, distance: 5, azimuth: 0, elevation: 0 } as const;
    const dots = dotsOf(of.props, PALETTE, THEME, view, of.size);
    expect(dots.count).toBe(2);
    // The second row lies farther from the eye, so it comes first, mixed with the canvas.
    expect(dots.ink[1]! >> 16).toBeLessThan(dots.ink[0]! >> 16);
  });
});

describe('pixels', () => {
  it('hold a disc of its colour on the ground, at any scale', () => {
    const of = sight([0, 0]);
    const dots = dotsOf(of.props, PALETTE, THEME, of.view, of.size);
    for (const scale of [1, 3]) {
      const pixels = rasterise(dots, of.size, scale, '#ffffff');
      expect(pixels).toHaveLength(200 * scale * 100 * scale * 4);
      const at = (x: number, y: number) => [...pixels.subarray((y * scale * 200 * scale + x * scale) * 4).slice(0, 4)];
      expect(at(10, 10)).toEqual([255, 255, 255, 255]);
      const middle = at(100, 50);
      expect(middle[2]! - middle[0]!).toBeGreaterThan(80);
      expect(middle[3]).toBe(255);
    }
  });

  it('cover as much as circles do', () => {
    const of = sight([0.03, 0.02]);
    const dots = dotsOf(of.props, PALETTE, THEME, of.view, of.size);
    const bare = { ...dots, rim: 0, opaque: Float32Array.of(1) };
    const pixels = rasterise(bare, of.size, 4, '#ffffff');
    let covered = 0;
    for (let i = 0; i < pixels.length; i += 4) covered += (255 - pixels[i]!) / (255 - 0x44);
    expect(covered).toBeCloseTo(Math.PI * (dots.size * 2) ** 2, -1);
  });
});

describe('a figure', () => {
  it('holds its title, its caption and every point in sight', () => {
    const drawn = figure(ask(sight([0, 0, 5, 2])), measure);
    const svg = drawn.svg();
    expect(svg).toContain('>Notes</text>');
    expect(svg).toContain('>t-SNE. 2 of 2 items.</text>');
    expect(svg.match(/<circle/g)).toHaveLength(2);
    expect(drawn.rastered).toBe(false);
    expect(tags(svg)).toEqual([]);
  });

  it('fits the whole map where that is asked for', () => {
    const far = sight([900, 900, 1000, 1000]);
    expect(figure(ask(far), measure).dots.count).toBe(0);
    expect(figure(ask(far, { whole: true }), measure).dots.count).toBe(2);
  });

  it('holds the ends of what it is laid out along', () => {
    const axes = [{ from: [-50, 0, 0], to: [50, 0, 0], names: ['cat', 'dog'] }] as const;
    const svg = figure(ask(sight([0, 0, 1, 1], { axes }), { whole: true }), measure).svg();
    const [, left, right] = svg.match(/<path d="M([\d.-]+) [\d.]+L([\d.-]+) [\d.]+" stroke="#555555"/)!;
    expect(Number(left)).toBeCloseTo(44);
    expect(Number(right)).toBeCloseTo(200 - 44);
  });

  it('holds the grid of axes below the points, and their values', () => {
    const axes = [{ from: [-9, 0, 0], to: [9, 0, 0], names: ['', '1st component'] }] as const;
    const drawn = figure(ask(sight([0, 0, 1, 1], { axes })), measure);
    const svg = drawn.svg();
    // 110 px are 11 here: by twenties, and in 200 px only zero is in sight.
    expect(drawn.rules.map(({ at }) => at)).toEqual([100]);
    expect(svg.indexOf('<path d="M100 0V100"')).toBeGreaterThan(0);
    expect(svg.indexOf('<path d="M100 0V100"')).toBeLessThan(svg.indexOf('<circle'));
    expect(svg).toContain('>0</text>');
    // In a picture of points as well.
    const pixels = rasterise(drawn.dots, { width: 200, height: 100 }, 1, '#ffffff', drawn.rules);
    expect(pixels[100 * 4]).toBeLessThan(255);
    expect(pixels[90 * 4]).toBe(255);
    expect(figure(ask(sight([0, 0, 1, 1])), measure).rules).toEqual([]);
  });

  it('holds points beyond twenty thousand as one picture', () => {
    const many = Array.from({ length: (MOST_CIRCLES + 1) * 2 }, (_, i) => Math.sin(i));
    const drawn = figure(ask(sight(many)), measure);
    expect(drawn.rastered).toBe(true);
    const svg = drawn.svg('data:image/png;base64,AAAA');
    expect(svg).not.toContain('<circle');
    expect(svg).toContain('href="data:image/png;base64,AAAA"');
  });

  it('draws what the stage does of a question, of steps between meanings and of an axis', () => {
    const at = (text: string, row: number) => ({ text, hits: [row], scores: [1] });
    const of = sight([0, 0, 5, 2, -5, 2], {
      query: { text: 'bread', hits: [0, 1], scores: [0.9, 0.8] },
      arrows: [{ from: at('orbit', 1), to: at('violin', 2) }],
      axes: [{ from: [-5, 0, 0], to: [5, 0, 0], names: ['cat', 'dog'] }],
    });
    const svg = figure(ask(of), measure).svg();
    for (const said of ['bread', 'orbit', 'violin', 'cat', 'dog']) expect(svg).toContain(`>${said}</text>`);
    // A head keeps off what it points at, by as much as it is long.
    expect(svg).toMatch(/<path d="M59 30L68 25\.5L68 34\.5Z" fill="#b93c0b"/);
    expect(svg).toMatch(/<path d="M141 50L132 54\.5L132 45\.5Z" fill="#3257e0"/);
    // From the question to each of its hits.
    const [, hairlines] = svg.match(/<path d="([^"]+)" stroke="#b93c0b" stroke-opacity/)!;
    expect(hairlines!.match(/M/g)).toHaveLength(2);
    expect(tags(svg)).toEqual([]);
  });

  it('puts the words of items where the stage has them', () => {
    const texts = new Map([
      [0, 'rye & oats'],
      [1, 'an orbit'],
      [2, 'out of sight'],
    ]);
    const of = sight([0, 0, -8, 2, 500, 0], { texts });
    const svg = figure(ask(of), measure).svg();
    // From the middle of a point half a line of words farther right, lowered to the line they stand on.
    const half = measure('an orbit') / 2;
    expect(svg).toContain(`<text x="${20 + 9 + half}" y="34.14" font-weight="400" font-size="11.5"`);
    expect(svg).toContain('>rye &amp; oats</text>');
    expect(svg).not.toContain('out of sight');
    expect(tags(svg)).toEqual([]);
    expect(figure(ask(of, { names: false }), measure).svg()).not.toContain('an orbit');
  });

  it('leaves the words of items out of a whole map on which they could not be read', () => {
    const line = (points: number) =>
      sight(
        Array.from({ length: 2 * points }, (_, i) => i),
        { texts: new Map([[0, 'a loaf']]) },
      );
    expect(figure(ask(line(MOST_READ), { whole: true }), measure).svg()).toContain('>a loaf</text>');
    expect(figure(ask(line(MOST_READ + 1), { whole: true }), measure).svg()).not.toContain('a loaf');
  });

  it('names pictures by item and never by place', () => {
    const pictures = { items: Uint32Array.from([7, 8]), kinds: Uint8Array.from([1, 0]), url: () => 'x' };
    expect(figure(ask(sight([0, 0, 5, 2], { pictures })), measure).svg()).toContain('href="thumb:7"');
  });

  it('shows a few pictures for many, and none on a name', () => {
    const place = (row: number) => [(row % 25) * 0.8 - 9.6, Math.floor(row / 25) / 2 - 4.75];
    const many = Array.from({ length: 500 }, (_, row) => place(row)).flat();
    const pictures = {
      items: Uint32Array.from({ length: 500 }, (_, row) => row),
      kinds: new Uint8Array(500).fill(1),
      url: () => 'x',
    };
    const shown = (more: Partial<PlotProps>) =>
      figure(ask(sight(many, { pictures, ...more })), measure)
        .svg()
        .match(/href="thumb:/g)?.length ?? 0;
    const few = shown({});
    expect(few).toBeGreaterThan(1);
    expect(few).toBeLessThan(20);
    const labels = [{ class: 0, text: 'a name over all of the map', note: '', weight: 1 }];
    expect(shown({ labels })).toBeLessThan(few);
  });

  it('lets no word break out of its place', () => {
    const hostile = '</text><script>alert(1)</script>"\u0000\ud800';
    const labels = [{ class: 0, text: hostile, note: hostile, weight: 1 }];
    const legend = { kind: 'classes', title: hostile, entries: [{ colour: '#4477aa', label: hostile, note: '1' }] };
    const svg = figure(
      ask(sight([0, 0, 1, 1], { labels }), { title: hostile, caption: hostile, legend } as Partial<FigureAsk>),
      () => 1,
    ).svg();
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('\u0000');
    expect(tags(svg)).toEqual([]);
    expect(escaped('a & b 🙂')).toBe('a &amp; b 🙂');
  });

  it('breaks a long caption into lines that fit', () => {
    const caption = 'word '.repeat(60).trim();
    const svg = figure(ask(sight([0, 0]), { caption }), measure).svg();
    const lines = [...svg.matchAll(/>((?:word ?)+)<\/text>/g)].map(([, line]) => line!);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join(' ')).toBe(caption);
    for (const line of lines) expect(measure(line)).toBeLessThanOrEqual(200 + 28 * 2);
  });
});
