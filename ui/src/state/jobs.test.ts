import { describe, expect, it, vi } from 'vitest';
import type { Backend, Listener } from '../backend/backend';
import { job } from '../backend/fake/work';
import type { ErrorView } from '../backend/wire/ErrorView';
import type { JobKind } from '../backend/wire/JobKind';
import { App } from './app.svelte';

describe('jobs and notices', () => {
  it('keeps what runs and tells why something failed', () => {
    const app = new App({} as Backend);
    const listener: Listener = app;
    listener.onEvent({ type: 'job', job: job({ id: 4, done: 3 }) });
    expect(app.jobs.running?.done).toBe(3);
    listener.onEvent({
      type: 'job',
      job: job({ id: 4, state: 'failed', error: { code: 'failed', message: 'The disk is full.', hint: null } }),
    });
    expect([app.jobs.active.length, app.notices.list[0]?.message]).toEqual([0, 'The disk is full.']);
  });

  it('knows the job of a model by its whole name', () => {
    const { jobs } = new App({} as Backend);
    jobs.take(job({ id: 1, kind: 'fetch', title: 'Fetching resnet50-tv' }));
    jobs.take(job({ id: 2, kind: 'project', title: 'Laying out resnet50' }));
    expect(['resnet50-tv', 'resnet50', 'tv', 'net50-tv'].map((id) => jobs.ofModel(id)?.id)).toEqual([
      1,
      ...[undefined, undefined, undefined],
    ]);
    jobs.take(job({ id: 3, kind: 'embed', title: 'Embedding with resnet50' }));
    expect(jobs.ofModel('resnet50')?.id).toBe(3);
  });

  it('tells once that a model could not be fetched, not again of what waited for it', () => {
    const app = new App({} as Backend);
    const failed = (kind: JobKind, code: ErrorView['code'], message: string) =>
      app.onEvent({ type: 'job', job: job({ kind, state: 'failed', error: { code, message, hint: null } }) });
    failed('fetch', 'network', 'Nobody answers.');
    failed('embed', 'model_missing', 'It is not here.');
    expect(app.notices.list.map(({ message }) => message)).toEqual(['Nobody answers.']);
    failed('project', 'failed', 'The disk is full.');
    failed('embed', 'model_missing', 'It is not here.');
    expect(app.notices.list).toHaveLength(3);
  });

  it('says good news that nobody asked for', () => {
    const app = new App({} as Backend);
    app.onEvent({ type: 'told', message: 'field-notes: 3 new items.' });
    expect(app.notices.list.map(({ message, tone }) => [message, tone])).toEqual([
      ['field-notes: 3 new items.', 'good'],
    ]);
  });

  it('says the same thing once, and never more than three', () => {
    const app = new App({} as Backend);
    for (const message of ['a', 'b', 'b', 'c', 'd']) app.notices.tell(new Error(message));
    expect(app.notices.list.map(({ message, times }) => `${message}${times}`)).toEqual(['b2', 'c1', 'd1']);
    app.notices.tell({ code: 'cancelled', message: 'Stopped.', hint: null });
    expect(app.notices.list.length).toBe(3);
    app.notices.dismiss(app.notices.list[0]!.id);
    for (const message of ['written', 'e']) app.notices.say(message);
    expect(
      app.notices.list.map(({ message }) => message),
      'good news give way first',
    ).toEqual(['c', 'd', 'e']);
  });

  it('lets good news go after a while, later where there is something to press, and never what went wrong', () => {
    vi.useFakeTimers();
    const { notices } = new App({} as Backend);
    notices.tell(new Error('torn'));
    notices.say('done');
    notices.say('written', { label: 'Show', run: () => {} });
    const left = () => notices.list.map(({ message }) => message);
    vi.advanceTimersByTime(6000);
    expect(left()).toEqual(['torn', 'written']);
    vi.advanceTimersByTime(14_000);
    expect(left()).toEqual(['torn']);
    vi.useRealTimers();
  });
});
