import { counter, drawAround, expect, hoverPoint, open, shown, stage, test } from './window';

test('from the first screen to a selection on a living map', async ({ page }) => {
  await open(page, 'empty');
  await expect(page.getByRole('heading', { name: /Drop texts and pictures/ })).toBeVisible();

  await page.getByRole('button', { name: 'Try the sample' }).click();
  const plan = page.getByRole('dialog', { name: 'What was found' });
  await expect(plan.getByText('132 files')).toBeVisible();
  await plan.getByRole('button', { name: 'Start' }).click();
  await expect(plan).toBeHidden();

  await expect(page.getByRole('progressbar').first()).toBeVisible();
  await expect(counter(page)).toHaveText(shown(200));
  await expect(page.getByText(/iteration \d+ of 400/).first()).toBeVisible();
  await expect(page.getByLabel('This map').getByText(/trustworthiness/)).toBeVisible();
  await expect(page.getByRole('button', { name: '120 pictures are on another map' })).toBeVisible();

  await page.getByRole('button', { name: '1 file left out' }).click();
  await expect(page.getByRole('dialog').getByText('it holds no text')).toBeVisible();
  await page.keyboard.press('Escape');

  await hoverPoint(page);
  const card = page.getByRole('group', { name: 'Item under the pointer' });
  await expect(card.getByText('Nearest in the full space')).toBeVisible();
  await card.hover({ position: { x: 8, y: 8 } });
  await expect(card, 'the card is held while the pointer is on it').toBeVisible();
  await card.getByRole('button').first().click();
  await expect(page.getByRole('tab', { name: 'Item' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByText('Nearest in the full space')).toBeVisible();

  await page.getByRole('button', { name: /^Lasso/ }).click();
  await drawAround(page);
  const tab = page.getByRole('tab', { name: /^Selection/ });
  await expect(tab).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByText(/\d+ items? · lasso/)).toBeVisible();
  const chosen = Number((await tab.textContent())!.match(/\d+/)![0]);
  expect(chosen).toBeGreaterThan(20);
  await expect(page.locator('#lens ol .item')).toHaveCount(Math.min(chosen, 200));
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(tab).toHaveText('Selection');
});

test('a click on a point keeps its item', async ({ page }) => {
  await open(page, 'full', 200);
  await hoverPoint(page);
  const title = await page
    .getByRole('group', { name: 'Item under the pointer' })
    .getByRole('paragraph')
    .first()
    .textContent();
  await page.mouse.down();
  await page.mouse.up();
  await expect(page.getByRole('tabpanel').getByText(title!).first()).toBeVisible();
  await page.getByRole('button', { name: 'How it became numbers' }).click();
  await expect(page.getByText('token vectors')).toBeVisible();
});

test('work can be stopped, and what is done is kept', async ({ page }) => {
  await open(page, 'running', 200);
  const next = page.getByRole('region', { name: 'Fetching clip-vit-base-patch32' });
  await expect(next.getByText('Waiting for its turn')).toBeVisible();
  await page.getByLabel('This map').getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByLabel('This map').getByRole('progressbar')).toBeHidden();
  await expect(counter(page)).toHaveText(shown(200));
  await next.getByRole('button', { name: 'Cancel' }).click();
  await expect(next).toBeHidden();
});

test('another map, another set, other colours', async ({ page }) => {
  await open(page, 'full', 200);
  await page.getByRole('button', { name: '120 pictures are on another map' }).click();
  await expect(counter(page)).toHaveText(shown(120));
  await page.getByRole('button', { name: '200 texts are on another map' }).click();
  await expect(counter(page)).toHaveText(shown(200));

  await page.getByRole('combobox', { name: 'Colour by' }).selectOption('column:year');
  await expect(page.getByRole('button', { name: /^2019 / })).toBeVisible();
  await page.getByRole('button', { name: /^2019 / }).click();
  await expect(page.getByText(/items · 2019/)).toBeVisible();

  await page.getByRole('button', { name: 'Lay out another map' }).click();
  await page.getByRole('button', { name: /^Lay out all-MiniLM/ }).click();
  await expect(page.getByRole('button', { name: /^t-SNE all-MiniLM-L6-v2/ })).toHaveCount(2);
});

test('sixty thousand points are all drawn', async ({ page }) => {
  await open(page, 'huge', 60_000);
  await expect(stage(page)).toHaveAccessibleName(/60,000 items/);
});

test('forgetting asks first, and leads back to the beginning', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('w');
  await page.getByRole('button', { name: 'Forget everything…' }).click();
  const asked = page.getByRole('dialog');
  await expect(asked.getByText('320 items')).toBeVisible();
  await asked.getByRole('button', { name: 'Keep' }).click();
  await expect(asked).toBeHidden();
  await page.getByRole('button', { name: 'Forget everything…' }).click();
  await asked.getByRole('button', { name: 'Forget', exact: true }).click();
  await expect(page.getByText('Nothing yet. Drop files')).toBeVisible();
  await page.keyboard.press('w');
  await expect(page.getByRole('button', { name: 'Try the sample' })).toBeVisible();
});

for (const [what, name] of [
  ['text', 'Pasted text'],
  ['picture', 'Pasted picture'],
] as const)
  test(`a pasted ${what} is planned, but not what is pasted into a field`, async ({ page }) => {
    await open(page, 'full', 200);
    const paste = (selector: string) =>
      page.evaluate(
        ([selector, what]) => {
          const clipboardData = new DataTransfer();
          if (what === 'text') clipboardData.setData('text/plain', 'A cat sat on the mat.');
          else clipboardData.items.add(new File([new Uint8Array(8)], 'clip.png', { type: 'image/png' }));
          const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
          document.querySelector(selector)!.dispatchEvent(event);
        },
        [selector, what] as const,
      );
    await paste('[aria-label="Search by meaning"]');
    await paste('body');
    const plan = page.getByRole('dialog', { name: 'What was found' });
    await expect(plan.getByText(name)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(plan).toBeHidden();
  });
