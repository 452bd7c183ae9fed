/** How the seeded world is kept: its place, its size, its runs, what was opened before it, and who else has it open. */
import { METHOD } from '../../words';
import type { AppView } from '../wire/AppView';
import type { CheckView } from '../wire/CheckView';
import type { ErrorView } from '../wire/ErrorView';
import type { KeepingView } from '../wire/KeepingView';
import type { LookView } from '../wire/LookView';
import type { MendView } from '../wire/MendView';
import type { OpeningView } from '../wire/OpeningView';
import type { RecentView } from '../wire/RecentView';
import type { RefusedView } from '../wire/RefusedView';
import type { ReleaseView } from '../wire/ReleaseView';
import type { RunView } from '../wire/RunView';
import type { Theme } from '../wire/Theme';
import type { WorkspaceView } from '../wire/WorkspaceView';
import { COST } from './catalogue';
import type { Scene } from './host';
import type { World } from './world';

export const READ_ONLY: ErrorView = {
  code: 'read_only',
  message: 'The workspace is open for reading only; nothing was changed',
  hint: 'Close it where else it is open and open it again, or export what you need.',
};

const IN_USE: RefusedView = {
  name: 'field-notes',
  place: 'in the folder Documents',
  reason: 'in_use',
  error: {
    code: 'failed',
    message: '“field-notes” is open in another window',
    hint: 'Close it there and try again, or open it here for reading: you can look, search and export, and nothing is changed.',
  },
};

/** What the settings file is to the real host. */
const THEME = 'embedscope.fake.theme';
const RELEASES = 'embedscope.fake.releases';
/** The item whose original has moved. */
const LOST = 7;
const YESTERDAY = Date.UTC(2026, 10, 20, 16, 40);

export class Kept {
  readOnly: boolean;
  private name = 'field-notes';
  private place = 'in the folder Documents';
  private refused: RefusedView | null;
  private damaged: boolean;
  private lost = [LOST];
  private dead = 0;
  /** Room in the index that nothing needs. */
  private slack = 24_576;
  private readonly checks = new Map<number, CheckView>();
  private opening = 1;
  private recent: RecentView[];
  private theme: Theme = 'system';
  private lookedAt: LookView | null = null;
  private zoom = 100;
  private ask = globalThis.localStorage?.getItem(RELEASES) === 'ask';

  constructor(
    private readonly world: World,
    private readonly scene: Scene,
  ) {
    this.readOnly = scene === 'reading';
    this.damaged = scene === 'damaged';
    this.refused = scene === 'locked' ? IN_USE : null;
    const recent = (number: number, name: string, place: string, here = true): RecentView => ({
      number,
      name,
      place: `in ${place}`,
      here,
      current: number === 0 && scene !== 'locked',
    });
    this.recent = [
      recent(0, 'field-notes', 'the folder Documents'),
      recent(1, 'Letters 1890–1910', 'the folder Archive'),
      recent(2, 'support-tickets', 'the folder Work', false),
      recent(3, 'My workspace', 'Embedscope’s own folder'),
    ];
  }

  app(): Pick<
    AppView,
    'workspace' | 'look' | 'theme' | 'zoom' | 'ask_for_releases' | 'recent' | 'refused' | 'opening' | 'notices'
  > {
    const saved = globalThis.localStorage?.getItem(THEME);
    return {
      workspace: this.workspace(),
      look: this.lookedAt,
      theme: saved === 'light' || saved === 'dark' ? saved : this.theme,
      zoom: this.zoom,
      ask_for_releases: this.ask,
      recent: this.recent,
      refused: this.refused,
      opening: this.opening,
      notices: [],
    };
  }

  workspace(): WorkspaceView {
    const none = { sets: [], maps: [], collections: [], columns: [], items: 0 };
    return {
      ...this.world.workspace(),
      name: this.name,
      read_only: this.readOnly,
      ...(this.refused ? { ...none, name: '' } : {}),
    };
  }

  keeping(): KeepingView {
    const { items, sets } = this.world.workspace();
    const rows = sets.reduce((sum, { rows, dim }) => sum + rows * dim * 4, 0);
    return {
      place: this.place,
      index: 180_000 + items * 3100 + this.slack,
      vectors: rows,
      dead_vectors: this.dead,
      results: sets.length * 5200,
      pasted: items ? 61_440 : 0,
      copies: this.damaged ? 0 : 0,
      lost_originals: items ? this.lost.length : 0,
    };
  }

