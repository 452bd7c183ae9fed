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

test('what is on its way says so in every view, and claims nothing before it is known', async ({ page }) => {
  await open(page, 'waiting');
  await expect(page.getByText('The points of this map are on their way.')).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: 'Health of the vectors' }).click();
  await expect(page.getByText('Measuring…')).toBeVisible();
  await page.getByLabel('Search by meaning').fill('anything');
  await page.getByLabel('Search by meaning').press('Enter');
  await expect(page.getByText('Searching…')).toBeVisible();
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await expect(page.getByText('Comparing the two spaces…')).toBeVisible();
  await accessible(page);
  await page.keyboard.press('3');
  await expect(page.getByText('Computing…')).toBeVisible();
  await expect(page.getByText('There is nothing to compare yet.')).toHaveCount(0);
  await page.keyboard.press('4');
  await expect(page.getByText('Counting…')).toBeVisible();
  await expect(page.getByText('There is nothing here yet.')).toHaveCount(0);
  await accessible(page);
  await page.keyboard.press('w');
  await expect(page.getByRole('heading', { name: 'field-notes' })).toBeVisible();
  await expect(page.getByText('Nothing was computed here yet.')).toHaveCount(0);
  await page.keyboard.press('m');
  const region = page.getByRole('region', { name: 'Models' });
  await region.getByRole('button', { name: 'Recommend' }).click();
  await expect(region.getByText('No model of the catalogue')).toHaveCount(0);
  await region.getByRole('button', { name: 'Hub' }).click();
  await region.getByLabel('Search the hub').fill('small');
  await region.getByLabel('Search the hub').press('Enter');
  await expect(region.getByRole('button', { name: 'Searching' })).toBeDisabled();
  await expect(region.getByText('Nothing was found')).toHaveCount(0);
});

