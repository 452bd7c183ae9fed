import { accessible, expect, open, search, stage, test } from './window';

test('one item is a map, a table and a text to read, and says what it is too few for', async ({ page }) => {
  await open(page, 'one');
  await expect(page.getByText('1 shown · 1 loaded · 1 total')).toBeVisible();
  await expect(page.getByLabel('This map').getByText(/of variance|trustworthiness/)).toBeHidden();
  await search(page, 'bread');
  await page.locator('#lens .item').first().click();
  await expect(page.getByText('There is no other item.')).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: 'Matrix' }).click();
  await expect(page.getByText('There is nothing to compare yet.')).toBeVisible();
  await page.getByRole('button', { name: 'Table' }).click();
  await expect(page.getByText('1 item', { exact: true })).toBeVisible();
  await accessible(page);
});

test('two items lie along one direction, and are too few to compare models by', async ({ page }) => {
  await open(page, 'two', 2);
  await expect(page.getByLabel('This map').getByText('100 %', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Compare' }).click();
  await expect(page.getByText('There is too little to compare')).toBeVisible();
  await expect(page.getByText('2 items are here')).toBeVisible();
  await expect(page.getByText('What changed between two models is told here.')).toBeVisible();
  await accessible(page);
});

test('without a connection it is said what needs one, and what does not', async ({ page }) => {
  await open(page, 'offline', 200);
  await page.keyboard.press('m');
  const region = page.getByRole('region', { name: 'Models' });
  await region.getByRole('button', { name: 'Fetch resnet50' }).click();
  await expect(page.getByRole('status')).toContainText('could not reach huggingface.co');
  await expect(page.getByRole('status')).toContainText('the built-in models need none');
  await region.getByRole('button', { name: 'Hub' }).click();
  await region.getByLabel('Search the hub').fill('small');
  await region.getByLabel('Search the hub').press('Enter');
  await expect(region.getByText('The hub did not answer.')).toBeVisible();
  await accessible(page);
});

test('too little memory costs the job that wanted it, and says what to do', async ({ page }) => {
  await open(page, 'memory', 200);
  await page.keyboard.press('m');
  const region = page.getByRole('region', { name: 'Models' });
  await region.getByRole('button', { name: 'Fetch clip-vit-base-patch32' }).click();
  await region.getByRole('button', { name: 'Embed with clip-vit-base-patch32' }).click();
  await expect(page.getByRole('status')).toContainText('needs more memory than the graphics card has');
  await expect(page.getByRole('status')).toContainText('choose a smaller model');
  await expect(region.getByRole('button', { name: 'Embed with clip-vit-base-patch32' })).toBeEnabled();
  await accessible(page);
});

test('without WebGL 2 the map says so, and leads to the table', async ({ page }) => {
  await page.addInitScript(() => {
    const context = HTMLCanvasElement.prototype.getContext as (this: HTMLCanvasElement, ...of: unknown[]) => unknown;
    HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, ...rest: unknown[]) {
      return kind.startsWith('webgl') ? null : context.call(this, kind, ...rest);
    } as typeof HTMLCanvasElement.prototype.getContext;
  });
  await open(page, 'full');
  await expect(page.getByText('this window has no WebGL 2')).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: 'Show the table' }).click();
  await expect(page.getByText('320 items', { exact: true })).toBeVisible();
});

test('a card that was lost comes back with the points', async ({ page }) => {
  await open(page, 'full', 200);
  await page.mouse.move(5, 5);
  const seen = () => stage(page).screenshot();
  const before = await seen();
  const card = await stage(page)
    .locator('canvas')
    .first()
    .evaluateHandle((canvas: HTMLCanvasElement) => canvas.getContext('webgl2')!.getExtension('WEBGL_lose_context')!);
  await card.evaluate((card) => card.loseContext());
  await expect.poll(async () => (await seen()).equals(before)).toBe(false);
  await card.evaluate((card) => card.restoreContext());
  await expect.poll(async () => (await seen()).equals(before)).toBe(true);
});

test('a newer version is told only where looking for one was switched on', async ({ page }) => {
  const news = page.getByText('Version 0.2.0 has been published');
  await open(page, 'full', 200);
  await page.keyboard.press('Control+,');
  const sheet = page.getByRole('dialog', { name: 'Settings' });
  const ask = sheet.getByRole('checkbox', { name: 'Look for newer versions' });
  await expect(ask).not.toBeChecked();
  await expect(sheet.getByText('GitHub is asked for the newest version')).toBeVisible();
  await expect(sheet.getByRole('button', { name: 'Look now' })).toHaveCount(0);
  await expect(news).toHaveCount(0);

  await ask.check();
  await sheet.getByRole('button', { name: 'Look now' }).click();
  await expect(sheet.getByText('Version 0.2.0 has been published')).toBeVisible();
  await expect(sheet.getByRole('button', { name: 'Show its page' })).toBeVisible();
  await accessible(page);

  await open(page, 'full', 200);
  await expect(news).toBeVisible();
  await page.getByRole('button', { name: 'Show its page' }).click();
  await accessible(page);
  // It takes room of its own, so that nothing lies under it, however small the window is.
  for (const size of [undefined, { width: 900, height: 600 }, { width: 720, height: 480 }]) {
    if (size) await page.setViewportSize(size);
    const [line, main] = await Promise.all([
      page.locator('[aria-live]', { has: news }).boundingBox(),
      page.getByRole('main').boundingBox(),
    ]);
    expect(main!.y + main!.height).toBeLessThanOrEqual(line!.y);
    expect(line!.y + line!.height).toBe(page.viewportSize()!.height);
  }
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(news).toHaveCount(0);

  await open(page, 'offline', 200);
  await page.keyboard.press('Control+,');
  await expect(news).toHaveCount(0);
  await sheet.getByRole('button', { name: 'Look now' }).click();
  await expect(sheet.getByText('Could not look: api.github.com could not be reached')).toBeVisible();
  await ask.uncheck();
  await expect(sheet.getByText('Could not look')).toHaveCount(0);
});
