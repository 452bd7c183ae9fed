/** What comes through the door is heard: answers, errors and events have no marked sentences left in them. */
import { expect, test, vi } from 'vitest';
import type { Event } from './wire/Event';
import { tauriBackend } from './tauri';

const { invoke, channels } = vi.hoisted(() => ({ invoke: vi.fn(), channels: [] as ((told: unknown) => void)[] }));
vi.mock('@tauri-apps/api/core', () => ({
  invoke,
  convertFileSrc: String,
  Channel: class {
    constructor(listen: (told: unknown) => void) {
      channels.push(listen);
    }
  },
}));

test('answers, errors and events', async () => {
  invoke.mockResolvedValueOnce({ problems: [{ said: 'The index is damaged.' }] });
  await expect(tauriBackend().getCheck(3)).resolves.toEqual({ problems: ['The index is damaged.'] });

  invoke.mockRejectedValueOnce({ code: 'failed', message: { said: 'Cancelled' }, hint: null });
  await expect(tauriBackend().getItem(7)).rejects.toEqual({ code: 'failed', message: 'Cancelled', hint: null });
  expect(invoke).toHaveBeenLastCalledWith('get_item', { item: 7 });

  const heard: Event[] = [];
  invoke.mockResolvedValueOnce(undefined);
  await tauriBackend().connect({ onEvent: (event) => heard.push(event), onFrame: () => {} });
  channels[0]!({ type: 'told', message: { said: 'Notes: 3 new items.' } });
  expect(heard).toEqual([{ type: 'told', message: 'Notes: 3 new items.' }]);
});
