/** Which workspace is open, which were, and which could not be. Where another opens, the page begins anew. */
import type { Backend } from '../backend/backend';
import type { OpeningView } from '../backend/wire/OpeningView';
import type { RecentView } from '../backend/wire/RecentView';
import type { RefusedView } from '../backend/wire/RefusedView';
import type { Notices } from './notices.svelte';

export class Desk {
  recent = $state.raw<RecentView[]>([]);
  /** The workspace that could not be opened, whether another is open or none. */
  refused = $state.raw<RefusedView | null>(null);
  /** None is open. */
  bare = $state(false);
  busy = $state(false);

  constructor(
    private readonly backend: Backend,
    private readonly notices: Notices,
    private readonly begin: () => void,
  ) {}

  /** The others, to change to. */
  get others(): RecentView[] {
    const { refused } = this;
    return this.recent.filter(
      ({ current, name, place }) => !current && !(refused?.name === name && refused.place === place),
    );
  }

  private async opening(asked: Promise<OpeningView | null>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    const opening = await this.notices.guard(asked);
    this.busy = false;
    if (opening) this.take(opening);
  }

  /** Another is open now, or was refused. */
  take({ refused }: OpeningView): void {
    this.refused = refused;
    if (!refused) this.begin();
  }

  open = () => this.opening(this.backend.openWorkspace());
  make = () => this.opening(this.backend.newWorkspace());
  change = (number: number) => this.opening(this.backend.openRecent(number, false));
  again = (readOnly: boolean) => this.opening(this.backend.openRefused(readOnly));
  mend = () => this.opening(this.backend.mendRefused());

  /** The same workspace, to be changed again. */
  async write(): Promise<void> {
    const current = this.recent.find((recent) => recent.current);
    if (current) await this.change(current.number);
  }

  async forget(number: number): Promise<void> {
    const recent = await this.notices.guard(this.backend.forgetRecent(number));
    if (recent) this.recent = recent;
  }
}
