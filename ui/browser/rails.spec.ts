/** The rails beside the stage, in windows of every width: beside it, folded to signs, and over it. */
import type { Locator, Page } from '@playwright/test';
import { counter, expect, open, stage, test } from './window';

const left = (page: Page) => page.getByRole('complementary', { name: 'What there is' });
const right = (page: Page) => page.getByRole('complementary', { name: 'Under the lens' });
const [LEFT, RIGHT, STRIP] = [248, 320, 44];

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

async function box(of: Locator): Promise<Box> {
  const { x, y, width, height } = (await of.boundingBox())!;
  return { left: x, top: y, right: x + width, bottom: y + height };
}
const width = async (of: Locator) => Math.round((await of.boundingBox())!.width);
const apart = (a: Box, b: Box) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;

/** The stage fills what the rails leave, from the bar to the foot of the window. */
async function fills(page: Page, [from, to]: [number, number]): Promise<void> {
  const { width, height } = page.viewportSize()!;
  await expect.poll(async () => (await box(stage(page))).left - from, 'beside the left rail').toBeLessThanOrEqual(1);
  const on = await box(stage(page));
  expect(on.left).toBeGreaterThanOrEqual(from);
  expect(Math.abs(width - to - on.right), 'beside the right rail').toBeLessThanOrEqual(1);
  expect(on.bottom).toBe(height);
}

test('rails stand beside the stage, fold to signs where it is narrow, and open over it', async ({ page }) => {
  await open(page, 'full', 200);
  const bodies = [left(page).locator('.rail'), right(page).locator('.rail')] as const;
  expect(await width(bodies[0])).toBe(LEFT);
  expect(await width(bodies[1])).toBe(RIGHT);
  await fills(page, [LEFT, RIGHT]);

  await page.setViewportSize({ width: 1180, height: 800 });
  await fills(page, [LEFT, RIGHT]);
  await page.setViewportSize({ width: 1179, height: 800 });
  await expect(bodies[0]).toBeHidden();
  await fills(page, [STRIP, RIGHT]);
  await page.getByRole('button', { name: 'Open: What there is' }).click();
  await fills(page, [STRIP, RIGHT]);
  expect(apart(await box(bodies[0]), await box(stage(page))), 'it lies over the stage').toBe(false);
  expect(apart(await box(bodies[0]), await box(page.getByLabel('This map'))), 'but not over its card').toBe(true);
  await page.getByRole('button', { name: 'Fold: What there is' }).click();

  await page.setViewportSize({ width: 960, height: 700 });
  await fills(page, [STRIP, RIGHT]);
  for (const [width, height] of [
    [959, 700],
    [900, 600],
  ] as const) {
    await page.setViewportSize({ width, height });
    await expect(bodies[1]).toBeHidden();
    await fills(page, [STRIP, STRIP]);
  }
  // One at a time lies over the stage, and nothing that is to be pressed lies under it.
  for (const [at, name] of ['What there is', 'Under the lens'].entries()) {
    await page.getByRole('button', { name: `Open: ${name}` }).click();
    await expect(bodies[at]!).toBeVisible();
    await expect(bodies[1 - at]!).toBeHidden();
    await fills(page, [STRIP, STRIP]);
    const over = await box(bodies[at]!);
    expect([over.top, over.bottom]).toEqual([44, 600]);
    expect(apart(over, await box(stage(page)))).toBe(false);
    for (const beside of [counter(page), page.getByRole('toolbar'), page.getByLabel('This map')])
      expect(apart(over, await box(beside))).toBe(true);
  }

  // With the room they come back, beside the stage.
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect(bodies[0]).toBeVisible();
  await fills(page, [LEFT, RIGHT]);
});

