/** The matrix as a picture, as it is seen: to the clipboard or into a file. Deliberately absent: drawing it (`figure/`, `charts/`). */
import type { Backend } from '../backend/backend';
import { cells, coloursOf, imageOf } from '../charts/drawing';
import { domainOf } from '../charts/scale';
import { partOf, whole } from '../charts/sight';
import { addressOf, measured } from '../figure/canvas';
import { matrixFigure } from '../figure/matrix';
import { similarity } from '../format';
import { words } from '../words';
import type { Keeping } from './keeping.svelte';
import type { MapState } from './map.svelte';
import { LIMIT, type MatrixState } from './matrix.svelte';
import type { Notices } from './notices.svelte';
import { paperTokens } from './theme.svelte';

const COPY_SCALE = 2;
/** About 300 pixels to an inch where 96 are one. */
const PRINT_SCALE = 3;
/** Colours of the legend between which others are mixed. */
const STOPS = 18;

export class MatrixFigureState {
  constructor(
    private readonly backend: Backend,
    private readonly matrix: MatrixState,
    private readonly map: MapState,
    private readonly notices: Notices,
    private readonly keeping: Keeping,
    private readonly version: () => string,
  ) {}

  async copy(): Promise<void> {
    const copying = async () => {
      const svg = await this.draw(COPY_SCALE);
      await this.backend.copyFigure({ svg, format: 'png', scale: COPY_SCALE });
      return true;
    };
    if (await this.notices.guard(copying())) this.notices.say(words.state.figure.copied);
  }

  /** Asks where, and writes it. */
  async save(): Promise<void> {
    const saving = async () =>
      this.backend.writeFigure({ svg: await this.draw(PRINT_SCALE), format: 'png', scale: PRINT_SCALE });
    const name = await this.notices.guard(saving());
    if (name) this.keeping.wrote(name, () => this.backend.showInFolder({ what: 'figure' }));
  }

  private async draw(scale: number): Promise<string> {
    const { frame, source, all } = this.matrix;
    if (!frame) throw new Error('There is no matrix to draw.');
    const say = words.window.matrix;
    const { groups, values, items } = frame;
    const n = items.length;
    const sight = this.matrix.sight ?? whole(n);
    const domain = domainOf(values, n);
    const shown = { values, ends: null, theme: paperTokens(true) };
    const table = coloursOf(shown);
    const colours = Array.from({ length: STOPS }, (_, stop) => {
      const at = Math.round((stop / (STOPS - 1)) * 255) * 3;
      return `rgb(${table.slice(at, at + 3).join(',')})`;
    });
    const model = this.map.workspace.sets.find(({ id }) => id === frame.set)?.model ?? '';
    const part = sight.count < n ? words.components.heatmapView.part(partOf(sight), n) : '';
    const composed = matrixFigure(
      {
        ...{ sight, groups, theme: shown.theme, title: say.title[source] },
        legend: {
          colours,
          low: `≤ ${similarity(domain.low)}`,
          what: words.components.heatmapView.similarity,
          high: `≥ ${similarity(domain.high)}`,
        },
        caption: [
          [say.shown(n, source, all, LIMIT, model), part].filter(Boolean).join(' · ') + '.',
          words.exporting.said.program(this.version()),
        ].join(' '),
      },
      measured,
    );
    const { side } = composed;
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = Math.round(side * scale);
    const pen = canvas.getContext('2d')!;
    pen.scale(scale, scale);
    const place = { left: 0, top: 0, side, names: 0 };
    cells({ pen, ratio: scale, image: imageOf(shown, n, domain), frame: place, sight });
    return composed.svg(await addressOf(canvas));
  }
}
