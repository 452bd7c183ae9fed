/**
 * One frame of points and of the grid below them, drawn by the graphics card or by the processor, whichever is quicker on
 * this machine. Deliberately absent: when a frame is drawn, and what lies above the points.
 */
import type { Camera } from './camera';
import { pointSize, type Cloud } from './cloud';
import { LEVELS, levelAlphas, pointAlpha, type Crowd } from './density';
import { rulesIn, type Rule } from './grid';
import { Painter } from './painter';
import type { PlotProps } from './props';
import type { Stage } from './stage';
import { trial, TRIAL } from './trial';

/** How far points reach from their middle, in the data's units, and how crowded they are. */
export interface Extent {
  radius: number;
  crowd: Crowd | null;
}

export class Renderer {
  private readonly painter: Painter;

  constructor(
    private readonly stage: Stage,
    private readonly cloud: Cloud,
    private readonly camera: Camera,
  ) {
    this.painter = new Painter(stage.byHand);
  }

  /** Draws so many points; gives how long the processor took for them (ms), null where the card does. */
  draw(points: number, { axes, shapes, theme }: PlotProps, { radius, crowd }: Extent): number | null {
    const { cloud, stage } = this;
    const { size, ratio } = stage;
    const { view } = this.camera;
    const dot = pointSize(cloud.total, shapes !== null);
    const flat = view.kind === 'flat';
    const alphas =
      flat && crowd
        ? levelAlphas(crowd, dot, view.scale)
        : new Float32Array(LEVELS).fill(pointAlpha(cloud.total, dot, size.width * size.height));
    const depth = flat ? ([0, 0] as const) : ([view.distance - 0.4 * radius, view.distance + radius] as const);
    cloud.frame(this.camera.matrix(), dot, ratio, alphas, depth);
    const rules = rulesIn(axes, view, size, theme);
    const byHand = cloud.total >= TRIAL && cloud.isPlain && this.processorIsQuicker(rules);
    cloud.show(points);
    if (!byHand) {
      stage.render(rules);
      return null;
    }
    const began = performance.now();
    this.byHand(rules);
    stage.byHand.hidden = false;
    return performance.now() - began;
  }

  private byHand(rules: readonly Rule[]): void {
    this.painter.paint(this.cloud.picture, rules, this.stage.ratio);
  }

  private processorIsQuicker(rules: readonly Rule[]): boolean {
    this.cloud.show(TRIAL);
    const card = () => {
      this.stage.render(rules);
      this.stage.finish();
    };
    return trial.processorIsQuicker(card, () => this.byHand(rules));
  }
}