test('where nothing is kept, selected or found, it is said what to do', async ({ page }) => {
  await open(page, 'full', 200);
  const lens = page.locator('#lens');
  await page.keyboard.press('x');
  await expect(lens.getByRole('button', { name: 'Lay out', exact: true })).toBeDisabled();
  await expect(lens.getByRole('button', { name: 'Find', exact: true })).toBeDisabled();
  await page.getByRole('tab', { name: 'Item' }).click();
  await expect(lens.getByText('Click a point, or choose one from a list')).toBeVisible();
  await page.getByRole('tab', { name: 'Selection' }).click();
  await expect(lens.getByText('Draw around points with the lasso')).toBeVisible();
  for (const [key, action] of [
    ['s', 'Keep the selection under a name'],
    ['d', 'Forget the selected items'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.keyboard.press('Control+k');
    await page.keyboard.type(action);
    await expect(page.getByRole('option', { name: action })).toContainText('Nothing is selected');
    await page.keyboard.press('Escape');
  }
  await page.keyboard.press('Control+k');
  await page.keyboard.type('zebra');
  await expect(page.getByText('Nothing is called “zebra”.')).toBeVisible();
  await accessible(page);
  await page.keyboard.press('Escape');

  await page.keyboard.press('4');
  await page.getByLabel('List items that hold these words').fill('zebra');
  await expect(page.getByText('No item passes these filters.')).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: 'Lift: text holds “zebra”' }).click();
  await expect(page.getByText('320 items', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Filter Tags' }).click();
  await expect(page.getByText('There is no value yet.')).toBeVisible();

  await page.keyboard.press('Escape');
  await page.keyboard.press('m');
  const region = page.getByRole('region', { name: 'Models' });
  await region.getByRole('button', { name: 'Hub' }).click();
  await region.getByLabel('Search the hub').fill('zebra');
  await region.getByLabel('Search the hub').press('Enter');
  await expect(region.getByText('Nothing was found. Fewer words find more.')).toBeVisible();
  await region.getByRole('button', { name: 'Recommend' }).click();
  await region.getByRole('combobox', { name: /^Of/ }).selectOption('both');
  await region.getByRole('combobox', { name: /^Download/ }).selectOption('100');
  await expect(region.getByText('No model of the catalogue does all of that.')).toBeVisible();
  await accessible(page);

  await open(page, 'empty');
  await expect(page.getByRole('button', { name: 'Open files…' })).toBeVisible();
  await page.keyboard.press('w');
  await expect(page.getByText('Nothing was computed here yet.')).toBeVisible();
  await expect(page.getByText('Nothing yet. Drop files anywhere in the window to begin.')).toBeVisible();
  await accessible(page);
});

test('what fails says so where it was asked, and can be asked again', async ({ page }) => {
  await open(page, 'failing', 200);
  const notice = page.getByRole('status');
  await page.keyboard.press('2');
  await expect(page.getByText('This comparison could not be made.')).toBeVisible();
  await expect(notice).toContainText('could not be read');
  await accessible(page);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(notice).toContainText('2 times');
  await page.getByRole('tab', { name: 'Which is better' }).click();
  await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
  await expect(notice).toContainText('3 times');
  await expect(page.getByRole('button', { name: 'Evaluate', exact: true })).toBeEnabled();
  await page.keyboard.press('e');
  const sheet = page.getByRole('dialog', { name: 'Export' });
  await sheet.getByRole('button', { name: 'Save as…' }).click();
  await expect(sheet.getByRole('status')).toContainText('4 times');
  await expect(sheet, 'what was chosen is not lost').toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('1');
  await page.getByRole('button', { name: 'Lay out another map' }).click();
  await page.getByRole('button', { name: /^Lay out all-MiniLM/ }).click();
  await expect(notice).toContainText('5 times');
  await expect(page.getByRole('button', { name: /^Lay out all-MiniLM/ }), 'nor is the form').toBeEnabled();
  await page.keyboard.press('Shift+S');
  const plan = page.getByRole('dialog', { name: 'What was found' });
  await plan.getByRole('button', { name: 'Start' }).click();
  await expect(plan.getByRole('status')).toContainText('6 times');
  await expect(plan.getByRole('button', { name: 'Start' })).toBeEnabled();
});

test('two items are a matrix of two, and what is embedded in part says how much', async ({ page }) => {
  await open(page, 'two', 2);
  await page.keyboard.press('3');
  await expect(page.getByText('2 items · cosine')).toBeVisible();
  await page.getByRole('application', { name: /Similarities of 2 items/ }).press('ArrowRight');
  await expect(page.getByText('cosine similarity')).toBeVisible();
  await accessible(page);

  await page.clock.install();
  await open(page, 'full', 200);
  await page.keyboard.press('m');
  const region = page.getByRole('region', { name: 'Models' });
  await region.getByRole('button', { name: 'Fetch resnet50' }).click();
  const embed = region.getByRole('button', { name: 'Embed with resnet50' });
  await expect(embed).toBeEnabled();
  await page.clock.pauseAt(Date.now() + 3_600_000);
  await embed.click();
  await page.clock.runFor(100);
  await page.keyboard.press('1');
  const job = page.getByRole('region', { name: 'Embedding with resnet50' });
  await job.getByRole('button', { name: 'Pause' }).click();
  await expect(job.getByText(/^Paused/)).toBeVisible();
  await page.clock.resume();
  const library = page.getByRole('complementary', { name: 'What there is' });
  await expect(library.getByRole('progressbar', { name: 'resnet50 embedded' })).toBeVisible();
  await accessible(page);
  await job.getByRole('button', { name: 'Cancel' }).click();
  await expect(job).toBeHidden();
  await expect(library.getByRole('button', { name: /^resnet50 \d+ of 120/ })).toBeVisible();
  // What was stopped goes on.
  const rest = library.getByRole('button', { name: /^Embed the other \d+ with resnet50/ });
  await rest.click();
  await expect(rest).toHaveCount(0);
  await expect(library.getByRole('button', { name: /^resnet50 2048 dims/ })).toBeVisible();
});

test('names are drawn anew when their letters come in', async ({ page }) => {
  await page.addInitScript(() => {
    const { fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillText = function (this: CanvasRenderingContext2D, ...given) {
      document.documentElement.dataset.drawn = String(Number(document.documentElement.dataset.drawn ?? 0) + 1);
      fillText.apply(this, given);
    };
  });
  await open(page, 'full', 200);
  await page.mouse.move(5, 5);
  const drawn = () => page.evaluate(() => Number(document.documentElement.dataset.drawn));
  let before = -1;
  await expect.poll(async () => before === (before = await drawn()), { intervals: [500] }).toBe(true);
  await page.evaluate(() => document.fonts.load("600 13px 'Inter Variable'", 'Поезд'));
  await expect.poll(drawn).toBeGreaterThan(before);
});
