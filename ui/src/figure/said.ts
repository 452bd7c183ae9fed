/** What a figure says of its map: the legend of its colours, and a caption with method, model, count and quality. */
import type { MapView } from '../backend/wire/MapView';
import type { SetView } from '../backend/wire/SetView';
import type { PlotQuery } from '../plot/props';
import { amount, count } from '../format';
import { colourName, unclassed, type Colours } from '../state/map.svelte';
import { words } from '../words';
import type { FigureLegend } from './figure';

const say = words.exporting.said;

/** The legend of classes (grey ones together, then what has no class) or of a scale; null before there are colours. */
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
  const none = named.filter(({ label }) => unclassed(colours.by, label));
  const rest = colours.classes.length - [...bright, ...none].reduce((sum, of) => sum + of.count, 0);
  const others = named.length - bright.length - none.length + colours.more;
  if (bright.length === 0) return null;
  const entry = ({ colour, shape, label, count: n }: (typeof named)[number]) => ({
    ...{ colour, shape, note: count(n) },
    label: label.trim() || say.none,
  });
  return {
    kind: 'classes',
    title,
    entries: [
      ...bright.map(entry),
      ...(rest > 0 ? [{ colour: grey, label: others ? say.more(others) : say.none, note: count(rest) }] : []),
      ...none.map(entry),
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
  const sentences = [
    shown.along ? say.along(shown.along) : say.laidOut(map),
    say.embedded(shown.loaded, set),
    set.left_out.length ? say.noPlace(set.left_out) : '',
    shown.selected ? say.selected(shown.selected) : '',
    shown.query ? say.query(shown.query.text, shown.query.hits.length) : '',
    !shown.along && map.trustworthiness !== null ? say.trust(map.trustworthiness) : '',
    !shown.along && map.explained_variance ? say.variance(map.explained_variance) : '',
    say.program(version),
  ];
  return sentences.filter(Boolean).join(' ');
}
