/**
 * What is being chosen on a plan before Start, and what an import would make of it.
 *
 * One question for the preview is on its way at a time; what changes meanwhile is asked when it is back. Deliberately
 * absent: starting the import, which is the app's.
 */
import { SvelteMap } from 'svelte/reactivity';
import type { Backend } from '../backend/backend';
import type { CutView } from '../backend/wire/CutView';
import type { ErrorView } from '../backend/wire/ErrorView';
import type { ImportRequest } from '../backend/wire/ImportRequest';
import type { PlanView } from '../backend/wire/PlanView';
import type { PreprocessingView } from '../backend/wire/PreprocessingView';
import type { PreviewView } from '../backend/wire/PreviewView';
import type { RolesView } from '../backend/wire/RolesView';
import type { TableView } from '../backend/wire/TableView';
import type { TileView } from '../backend/wire/TileView';
import type { Unit } from '../backend/wire/Unit';
import { asError } from '../words';

/** What a column can be for. */
export type Role = Exclude<keyof RolesView, 'table'>;

/** A table as it is looked at now, and what its columns were chosen for; an empty name is none. */
interface Chosen {
  table: TableView;
  roles: Record<Role, string>;
}

/** The guess is taken, but for the id and the class: those columns keep their own names until they are chosen. */
const guessed = ({ guess }: TableView): Record<Role, string> => ({
  text: guess.text ?? '',
  image: guess.image ?? '',
  vector: guess.vector ?? '',
  label: '',
  id: '',
});

export class PlanChoice {
  models = $state<Record<string, string>>({});
  readonly tables = new SvelteMap<string, Chosen>();
  cut = $state.raw<CutView>({ unit: 'none', size: 1, overlap: 0 });
  preprocessing = $state.raw<PreprocessingView>({ lower_case: false, white_space: false, truncate: false });
  folderLabels = $state(false);
  /** How sheets of pictures are cut; null where each is one picture. */
  tile = $state.raw<TileView | null>(null);
  /** Whether the dropped folders are watched from the start on. */
  watch = $state(false);
  /** The file whose text shows the cut; null for the longest text. */
  file = $state<string | null>(null);
  preview = $state.raw<PreviewView | null>(null);
  problem = $state.raw<ErrorView | null>(null);
  asking = $state(false);
  private isStale = false;

  constructor(
    readonly plan: PlanView,
    private readonly backend: Backend,
  ) {
    for (const { kind, model } of plan.models) this.models[kind] = model;
    for (const table of plan.tables)
      if (!table.describes) this.tables.set(table.name, { table, roles: guessed(table) });
    this.cut = plan.cuts[0] ?? this.cut;
  }

  /** The import as it would be started now. */
  get request(): ImportRequest {
    return {
      plan: this.plan.id,
      models: [...new Set(Object.values(this.models).filter(Boolean))],
      columns: [...this.tables].map(([name, { table, roles }]) => ({
        name,
        roles: { ...roles, table: table.others.length > 1 ? table.guess.table : null },
      })),
      cut: this.cut,
      preprocessing: this.preprocessing,
      folder_labels: this.folderLabels,
      tile: this.tile,
      watch: this.watch,
    };
  }

  /** Whether the size of a chunk means anything. */
  get isSized(): boolean {
    return this.cut.unit !== 'none' && this.cut.unit !== 'lines';
  }

  cutBy(unit: Unit): void {
    this.cut = this.plan.cuts.find((cut) => cut.unit === unit) ?? { ...this.cut, unit };
  }

  /** Sizes are at least 1, and a chunk never repeats all of the one before. */
  resize(size: number, overlap: number): void {
    const most = Math.max(1, Math.min(100_000, Math.round(size) || 1));
    this.cut = { ...this.cut, size: most, overlap: Math.max(0, Math.min(most - 1, Math.round(overlap) || 0)) };
  }

  choose(name: string, role: Role, column: string): void {
    const chosen = this.tables.get(name);
    if (chosen) this.tables.set(name, { ...chosen, roles: { ...chosen.roles, [role]: column } });
  }

  /** Turns to another table of the same file. */
  async turnTo(name: string, inner: string): Promise<void> {
    try {
      const table = await this.backend.lookAtTable(this.plan.id, name, inner);
      this.tables.set(name, { table, roles: guessed(table) });
      this.problem = null;
    } catch (thrown) {
      this.problem = asError(thrown);
    }
  }

  /** Asks what an import would make of the choices as they are now. */
  async look(): Promise<void> {
    this.isStale = true;
    if (this.asking) return;
    this.asking = true;
    while (this.isStale) {
      this.isStale = false;
      try {
        const preview = await this.backend.previewImport({ import: this.request, file: this.file });
        if (!this.isStale) [this.preview, this.problem] = [preview, null];
      } catch (thrown) {
        if (!this.isStale) [this.preview, this.problem] = [null, asError(thrown)];
      }
    }
    this.asking = false;
  }
}
