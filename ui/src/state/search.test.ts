import { expect, test } from 'vitest';
import type { Backend } from '../backend/backend';
import { History } from './history.svelte';
import { Notices } from './notices.svelte';
import { Search } from './search.svelte';

const notices = new Notices();

test('more answers are asked for by the same question', async () => {
  const asked: number[] = [];
  const backend = {
    search: ({ k }: { k: number }) => {
      asked.push(k);
      const hits = Array.from({ length: k }, () => ({ item: {}, similarity: 0.5 }));
      return Promise.resolve({ hits, searched: 90, exact: true, typical: 0.1, elapsed_ms: 1 });
    },
  } as unknown as Backend;
  let told = 0;
  const search = new Search(
    backend,
    notices,
    new History(notices),
    () => 1,
    () => told++,
  );
  search.text = 'harbour';
  await search.ask();
  await search.more();
  expect([asked, search.answer!.hits.length, told]).toEqual([[20, 40], 40, 1]);
});

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
    notices,
    new History(notices),
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
