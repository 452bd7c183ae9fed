/**
 * Notices: what went wrong, or came to a good end. The same words again only raise a count; three stand at most. What comes
 * while a dialogue is open stands in it: behind it nothing is seen, reached or read out.
 */
import type { ErrorView } from '../backend/wire/ErrorView';
import { asError, words } from '../words';

export interface Action {
  label: string;
  run: () => void;
}

export interface Notice {
  id: number;
  tone: 'bad' | 'good';
  message: string;
  hint: string | null;
  action: Action | null;
  times: number;
}

const MOST = 3;
/** How long good news stays; longer where there is something to press. */
const LASTS_MS = 6000;
const PRESSED_MS = 20_000;

export class Notices {
  list = $state.raw<Notice[]>([]);
  /** The number each open dialogue began with, the topmost last. */
  private dialogues = $state.raw<number[]>([]);
  private next = 1;

  /** What went wrong is told with a way to the log. */
  constructor(private readonly showLog: (() => void) | null = null) {}

  /** A dialogue opens; gives the number it begins with. */
  enter(): number {
    const began = this.next++;
    this.dialogues = [...this.dialogues, began];
    return began;
  }

  leave(began: number): void {
    this.dialogues = this.dialogues.filter((other) => other !== began);
  }

  /** What came while the dialogue that began so was the topmost; 0 is the window. */
  of(began: number): Notice[] {
    const end = this.dialogues.find((other) => other > began) ?? Infinity;
    return this.list.filter(({ id }) => id >= began && id < end);
  }

  /** Something went wrong; what the user stopped is no news. */
  tell(thrown: unknown): void {
    const { code, message, hint }: ErrorView = asError(thrown);
    if (code === 'cancelled') return;
    const { showLog } = this;
    // Only what the program did not expect has more in its log than is said here.
    const action = code === 'failed' && showLog ? { label: words.state.notices.showLog, run: showLog } : null;
    this.add({ tone: 'bad', message, hint, action });
  }

  /** Something came to a good end. */
  say(message: string, action: Action | null = null): void {
    const said = this.add({ tone: 'good', message, hint: null, action });
    // What was said again meanwhile stays as long anew.
    setTimeout(() => this.list.includes(said) && this.dismiss(said.id), action ? PRESSED_MS : LASTS_MS);
  }

  private add(notice: Omit<Notice, 'id' | 'times'>): Notice {
    const same = this.list.find(({ message }) => message === notice.message);
    const added = { ...notice, id: this.next++, times: (same?.times ?? 0) + 1 };
    this.list = same ? this.list.map((other) => (other === same ? added : other)) : [...this.roomForOne(), added];
    return added;
  }

  /** Where too many stand, the oldest gives way: good news before what went wrong. */
  private roomForOne(): Notice[] {
    if (this.list.length < MOST) return this.list;
    const least = this.list.find(({ tone }) => tone === 'good') ?? this.list[0];
    return this.list.filter((notice) => notice !== least);
  }

  /** Takes away good news that leads nowhere; the way to what was written stays. */
  forgetGood(): void {
    this.list = this.list.filter(({ tone, action }) => tone !== 'good' || action);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  /** Gives the answer, or tells what went wrong and gives nothing. */
  async guard<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (thrown) {
      this.tell(thrown);
      return undefined;
    }
  }
}