test('in the smallest window every panel is a press away', async ({ page }) => {
  await page.setViewportSize({ width: 900, height: 600 });
  await open(page, 'full', 200);
  for (const name of ['Maps', 'Models']) {
    await left(page).getByRole('button', { name, exact: true }).first().click();
    await expect(left(page).getByRole('heading', { name: new RegExp(`^${name}`) })).toBeInViewport({ ratio: 1 });
  }
  await page.keyboard.press('[');
  await expect(left(page).getByRole('heading').first()).toBeHidden();
  for (const view of ['Map', 'Table']) {
    await page.getByRole('button', { name: view, exact: true }).click();
    for (const name of ['Axes', 'Selection', 'Item', 'Search']) {
      await right(page).getByRole('button', { name, exact: true }).click();
      await expect(right(page).getByRole('tab', { name, exact: true })).toHaveAttribute('aria-selected', 'true');
      await expect(right(page).getByRole('tabpanel')).toBeInViewport({ ratio: 1 });
    }
    await page.keyboard.press(']');
    await expect(right(page).getByRole('tabpanel')).toBeHidden();
  }
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  const comparison = page.getByRole('complementary', { name: 'Comparison of models' });
  for (const name of ['Move', 'Which is better', 'What changed']) {
    await comparison.getByRole('button', { name, exact: true }).click();
    await expect(comparison.getByRole('tab', { name })).toHaveAttribute('aria-selected', 'true');
    await expect(comparison.getByRole('tabpanel')).toBeInViewport({ ratio: 1 });
  }
  await page.keyboard.press(']');
  await page.getByRole('button', { name: 'Matrix', exact: true }).click();
  const pair = page.getByRole('complementary').filter({ has: page.getByRole('button', { name: /^Open/ }) });
  await pair.getByRole('button').last().click();
  await expect(page.getByText('Groups, top to bottom')).toBeInViewport({ ratio: 1 });
});

test('in a large window maps take the room, and what is read keeps its width', async ({ page }) => {
  await page.setViewportSize({ width: 2560, height: 1440 });
  await open(page, 'full', 200);
  await fills(page, [LEFT, RIGHT]);
  expect(await width(page.getByRole('toolbar'))).toBeLessThan(1000);

  await page.keyboard.press('2');
  await expect(page.getByText('200 shown')).toHaveCount(2);
  const panes = page.getByRole('application');
  expect(Math.abs((await width(panes.first())) - (2560 - RIGHT) / 2)).toBeLessThan(3);
  expect((await panes.first().boundingBox())!.height, 'more than the table below').toBeGreaterThan(1000);

  await page.keyboard.press('3');
  const heat = page.getByRole('application', { name: /Similarities of 200 items/ });
  await expect(heat).toBeVisible();
  expect((await heat.boundingBox())!.height).toBeGreaterThan(1100);

  await page.keyboard.press('4');
  await expect(page.getByText('320 items', { exact: true })).toBeVisible();
  expect(await width(page.getByRole('grid', { name: 'Items' }))).toBeGreaterThan(2560 - RIGHT - 3);
  expect(await page.getByRole('row').count(), 'rows down to the foot').toBeGreaterThan(45);

  // Pages and sheets stand in the middle.
  const middle = async (of: Locator, most: number) => {
    const { left, right } = await box(of);
    expect(right - left).toBeLessThanOrEqual(most);
    expect(Math.abs((left + right) / 2 - 1280)).toBeLessThan(2);
  };
  await page.keyboard.press('m');
  await middle(page.getByRole('heading', { name: 'Models' }).locator('xpath=ancestor::header'), 1180);
  await page.keyboard.press('w');
  await middle(page.getByRole('heading', { name: 'field-notes' }).locator('xpath=ancestor::header'), 1180);
  await page.keyboard.press('1');
  for (const [key, name, most] of [
    ['Control+k', 'Find an action', 720],
    ['?', 'All keys', 720],
    ['Control+,', 'Settings', 720],
    ['e', 'Export', 720],
    ['Shift+E', 'Export figure', 1180],
  ] as const) {
    await page.keyboard.press(key);
    await middle(page.getByRole('dialog', { name, exact: true }), most);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
  }
});
