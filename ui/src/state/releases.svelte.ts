/** Newer versions of the program: whether they are looked for, and what came of it. */
import type { Backend } from '../backend/backend';
import { asError, words } from '../words';
import type { Notices } from './notices.svelte';

const say = words.state.releases;

export class Releases {
  /** Whether they are looked for at all. */
  ask = $state(false);
  /** What is told of a newer version found when the window opened, until that is put away. */
  newer = $state<string | null>(null);
  looking = $state(false);
  /** What the user's looking came to, in one sentence, and whether that is a newer version. */
  found = $state.raw<{ said: string; newer: boolean } | null>(null);

  constructor(
    private readonly backend: Backend,
    private readonly notices: Notices,
  ) {}

  /** Looks once, where that is switched on; only a newer version is worth a word. */
  async begin(ask: boolean): Promise<void> {
    this.ask = ask;
    if (!ask) return;
    const version = await this.backend.newerVersion().catch(() => null);
    this.newer = version && say.newer(version);
  }

  async choose(ask: boolean): Promise<void> {
    this.ask = ask;
    this.found = null;
    await this.notices.guard(this.backend.setAskForReleases(ask));
  }

  /** Looks because the user asks to. */
  async look(): Promise<void> {
    this.looking = true;
    this.found = null;
    try {
      const answer = await this.backend.lookForRelease();
      this.found =
        answer.found === 'newer'
          ? { said: say.newer(answer.version), newer: true }
          : { said: say[answer.found], newer: false };
    } catch (thrown) {
      this.found = { said: asError(thrown).message, newer: false };
    }
    this.looking = false;
  }

  /** Opens the page of the newest release in the system's browser. */
  open = () => this.notices.guard(this.backend.openRelease());
}
