/** Search by meaning in one set: asks a moment after the last key, and forgets answers that come too late. */
import type { Backend } from '../backend/backend';
import type { HitView } from '../backend/wire/HitView';
import type { Notices } from './notices.svelte';

const ANSWERS = 20;
const REST_MS = 220;

export interface Answer {
  set: number;
  text: string;
  hits: HitView[];
  searched: number;
  exact: boolean;
  elapsed_ms: number;
}

export class Search {
  text = $state('');
  answer = $state.raw<Answer | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;
  /** What is being asked, of which set: the Enter that follows the last key asks nothing anew. */
  private pending = $state.raw<{ set: number; text: string } | null>(null);

  constructor(
    private readonly backend: Backend,
    private readonly notices: Notices,
    /** The set to ask, or null where none reads words. */
    private readonly target: () => number | null,
    private readonly onAnswer: () => void,
  ) {}

  get busy(): boolean {
    return this.pending !== null;
  }

  type(text: string): void {
    this.text = text;
    clearTimeout(this.timer);
    if (!text.trim()) this.clear();
    else this.timer = setTimeout(() => void this.ask(), REST_MS);
  }

  /** Asks now. `quietly`: the answer is put where it belongs, and nothing is brought to the front. */
  async ask(quietly = false): Promise<void> {
    clearTimeout(this.timer);
    const [set, text] = [this.target(), this.text.trim()];
    if (set === null || !text || (this.answer?.set === set && this.answer.text === text)) return;
    if (this.pending?.set === set && this.pending.text === text) return;
    const asked = ++this.asked;
    this.pending = { set, text };
    const found = await this.notices.guard(this.backend.search({ set, text, k: ANSWERS }));
    if (asked !== this.asked) return;
    this.pending = null;
    this.answer = found ? { set, text, ...found } : null;
    if (found && !quietly) this.onAnswer();
  }

  clear(): void {
    clearTimeout(this.timer);
    this.asked++;
    this.text = '';
    this.pending = null;
    this.answer = null;
  }
}
