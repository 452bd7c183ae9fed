/** How fast models are on this computer. */
import type { SpeedView } from '../backend/wire/SpeedView';
import { Measurement } from './measurement.svelte';

export class SpeedState extends Measurement<SpeedView> {
  protected get(job: number): Promise<SpeedView[]> {
    return this.backend.getSpeeds(job);
  }

  async start(models: string[]): Promise<void> {
    await this.run(this.backend.startBench(models));
  }
}
