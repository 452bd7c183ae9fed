/** How the workspace is kept: its size, its runs, whether it is sound; letting go of it and getting it out. */
import type { Backend } from '../backend/backend';
import type { CheckView } from '../backend/wire/CheckView';
import type { ExportRequest } from '../backend/wire/ExportRequest';
import type { KeepingView } from '../backend/wire/KeepingView';
import type { MapView } from '../backend/wire/MapView';
import type { MendView } from '../backend/wire/MendView';
import type { RunView } from '../backend/wire/RunView';
import { words } from '../words';
import type { Notices } from './notices.svelte';

const say = words.state.keeping;

/** What the user is asked about before it is forgotten. */
export type Forget =
  | { what: 'items'; items: Uint32Array }
  | { what: 'collection'; id: number }
  | { what: 'map'; map: MapView }
  | { what: 'everything' };

/** Bytes on the disk. */
const used = (view: KeepingView | null): number =>
  view ? view.index + view.vectors + view.dead_vectors + view.results + view.pasted + view.copies : 0;

export class Keeping {
  view = $state.raw<KeepingView | null>(null);
  runs = $state.raw<RunView[]>([]);
  check = $state.raw<CheckView | null>(null);
  mended = $state.raw<MendView | null>(null);
  busy = $state<'mend' | 'forget' | null>(null);
  asking = $state.raw<Forget | null>(null);
  exporting = $state(false);
  private asked = 0;

  constructor(
    private readonly backend: Backend,
    private readonly notices: Notices,
  ) {}

  /** Asks anew: something was computed, forgotten or added. */
  async load(): Promise<void> {
    const asked = ++this.asked;
    const found = await this.notices.guard(Promise.all([this.backend.getKeeping(), this.backend.listRuns()]));
    if (found && asked === this.asked) [this.view, this.runs] = found;
  }

  private async work<T>(busy: NonNullable<Keeping['busy']>, work: () => Promise<T>): Promise<T | undefined> {
    if (this.busy) return undefined;
    this.busy = busy;
    const answer = await this.notices.guard(work());
    this.busy = null;
    await this.load();
    return answer;
  }

  async look(): Promise<void> {
    this.check = this.mended = null;
    await this.notices.guard(this.backend.startCheck());
  }

  async compact(): Promise<void> {
    await this.notices.guard(this.backend.startCompact());
  }

  /** Hears that looking through, or giving back room, came to its end. */
  async ended(job: number): Promise<void> {
    const before = used(this.view);
    const found = await this.notices.guard(this.backend.getCheck(job));
    await this.load();
    if (found) this.check = found;
    else if (found === null) this.notices.say(say.freed(Math.max(0, before - used(this.view))));
  }

  async mend(): Promise<void> {
    const mended = await this.work('mend', () => this.backend.mendWorkspace());
    if (!mended) return;
    [this.check, this.mended] = [{ problems: mended.left }, mended];
  }

  /** Forgets what was asked about; gives whether it is gone. */
  async forget(): Promise<boolean> {
    const { asking } = this;
    if (!asking) return false;
    const gone = await this.work('forget', async () => {
      if (asking.what === 'items') return this.backend.forgetItems(asking.items);
      if (asking.what === 'collection') return this.backend.forgetCollection(asking.id);
      if (asking.what === 'map') return this.backend.forgetMap(asking.map.id).then(() => null);
      return this.backend.clearWorkspace().then(() => null);
    });
    this.asking = null;
    if (gone === undefined) return false;
    this.check = this.mended = null;
    if (gone !== null) this.notices.say(say.forgotten(gone));
    return true;
  }

  repeat = (run: number) => this.notices.guard(this.backend.repeatRun(run));

  /** Asks where, and begins; gives whether it began. */
  async export(request: ExportRequest): Promise<boolean> {
    const job = await this.notices.guard(this.backend.startExport(request));
    return job !== undefined && job !== null;
  }

  async diagnose(): Promise<void> {
    const name = await this.notices.guard(this.backend.writeDiagnosis());
    if (name) this.wrote(name, () => this.backend.showInFolder({ what: 'diagnosis' }));
  }

  /** Something was written for others. */
  wrote(name: string, show: () => Promise<void>): void {
    this.notices.say(say.written(name), { label: say.showInFolder, run: () => void this.notices.guard(show()) });
  }
}
