/** Search by meaning in one set: asks a moment after the last key, and forgets answers that come too late. */
import type { Backend } from '../backend/backend';
import type { SearchView } from '../backend/wire/SearchView';
import { words } from '../words';
import type { History } from './history.svelte';
import type { Notices } from './notices.svelte';

const say = words.state.search;

/** So many are listed at first, and so many more each time more are asked for. */
const ANSWERS = 20;
const REST_MS = 220;

export interface Answer extends SearchView {
  set: number;
  text: string;
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
    private readonly history: History,
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
    const from = this.answer;
    if (!(await this.find(set, text, ANSWERS)) || quietly) return;
    this.history.record({ title: say.ask(text), from, to: this.answer, put: this.put });
    this.onAnswer();
  }

  /** Lists the next nearest as well. */
  async more(): Promise<void> {
    const { answer, pending } = this;
    if (answer && !pending) await this.find(answer.set, answer.text, answer.hits.length + ANSWERS);
  }

  /** Says whether an answer came, and in time. */
  private async find(set: number, text: string, k: number): Promise<boolean> {
    const asked = ++this.asked;
    this.pending = { set, text };
    const found = await this.notices.guard(this.backend.search({ set, text, k }));
    if (asked !== this.asked) return false;
    this.pending = null;
    // What is listed stays where no more can be found.
    this.answer = found ? { set, text, ...found } : k > ANSWERS ? this.answer : null;
    return !!found;
  }

  /** Drops what is searched for. */
  clear(): void {
    if (this.answer) this.history.change({ title: say.drop, from: this.answer, to: null, put: this.put });
    else this.put(null);
  }

  private put = (answer: Answer | null): void => {
    clearTimeout(this.timer);
    this.asked++;
    this.text = answer?.text ?? '';
    this.pending = null;
    this.answer = answer;
    // Another set may be shown by now.
    void this.ask(true);
  };
}
