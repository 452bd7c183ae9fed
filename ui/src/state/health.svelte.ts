/** The state of the shown set's space, asked for where it is looked at, and again when the set has grown. */
import type { Backend } from '../backend/backend';
import type { SetHealthView } from '../backend/wire/SetHealthView';
import type { SetView } from '../backend/wire/SetView';
import type { Notices } from './notices.svelte';

export class Health {
  /** Whether it is looked at. */
  open = $state(false);
  view = $state.raw<SetHealthView | null>(null);
  /** What `view` is about, or will be. */
  private of = '';

  constructor(
    private readonly backend: Backend,
    private readonly notices: Notices,
  ) {}

  async look({ id, rows }: SetView): Promise<void> {
    const of = `${id}.${rows}`;
    if (of === this.of) return;
    [this.of, this.view] = [of, null];
    const found = await this.notices.guard(this.backend.getHealth(id));
    if (of === this.of) this.view = found ?? null;
  }
}
