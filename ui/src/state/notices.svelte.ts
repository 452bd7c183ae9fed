/** Notices: what went wrong, said once. The same words again only raise a count, and never more than three stand at a time. */
import type { ErrorView } from '../backend/wire/ErrorView';
import { asError } from '../words';

export interface Notice {
  id: number;
  error: ErrorView;
  times: number;
}

const MOST = 3;

export class Notices {
  list = $state.raw<Notice[]>([]);
  private next = 1;

  tell(thrown: unknown): void {
    const error = asError(thrown);
    if (error.code === 'cancelled') return;
    const same = this.list.find((notice) => notice.error.message === error.message);
    this.list = same
      ? this.list.map((notice) => (notice === same ? { ...notice, times: notice.times + 1 } : notice))
      : [...this.list, { id: this.next++, error, times: 1 }].slice(-MOST);
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
