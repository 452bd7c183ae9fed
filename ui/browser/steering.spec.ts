import { expect, open, test } from './window';

const card = 'This map';

test('a map is paused, steered, ended early and gone on with, from where it moves', async ({ page }) => {
  await open(page, 'full', 200);
  await page.getByRole('button', { name: 'Lay out another map' }).click();
  await page.getByRole('slider', { name: /^Steps/ }).fill('2000');
  await page.getByRole('button', { name: /^Lay out all-MiniLM/ }).click();
  const map = page.getByLabel(card);
  await expect(map.getByText(/iteration [\d,]+ of 2,000/)).toBeVisible();

  await map.getByRole('button', { name: 'Pause' }).click();
  await expect(map.getByText('Paused')).toBeVisible();
  const rested = await map.getByText(/iteration/).textContent();
  await map.getByRole('button', { name: 'Steer' }).click();
  await map.getByRole('slider', { name: /^Attraction/ }).fill('2');
  await expect(map.getByText('× 4.0', { exact: true })).toBeVisible();
  await expect(map.getByText(/attraction × 4\.0 · seed 42 · steered/)).toBeVisible();
  expect(await map.getByText(/iteration/).textContent()).toBe(rested);

  await map.getByRole('button', { name: 'Go on' }).click();
  await expect(map.getByText(/iteration/)).not.toHaveText(rested!);
  await map.getByRole('slider', { name: /^Perplexity/ }).fill('12');
  await expect(map.getByText(/perplexity 12 · attraction × 4\.0/)).toBeVisible();

  await map.getByRole('button', { name: 'Stop here' }).click();
  await expect(map.getByText('trustworthiness')).toBeVisible();
  await expect(map.getByText(/perplexity 12 .* steered · [\d,]+ of 2,000 steps/)).toBeVisible();
  await map.getByRole('button', { name: 'Go on' }).click();
  await expect(map.getByRole('progressbar')).toBeVisible();
  await map.getByRole('button', { name: 'Cancel' }).click();
  await expect(map.getByRole('progressbar')).toBeHidden();
});

test('a fast map says by what it is fast', async ({ page }) => {
  await open(page, 'full', 200);
  await page.getByRole('button', { name: 'Lay out another map' }).click();
  await page.getByRole('checkbox', { name: /^Fast/ }).check();
  await page.getByRole('button', { name: /^Lay out all-MiniLM/ }).click();
  await expect(page.getByLabel(card).getByText(/perplexity 30 · fast, uniform affinities · seed 42/)).toBeVisible();
});

test('other long work rests too, where it is seen', async ({ page }) => {
  await open(page, 'empty');
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  const job = page.getByRole('region', { name: /^Importing/ });
  await job.getByRole('button', { name: 'Pause' }).click();
  await expect(job.getByText(/^Paused: /)).toBeVisible();
  await job.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByLabel(card).getByText('trustworthiness')).toBeVisible();
});
