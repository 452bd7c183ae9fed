/** What a figure says of its map: the legend of its colours, and a caption with method, model, count and quality. */
import type { MapView } from '../backend/wire/MapView';
import type { SetView } from '../backend/wire/SetView';
import type { PlotQuery } from '../plot/props';
import { amount, count, counted, figure, percent } from '../format';
import { colourName, type Colours } from '../state/map.svelte';
import { METHOD, kindCount } from '../words';
import type { FigureLegend } from './figure';

/** The legend of classes (grey ones together, last) or of a scale; null before there are colours. */
export function legendOf(
  colours: Colours | null,
  palette: readonly string[],
  shapes: readonly number[] | null,
  grey: string,
): FigureLegend | null {
  if (!colours) return null;
  const name = colourName(colours.by);
  const title = name.charAt(0).toUpperCase() + name.slice(1);
  if (colours.scale) {
    const { unit, low, high } = colours.scale;
    return { kind: 'scale', title, colours: palette, low: amount(low, unit), high: amount(high, unit) };
  }
  const named = colours.names.map((of, index) => ({ ...of, colour: palette[index]!, shape: shapes?.[index] ?? 0 }));
  const bright = named.filter(({ colour }) => colour !== grey).sort((a, b) => b.count - a.count);
  const rest = colours.classes.length - bright.reduce((sum, of) => sum + of.count, 0);
  const others = named.length - bright.length + colours.more;
  if (bright.length === 0) return null;
  return {
    kind: 'classes',
    title,
    entries: [
      ...bright.map(({ colour, shape, label, count: n }) => ({ colour, shape, label, note: count(n) })),
      ...(rest > 0 ? [{ colour: grey, label: others ? `${count(others)} more` : 'none', note: count(rest) }] : []),
    ],
  };
}

/** "t-SNE, perplexity 30 · seed 42, 400 steps. 200 of 200 items, embedded by …. Trustworthiness 0.981 …" */
export function captionOf(
  map: MapView,
  set: SetView,
  shown: { loaded: number; selected: number; along: string | null; query: PlotQuery | null },
  version: string,
): string {
  const steps = map.iterations ? `, ${counted(map.iteration, 'step')}` : '';
  const made = shown.along
    ? `Along ${shown.along}.`
    : `${METHOD[map.method]}${map.dims === 3 ? ' in 3-D' : ''}${map.parameters ? `, ${map.parameters}` : ''}${steps}${map.running ? ', still moving' : ''}.`;
  const missing = set.left_out.map(({ kind, count: n }) => kindCount(kind, n)).join(' and ');
  const said = [
    made,
    `${count(shown.loaded)} of ${counted(set.total, 'item')}, embedded by ${set.model} (${count(set.dim)} dimensions).`,
    missing && `${missing} cannot be placed by this model.`,
    shown.selected ? `${count(shown.selected)} selected; the rest is faded.` : '',
    shown.query ? `Lines lead from “${shown.query.text}” to its ${count(shown.query.hits.length)} nearest.` : '',
    !shown.along && map.trustworthiness !== null ? `Trustworthiness ${figure(map.trustworthiness)} (k = 15).` : '',
    !shown.along && map.explained_variance ? `The axes hold ${percent(map.explained_variance)} of the variance.` : '',
    `Embedscope ${version}.`,
  ];
  return said.filter(Boolean).join(' ');
}
