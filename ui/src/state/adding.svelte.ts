/** Adding to the workspace: what is held over the window, chosen or pasted becomes a plan, and a plan an import. */
import type { Backend } from '../backend/backend';
import type { ImportRequest } from '../backend/wire/ImportRequest';
import type { PlanView } from '../backend/wire/PlanView';
import type { SkippedView } from '../backend/wire/SkippedView';
import type { Notices } from './notices.svelte';

/** What is looked through sooner needs no word. */
const PATIENCE_MS = 300;

export class Adding {
  plan = $state.raw<PlanView | null>(null);
  /** Files of this workspace that gave nothing, with their reasons. */
  leftOut = $state.raw<SkippedView[]>([]);
  /** Files are held over the window. */
  dropping = $state(false);
  /** What was dropped or chosen is looked through, and that takes a while. */
  looking = $state(false);
  private patience: ReturnType<typeof setTimeout> | undefined;
  /** An import was asked for, and no word of its job has come yet. */
  starting = $state(false);

  constructor(
    private readonly backend: Backend,
    private readonly notices: Notices,
    /** Starts work once the models it needs are on their way. */
    private readonly withModels: (models: string[], start: () => Promise<number>) => Promise<number | undefined>,
  ) {}

  /** A plan came, asked for or dropped. */
  take(plan: PlanView | null): void {
    this.plan = plan;
    this.dropping = false;
  }

  /** The host begins or ends to look through files. */
  look(on: boolean): void {
    clearTimeout(this.patience);
    if (on) this.patience = setTimeout(() => (this.looking = true), PATIENCE_MS);
    else this.looking = false;
  }

  stopLooking = () => this.notices.guard(this.backend.stopLooking());

  private async plans(asked: Promise<PlanView | null>): Promise<void> {
    const plan = await this.notices.guard(asked);
    if (plan) this.plan = plan;
  }

  openFiles = () => this.plans(this.backend.openFiles());
  openFolder = () => this.plans(this.backend.openFolder());
  planSample = () => this.plans(this.backend.planSample());

  /** Plans what the clipboard holds: a picture if there is one, else its words. */
  async paste(clipboard: DataTransfer): Promise<void> {
    const picture = [...clipboard.files].find(({ type }) => type.startsWith('image/'));
    const text = clipboard.getData('text/plain');
    if (picture) await this.plans(picture.arrayBuffer().then((b) => this.backend.planPastedPicture(new Uint8Array(b))));
    else if (text.trim()) await this.plans(this.backend.planPastedText(text));
  }

  /** Says whether it began. */
  async start(request: ImportRequest): Promise<boolean> {
    this.starting = true;
    const job = await this.notices.guard(this.withModels(request.models, () => this.backend.startImport(request)));
    if (job === undefined) {
      this.starting = false;
      return false;
    }
    this.leaveOut(this.plan?.skipped ?? []);
    this.plan = null;
    return true;
  }

  leaveOut(files: SkippedView[]): void {
    if (files.length)
      this.leftOut = [...new Map([...this.leftOut, ...files].map((file) => [file.name, file])).values()];
  }
}