  runs(): RunView[] {
    const { sets, maps, items } = this.world.workspace();
    if (!items) return [];
    const base = { app: '0.1.0', device: 'CPU, 2 threads', repeatable: true, map: null, model: null, parameters: '' };
    const runs: Omit<RunView, 'id' | 'started_ms'>[] = [
      {
        ...base,
        kind: 'import',
        title: 'Import',
        parameters: 'texts cut at 180 words',
        result: '320 items added, 3 files left out',
        elapsed_ms: 2140,
        repeatable: false,
      },
    ];
    for (const { id, model, rows } of sets) {
      runs.push({
        ...base,
        kind: 'embedding',
        title: 'Embedding',
        model,
        parameters: model.startsWith('builtin') ? '' : 'revision c9745ed1',
        result: `${rows} vectors`,
        elapsed_ms: (rows / COST[model]!.items_per_second) * 1000,
      });
      runs.push({
        ...base,
        kind: 'clusters',
        title: 'Clusters',
        model,
        parameters: 'k-means · seed 42',
        result: '10 clusters',
        elapsed_ms: 310,
      });
      for (const map of maps.filter(({ set, running }) => set === id && !running))
        runs.push({
          ...base,
          kind: 'map',
          title: METHOD[map.method],
          model,
          map: map.id,
          parameters: map.parameters,
          result: map.trustworthiness === null ? '' : `trust ${map.trustworthiness.toFixed(3)}`,
          elapsed_ms: map.method === 'pca' ? 42 : 6230,
        });
    }
    return runs.map((run, at) => ({ ...run, id: at + 1, started_ms: YESTERDAY + at * 61_000 })).reverse();
  }

  writable(): void {
    if (this.readOnly) throw READ_ONLY;
  }

  /** What a job has found by looking through. */
  found = (job: number): CheckView | null => this.checks.get(job) ?? null;

  check(job: number): void {
    this.checks.set(job, {
      problems: this.damaged
        ? [
            '64 vectors of all-MiniLM-L6-v2 are not what was written; they can be embedded again.',
            'What a map or clusters left behind is missing; it can be made again.',
          ]
        : [],
    });
  }

  mend(): MendView {
    this.writable();
    this.damaged = false;
    return {
      done: [
        'The index of words was made anew.',
        'Set 1: 64 vectors were lost and 64 items are to be embedded again with all-MiniLM-L6-v2.',
      ],
      left: [],
    };
  }

  compact(): void {
    this.dead = 0;
    this.slack = 0;
  }

  forget(items: number): void {
    this.dead += items * 1536;
  }

  isLost = (item: number) => this.lost.includes(item);

  find(item: number): number {
    this.lost = this.lost.filter((other) => other !== item);
    return 1;
  }

  keepLook(look: LookView): void {
    this.lookedAt = look;
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    globalThis.localStorage?.setItem(THEME, theme);
  }

  /** As a browser would, but for the widths that styles ask for. */
  setZoom(zoom: number): void {
    this.zoom = zoom;
    document.documentElement.style.zoom = `${zoom}%`;
  }

  setAskForReleases(wanted: boolean): void {
    this.ask = wanted;
    globalThis.localStorage?.setItem(RELEASES, wanted ? 'ask' : 'off');
  }

  /** A newer version has always been published, where the network is there. */
  look(): ReleaseView {
    const failed = (why: string): ErrorView => ({ code: 'network', message: `Could not look: ${why}`, hint: null });
    if (!this.ask) throw failed('it is switched off in the settings');
    if (this.scene === 'offline') throw failed('api.github.com could not be reached (no connection)');
    return { found: 'newer', version: '0.2.0' };
  }

  newerVersion(): string | null {
    return this.ask && this.scene !== 'offline' ? '0.2.0' : null;
  }

  openRecent(number: number): OpeningView {
    const recent = this.recent.find((known) => known.number === number)!;
    if (!recent.here) return this.refuse(recent);
    return this.open(recent.name, recent.place);
  }

  /** Every other workspace of the seeded world is empty. */
  open(name: string, place: string): OpeningView {
    if (name === this.name) this.readOnly = false;
    else this.world.clear();
    [this.name, this.place] = [name, place];
    return this.opened();
  }

  openRefused(readOnly: boolean): OpeningView {
    if (!readOnly) return { refused: this.refused ?? IN_USE };
    this.readOnly = true;
    return this.opened();
  }

  forgetRecent(number: number): RecentView[] {
    this.recent = this.recent.filter((known) => known.number !== number);
    return this.recent;
  }

  private opened(): OpeningView {
    this.refused = null;
    this.opening++;
    const current = this.recent.find(({ name }) => name === this.name) ?? {
      number: this.recent.length + 4,
      name: this.name,
      place: this.place,
      here: true,
      current: true,
    };
    const others = this.recent.filter(({ number }) => number !== current.number);
    this.recent = [{ ...current, current: true }, ...others.map((other) => ({ ...other, current: false }))];
    return { refused: null };
  }

  private refuse({ name, place }: RecentView): OpeningView {
    const message = `There is no workspace in “${name}”`;
    const hint = 'It may have been moved or renamed: open it where it is now, or choose another.';
    return { refused: { name, place, reason: 'other', error: { code: 'failed', message, hint } } };
  }
}
