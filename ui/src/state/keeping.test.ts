import { describe, expect, it, vi } from 'vitest';
import { FakeHost, type Scene } from '../backend/fake/host';
import { App } from './app.svelte';

async function opened(scene: Scene) {
  const host = new FakeHost(scene);
  const begun = vi.fn();
  const app = new App(host, begun);
  await app.connect();
  return { app, host, begun };
}

describe('forgetting', () => {
  it('takes items out of the rows, the places, the selection and the lens', async () => {
    const { app } = await opened('full');
    await vi.waitFor(() => expect(app.columns.places.get(app.map.id!)?.count).toBe(200));
    const set = app.map.set!.id;
    await app.choose(Uint32Array.of(3, 4, 5, 6), 'replace', 'lasso');
    await app.keep(set, 4);
    app.keeping.asking = { what: 'items', items: Uint32Array.of(4, 5) };
    await app.forget();
    await vi.waitFor(() => expect(app.columns.rows.get(set)?.count).toBe(198));
    await vi.waitFor(() => expect(app.columns.places.get(app.map.id!)?.count).toBe(198));
    expect(app.columns.row(set, 4)).toBeUndefined();
    expect(app.columns.row(set, 6)).toBe(4);
    expect(Array.from(app.selection.items!)).toEqual([3, 6]);
    expect([app.lens.kept, app.keeping.asking]).toEqual([null, null]);
    expect(app.notices.list.at(-1)?.message).toBe('2 items forgotten');
  });

  it('takes a map away and shows another of the same model', async () => {
    const { app } = await opened('full');
    const { map, set } = app.map;
    const others = app.workspace.maps.filter((other) => other.set === set!.id && other.id !== map!.id);
    app.keeping.asking = { what: 'map', map: map! };
    await app.forget();
    await vi.waitFor(() => expect(app.workspace.maps.some(({ id }) => id === map!.id)).toBe(false));
    expect(others.map(({ id }) => id)).toContain(app.map.id);
    expect(app.workspace.items).toBe(320);
  });

  it('leaves everything as it is where it is refused', async () => {
    const { app } = await opened('reading');
    expect(app.locked).toMatch(/reading only/);
    await app.choose(Uint32Array.of(3, 4), 'replace', 'lasso');
    app.keeping.asking = { what: 'items', items: Uint32Array.of(3) };
    await app.forget();
    expect([app.selection.count, app.workspace.items]).toEqual([2, 320]);
    expect(app.notices.list[0]?.tone).toBe('bad');
  });
});

describe('the workspace', () => {
  it('is looked through, and mended', async () => {
    const { app } = await opened('damaged');
    await app.keeping.look();
    await vi.waitFor(() => expect(app.keeping.check?.problems.length).toBe(2));
    await app.keeping.mend();
    expect([app.keeping.check?.problems.length, app.keeping.mended?.left.length]).toEqual([0, 0]);
    await app.keeping.look();
    await vi.waitFor(() => expect(app.keeping.check?.problems).toEqual([]));
  });

  it('is looked through as a job, which can be stopped', async () => {
    const { app } = await opened('full');
    await app.keeping.look();
    const { id } = app.jobs.running!;
    await app.jobs.cancel(id);
    await vi.waitFor(() => expect(app.jobs.running).toBeUndefined());
    expect(app.keeping.check).toBeNull();
  });

  it('tells how much room was given back', async () => {
    const { app } = await opened('full');
    await app.keeping.load();
    for (const told of ['25 kB given back', 'There was nothing to give back']) {
      await app.keeping.compact();
      await vi.waitFor(() => expect(app.notices.list.at(-1)?.message).toBe(told));
    }
  });

  it('tells what was written, and the way to it', async () => {
    const { app, host } = await opened('full');
    const shown = vi.spyOn(host, 'showInFolder');
    const all = { set: 1, map: null, items: null, vectors: true, layout: true, clusters: true, tags: true };
    expect(await app.keeping.export({ format: 'csv', ...all })).toBe(true);
    await vi.waitFor(() => expect(app.notices.list.at(-1)?.message).toBe('field-notes.csv is written'));
    app.notices.list.at(-1)?.action?.run();
    expect(shown).toHaveBeenCalledWith({ what: 'job', job: 1 });
    host.startExport = async () => null;
    expect(await app.keeping.export({ format: 'csv', ...all }), 'the dialogue was closed').toBe(false);
  });
});

describe('the desk', () => {
  it('begins anew where another workspace opens, and stays where none does', async () => {
    const { app, begun } = await opened('full');
    expect(app.desk.others.map(({ name }) => name)).toEqual(['Letters 1890–1910', 'support-tickets', 'My workspace']);
    await app.desk.change(2);
    expect([app.desk.refused?.error.message, begun.mock.calls.length]).toEqual([
      'There is no workspace in “support-tickets”',
      0,
    ]);
    await app.desk.change(1);
    expect([app.desk.refused, begun.mock.calls.length]).toEqual([null, 1]);
  });

  it('offers a workspace in use for reading', async () => {
    const { app, begun } = await opened('locked');
    expect([app.desk.bare, app.desk.refused?.reason]).toEqual([true, 'in_use']);
    await app.desk.again(false);
    expect(begun).not.toHaveBeenCalled();
    await app.desk.again(true);
    expect(begun).toHaveBeenCalledOnce();
    const later = new App(app.backend);
    await later.connect();
    expect([later.desk.bare, later.workspace.read_only, later.workspace.items]).toEqual([false, true, 320]);
    await later.desk.write();
    await later.connect();
    expect(later.locked).toBeUndefined();
  });
});
