import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeHost } from '../backend/fake/host';
import type { ErrorView } from '../backend/wire/ErrorView';
import { App } from './app.svelte';

async function opened(ask: boolean, newer: () => Promise<string | null> = async () => '0.2.0') {
  const host = new FakeHost('empty');
  await host.setAskForReleases(ask);
  const asked = vi.spyOn(host, 'newerVersion').mockImplementation(newer);
  const app = new App(host);
  await app.connect();
  await asked.mock.results[0]?.value.catch(() => null);
  await Promise.resolve();
  return { app, host, asked };
}
const said = (app: App) => app.notices.list.map(({ message }) => message);

beforeEach(() => {
  vi.restoreAllMocks();
});

describe('at the start', () => {
  it('nobody is asked unless that is switched on', async () => {
    const { app, asked } = await opened(false);
    expect(asked).not.toHaveBeenCalled();
    expect([app.releases.ask, app.releases.newer]).toEqual([false, null]);
  });

  it('a newer version is told once, and is no notice that comes to lie over something', async () => {
    const { app, asked } = await opened(true);
    expect(asked).toHaveBeenCalledOnce();
    expect([app.releases.newer, said(app)]).toEqual(['Version 0.2.0 has been published', []]);
  });

  it('nothing is said where nothing is newer, or where it failed', async () => {
    for (const answer of [async () => null, () => Promise.reject(new Error('gone'))]) {
      const { app } = await opened(true, answer);
      expect([app.releases.newer, said(app)]).toEqual([null, []]);
    }
  });
});

describe('looking now', () => {
  const failed: ErrorView = { code: 'network', message: 'Could not look: HF_HUB_OFFLINE', hint: null };

  it('answers in one sentence, whatever comes of it', async () => {
    const { app, host } = await opened(false);
    await app.releases.choose(true);
    const look = async (answer: Awaited<ReturnType<typeof host.lookForRelease>> | ErrorView) => {
      const asked = vi.spyOn(host, 'lookForRelease');
      if ('code' in answer) asked.mockRejectedValue(answer);
      else asked.mockResolvedValue(answer);
      await app.releases.look();
      expect(app.releases.looking).toBe(false);
      return app.releases.found;
    };
    expect(await look({ found: 'newer', version: '0.3.0' })).toEqual({
      said: 'Version 0.3.0 has been published',
      newer: true,
    });
    expect(await look({ found: 'newest' })).toEqual({ said: 'This is the newest version.', newer: false });
    expect(await look({ found: 'nothing' })).toEqual({ said: 'No version has been published yet.', newer: false });
    expect(await look(failed)).toEqual({ said: failed.message, newer: false });
    expect(said(app)).toEqual([]);
  });

  it('is forgotten when it is switched off', async () => {
    const { app, host } = await opened(true);
    await app.releases.look();
    await app.releases.choose(false);
    expect(app.releases.found).toBeNull();
    await expect(host.lookForRelease()).rejects.toMatchObject({ code: 'network' });
  });
});
