/**
 * Notices: what went wrong, said once, and what went well unasked, which goes by itself. The same words again only raise a
 * count, and never more than three stand at a time.
 */
import type { ErrorView } from '../backend/wire/ErrorView';
import { asError } from '../words';

export interface Notice {
  id: number;
  error: ErrorView;
  times: number;
  /** Whether it is good news. */
  good: boolean;
}

const MOST = 3;
/** How long good news stays. */
export const STAYS_MS = 8000;

export class Notices {
  list = $state.raw<Notice[]>([]);
  private next = 1;

  tell(thrown: unknown): void {
    const error = asError(thrown);
    if (error.code === 'cancelled') return;
    const same = this.list.find((notice) => notice.error.message === error.message);
    this.list = same
      ? this.list.map((notice) => (notice === same ? { ...notice, times: notice.times + 1 } : notice))
      : [...this.list, { id: this.next++, error, times: 1, good: false }].slice(-MOST);
  }

  /** Says what went well; it goes by itself. */
  say(message: string): void {
    const id = this.next++;
    const error: ErrorView = { code: 'failed', message, hint: null };
    this.list = [...this.list, { id, error, times: 1, good: true }].slice(-MOST);
    setTimeout(() => this.dismiss(id), STAYS_MS);
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
