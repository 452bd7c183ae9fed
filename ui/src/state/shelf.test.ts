import { describe, expect, it, vi } from 'vitest';
import { FakeHost, type Scene } from '../backend/fake/host';
import { App } from './app.svelte';

async function opened(scene: Scene = 'empty') {
  const app = new App(new FakeHost(scene));
  await app.connect();
  return app;
}

describe('texts that would leave this computer', () => {
  it('are sent to nobody before the user agrees', async () => {
    const app = await opened();
    const start = vi.spyOn(app.backend, 'startEmbedding');
    await app.embed('openai:text-embedding-3-small');
    expect(start).not.toHaveBeenCalled();
    expect(app.shelf.sending).toMatchObject({ host: 'api.openai.com', texts: 200, allowed: false });
    app.shelf.sending = null;
    await app.send();
    expect(start).not.toHaveBeenCalled();
  });

  it('are sent once the user agrees, and the provider is allowed', async () => {
    const app = await opened();
    const start = vi.spyOn(app.backend, 'startEmbedding').mockResolvedValue(7);
    await app.embed('openai:text-embedding-3-small');
    await app.send();
    expect(start).toHaveBeenCalledExactlyOnceWith('openai:text-embedding-3-small');
    expect(app.shelf.sending).toBeNull();
    expect(app.shelf.providers.find(({ name }) => name === 'openai')?.allowed).toBe(true);
  });

  it('go to a server on this computer without a question', async () => {
    const app = await opened();
    const start = vi.spyOn(app.backend, 'startEmbedding').mockResolvedValue(7);
    await app.embed('ollama:nomic-embed-text');
    expect(start).toHaveBeenCalledOnce();
    expect(app.shelf.sending).toBeNull();
  });
});

describe('the hub', () => {
  it('is asked only when there are words, and what was found stays when it fails', async () => {
    const app = await opened();
    await app.shelf.search();
    expect(app.shelf.found).toBeNull();
    app.shelf.words = 'small';
    await app.shelf.search();
    expect(app.shelf.found?.length).toBe(5);
    await app.shelf.look('someone/jamba-small');
    expect(app.shelf.looked?.problems.length).toBe(2);
    vi.spyOn(app.backend, 'searchHub').mockRejectedValue({ code: 'network', message: 'No way there', hint: null });
    await app.shelf.search();
    expect([app.shelf.found?.length, app.shelf.busy]).toEqual([5, null]);
    expect(app.notices.list.at(-1)?.message).toBe('No way there');
  });

  it('gives models that are listed from then on, and can be deleted', async () => {
    const app = await opened();
    await app.fetchModel('thenlper/gte-small');
    await vi.waitFor(() => expect(app.model('thenlper/gte-small')?.presence).toBe('present'));
    await app.shelf.remove(app.model('thenlper/gte-small')!);
    expect(app.model('thenlper/gte-small')?.presence).toBe('missing');
  });
});
