/** The map as a figure: what is on it, how large, and where it goes. Deliberately absent: drawing it (`figure/`). */
import type { Backend } from '../backend/backend';
import { figure, type Figure } from '../figure/figure';
import { addressOf, measured } from '../figure/canvas';
import { rasterise } from '../figure/raster';
import { captionOf, legendOf } from '../figure/said';
import type { Sight } from '../plot/props';
import { words } from '../words';
import type { Keeping } from './keeping.svelte';
import type { MapState } from './map.svelte';
import type { Notices } from './notices.svelte';
import { paperTokens } from './theme.svelte';

const say = words.state.figure;

export type FigureFormat = 'png' | 'svg';

/** The side of a picture of points and of a PNG is held below this, and its pixels below that. */
const MOST_SIDE = 16_000;
const MOST_PIXELS = 64e6;
/** Of a picture of points inside an SVG: about 300 to an inch where 96 pixels are one. */
const PRINT_SCALE = 3;
const COPY_SCALE = 2;
const LARGEST = 8;

/** What a figure is to hold. */
export interface FigureChoice {
  /** White paper, or the window's light canvas. */
  white: boolean;
  /** The whole map, or the part that is on the stage. */
  whole: boolean;
  title: string;
  legend: boolean;
  names: boolean;
  caption: boolean;
}

export class FigureState {
  open = $state(false);
  format = $state<FigureFormat>('png');
  /** Pixels of a PNG for one of the window's. */
  scale = $state(3);
  choice = $state<FigureChoice>({ white: true, whole: true, title: '', legend: true, names: true, caption: true });
  busy = $state(false);
  /** What the stage showed when the figure was asked for. */
  private sight: Sight | null = null;

  constructor(
    private readonly backend: Backend,
    private readonly map: MapState,
    private readonly notices: Notices,
    private readonly keeping: Keeping,
    private readonly about: () => { version: string; selected: number; along: string | null },
  ) {}

  /** Takes what the stage shows now; without a stage there is nothing to draw. */
  ask(): void {
    if (!this.take()) return;
    this.choice = { ...this.choice, title: this.map.workspace.name, names: this.map.labels };
    this.open = true;
  }

  private take(): boolean {
    this.sight = this.map.sight?.() ?? null;
    return this.sight !== null;
  }

  compose(choice: FigureChoice = this.choice): Figure | null {
    const { sight, map } = this;
    if (!sight || !map.map || !map.set) return null;
    const theme = paperTokens(choice.white);
    const colours = map.colours?.set === map.set.id ? map.colours : null;
    const palette = map.paletteOf(colours, { dark: false, plot: theme }, map.shaped);
    const legend = choice.legend ? legendOf(colours, palette, map.shapesOf(colours), theme.unselected) : null;
    const { version, selected, along } = this.about();
    const { positions, dims, query } = sight.props;
    const shown = { loaded: Math.floor(positions.length / dims), selected, along, query };
    const caption = choice.caption ? captionOf(map.map, map.set, shown, version) : '';
    const { whole, names } = choice;
    return figure({ sight, palette, theme, legend, whole, names, caption, title: choice.title.trim() }, measured);
  }

  /** The figure whole, with its points at a scale where they are a picture. */
  async draw(composed: Figure, scale: number, rastered = composed.rastered): Promise<string> {
    return composed.svg(rastered ? await picture(composed, mostScale(composed.map, scale)) : undefined);
  }

  /** How much larger than on the screen a PNG of it can be. */
  most(composed: Figure): number {
    return Math.floor(mostScale(composed.size, LARGEST) * 2) / 2;
  }

  /** Asks where, and writes it. */
  async save(): Promise<void> {
    const composed = this.compose();
    if (!composed) return;
    const { format } = this;
    const scale = format === 'svg' ? PRINT_SCALE : Math.min(this.scale, this.most(composed));
    const name = await this.work(this.draw(composed, scale), (svg) => this.backend.writeFigure({ svg, format, scale }));
    if (!name) return;
    this.open = false;
    this.keeping.wrote(name, () => this.backend.showInFolder({ what: 'figure' }));
  }

  /** Puts it on the clipboard as a picture: as it is chosen in the dialogue, or as the stage shows it. */
  async copy(): Promise<void> {
    if (!this.open && !this.take()) return;
    const asShown = { ...this.choice, whole: false, title: this.map.workspace.name, names: this.map.labels };
    const composed = this.compose(this.open ? this.choice : asShown);
    if (!composed) return;
    const scale = mostScale(composed.size, this.open ? this.scale : COPY_SCALE);
    const copied = await this.work(this.draw(composed, scale), (svg) =>
      this.backend.copyFigure({ svg, format: 'png', scale }).then(() => true),
    );
    if (copied) this.notices.say(say.copied);
  }

  private async work<T>(drawn: Promise<string>, then: (svg: string) => Promise<T>): Promise<T | undefined> {
    this.busy = true;
    const answer = await this.notices.guard(drawn.then(then));
    this.busy = false;
    return answer;
  }
}

/** As large as is wanted and as can be painted. */
function mostScale({ width, height }: { width: number; height: number }, wanted: number): number {
  return Math.min(wanted, MOST_SIDE / width, MOST_SIDE / height, Math.sqrt(MOST_PIXELS / (width * height)));
}

/** The points of a figure as the address of a PNG. */
async function picture({ dots, map, ground, rules }: Figure, scale: number): Promise<string> {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [Math.round(map.width * scale), Math.round(map.height * scale)];
  const pixels = new ImageData(rasterise(dots, map, scale, ground, rules), canvas.width, canvas.height);
  canvas.getContext('2d')?.putImageData(pixels, 0, 0);
  return addressOf(canvas);
}
