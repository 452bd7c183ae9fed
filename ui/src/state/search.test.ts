import { expect, test } from 'vitest';
import type { Backend } from '../backend/backend';
import { Notices } from './notices.svelte';
import { Search } from './search.svelte';

test('a question under way is not asked a second time, and one that failed is', async () => {
  let asked = 0;
  const backend = {
    search: () => {
      asked++;
      return Promise.reject(new Error('no such model'));
    },
  } as unknown as Backend;
  const search = new Search(
    backend,
    new Notices(),
    () => 1,
    () => undefined,
  );
  search.text = 'harbour';
  const first = search.ask();
  expect(search.busy).toBe(true);
  await Promise.all([first, search.ask()]);
  expect(asked).toBe(1);
  expect(search.busy).toBe(false);
  await search.ask();
  expect(asked).toBe(2);
});
