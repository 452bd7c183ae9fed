import { counter, expect, open, search, test } from './window';

test('search lists the nearest and brings one under the lens', async ({ page }) => {
  await open(page, 'full', 200);
  await search(page, 'a loan from the bank');
  await expect(page.getByText('20 nearest of 200')).toBeVisible();
  const first = page.locator('#lens .item').first();
  await expect(first).toContainText('money/banking.csv');
  await first.click();
  await expect(page.getByRole('tab', { name: 'Item' })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await page.getByRole('tab', { name: 'Search' }).click();
  await expect(page.getByText(/Type a meaning/)).toBeVisible();
});

test('a search on a map of pictures says where its answers are', async ({ page }) => {
  await open(page, 'full', 200);
  await page.getByRole('button', { name: '120 pictures are on another map' }).click();
  await search(page, 'a telescope');
  await page.getByRole('button', { name: 'Show its map' }).click();
  await expect(counter(page)).toContainText('200 total');
  await expect(page.getByRole('button', { name: 'Show its map' })).toBeHidden();
});

test('the matrix shows a pair, selects a block, and leads back to the map', async ({ page }) => {
  await open(page, 'full', 200);
  await page.getByRole('button', { name: 'Matrix' }).click();
  await expect(page.getByText(/200 items · cosine/)).toBeVisible();
  const heat = page.getByRole('application', { name: /Similarities of 200 items/ });
  const box = (await heat.boundingBox())!;
  const at = (x: number, y: number) => [box.x + box.width * x, box.y + box.height * y] as const;
  await page.mouse.move(...at(0.5, 0.5));
  await expect(page.getByText('cosine similarity')).toBeVisible();
  await page.mouse.down();
  await page.mouse.move(...at(0.55, 0.6), { steps: 6 });
  await page.mouse.up();
  await expect(page.getByText(/\d+ items selected/)).toBeVisible();
  await page.getByRole('button', { name: 'Show on the map' }).click();
  await expect(page.getByRole('tab', { name: /^Selection \d+/ })).toBeVisible();
});

test('an item that is kept from the matrix is kept on the map, and that is undone', async ({ page }) => {
  await open(page, 'full', 200);
  await page.getByRole('button', { name: 'Matrix' }).click();
  await page.getByRole('application', { name: /Similarities of 200 items/ }).click();
  await page.keyboard.press('1');
  const kept = page.locator('#lens').getByText('Nearest in the full space');
  await expect(kept).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(kept).toBeHidden();
});

test('two models side by side', async ({ page }) => {
  await open(page, 'full', 200);
  await page.getByRole('button', { name: 'Compare' }).click();
  await expect(page.getByRole('application')).toHaveCount(2);
  await expect(page.getByText('aligned to A')).toBeVisible();
  await expect(page.getByText('200 shown')).toHaveCount(2);
  await expect(page.getByRole('row', { name: /all-MiniLM-L6-v2 384/ })).toContainText('412 /s');

  // Groups first, in words; then items, with both their neighbourhoods.
  await expect(page.getByText(/In A near “.+”; in B near “.+”\.|Almost the same|inside it/).first()).toBeVisible();
  await page.locator('.moved').last().locator('.item').first().click();
  await expect(page.getByRole('list', { name: 'Nearest in A' }).getByRole('button')).toHaveCount(10);
  await expect(page.getByRole('list', { name: 'Nearest in B' }).getByRole('button')).toHaveCount(10);
  await expect(page.getByRole('button', { name: 'Release', exact: true })).toBeVisible();
  await page
    .getByRole('button', { name: /^Select \d+ items? with/, disabled: false })
    .last()
    .click();
  await expect(page.getByText(/\d+ items? selected/)).toBeVisible();
  await page.getByLabel('Colour by').selectOption('kept');
  await expect(page.getByText('none kept')).toBeVisible();

  await page.getByRole('button', { name: 'Swap A and B' }).click();
  await expect(page.getByLabel('Model A')).toHaveValue('3');
  await expect(page.getByText('aligned to A')).toBeVisible();
});

test('up to four maps, one that becomes another, and pairs subtracted', async ({ page }) => {
  await open(page, 'full', 200);
  await page.getByRole('button', { name: 'Compare' }).click();
  await expect(page.getByText('200 shown')).toHaveCount(2);
  const add = page.getByRole('button', { name: 'Add a map' });
  await add.click();
  await add.click();
  await expect(page.getByText('200 shown')).toHaveCount(4);
  await expect(add).toBeHidden();
  await page.getByLabel('Compared', { exact: true }).selectOption('2');
  await page.getByLabel('Compared with').selectOption('1');
  await expect(page.getByText('Neighbours in common, k = 10')).toBeVisible();
  // What is searched for lights up on every map, and stays here.
  const box = page.getByLabel('Search by meaning');
  await box.fill('bread in the oven');
  await box.press('Enter');
  await expect(page.getByText('Nearest to “bread in the oven”')).toBeVisible();

  await page.getByRole('button', { name: 'Morph' }).click();
  const slider = page.getByLabel('From one map to the other');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(slider).toHaveValue('1');
  await page.getByRole('button', { name: 'Pairs', exact: true }).click();
  await expect(page.getByRole('application', { name: 'Differences of 200 items, every pair a cell' })).toBeVisible();
  await page.getByRole('button', { name: 'Side by side' }).click();
  await page.getByRole('button', { name: 'Take map D away' }).click();
  await expect(page.getByRole('application')).toHaveCount(3);
});

test('models of pictures show them side by side', async ({ page }) => {
  // A canvas that a picture was drawn on says so.
  await page.addInitScript(() => {
    const { drawImage } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.drawImage = function (this: CanvasRenderingContext2D, ...given: unknown[]) {
      if (given[0] instanceof HTMLImageElement) this.canvas.dataset.pictured = '';
      Reflect.apply(drawImage, this, given);
    };
  });
  await open(page, 'full', 200);
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByLabel('Model A').selectOption('builtin-image');
  await page
    .getByRole('listitem')
    .filter({ hasText: 'resnet50' })
    .getByRole('button', { name: /^Fetch/ })
    .click();
  await expect(page.getByText('aligned to A')).toBeVisible();
  await expect(page.getByText('120 shown')).toHaveCount(2);
  const pictured = page.getByRole('application').filter({ has: page.locator('[data-pictured]') });
  await expect(pictured).toHaveCount(2);
  const pictures = page.getByRole('button', { name: /^Pictures/ });
  await pictures.click();
  await expect(pictures).toHaveAttribute('aria-pressed', 'false');
});

test('shapes join colours on maps side by side', async ({ page }) => {
  await open(page, 'full', 200);
  await page.getByRole('button', { name: 'Compare' }).click();
  await expect(page.getByText('200 shown')).toHaveCount(2);
  const shapes = page.getByRole('button', { name: 'Shapes beside colours' });
  await page.getByLabel('Colour by').selectOption('kept');
  await expect(shapes).toHaveCount(0);
  await page.getByLabel('Colour by').selectOption('file');
  await shapes.click();
  await expect(shapes).toHaveAttribute('aria-pressed', 'true');
  const second = page.getByRole('application').last();
  const shaped = await second.screenshot();
  await page.keyboard.press('o');
  await expect(shapes).toHaveAttribute('aria-pressed', 'false');
  await expect.poll(async () => (await second.screenshot()).equals(shaped)).toBe(false);
});

test('a lone model is offered company', async ({ page }) => {
  await open(page, 'empty');
  await page.getByRole('button', { name: 'Try the sample' }).click();
  const plan = page.getByRole('dialog');
  await plan.getByRole('combobox', { name: 'Pictures', exact: true }).selectOption('keep without vectors');
  await plan.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByLabel('This map').getByText(/trustworthiness/)).toBeVisible();
  await page.getByRole('button', { name: 'Compare' }).click();
  await expect(page.getByText('Embed the same items with another model')).toBeVisible();
  await page.getByRole('listitem').filter({ hasText: 'builtin-text' }).getByRole('button', { name: 'Embed' }).click();
  await expect(page.getByText('aligned to A')).toBeVisible();
});

test('the theme is chosen, kept, and follows the system', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await open(page, 'full', 200);
  const root = page.locator('html');
  await expect(root).toHaveAttribute('data-theme', 'dark');
  await page.getByRole('button', { name: /^Theme: as the system/ }).click();
  await expect(root).toHaveAttribute('data-theme', 'light');
  await page.reload();
  await expect(root).toHaveAttribute('data-theme', 'light');
  await page.getByRole('button', { name: /^Theme: light/ }).click();
  await expect(root).toHaveAttribute('data-theme', 'dark');
});

test('what goes wrong is said once, with what to do next', async ({ page }) => {
  await open(page, 'failing', 200);
  const box = page.getByLabel('Search by meaning');
  // Asked a moment after the last key, and once more on Enter.
  await box.fill('anything');
  const notice = page.getByRole('status');
  await expect(notice).toContainText('could not be read: it ends after 12 MB of 91.');
  await expect(notice).toContainText('Fetch the model again.');
  await box.press('Enter');
  await expect(notice).toContainText('2 times');
  await notice.getByRole('button', { name: 'Dismiss' }).click();
  await expect(notice).toBeEmpty();
});
