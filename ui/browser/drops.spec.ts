/** What is dragged over the window, and the notices that come of what is done. */
import type { Page } from '@playwright/test';
import { accessible, expect, open, test } from './window';

/** One step of dragging a file over the window, as a browser tells it. */
async function drag(page: Page, kind: 'dragenter' | 'dragleave' | 'drop', over = 'body', files = true): Promise<void> {
  const dataTransfer = await page.evaluateHandle((files) => {
    const dragged = new DataTransfer();
    if (files) dragged.items.add(new File(['A cat sat on the mat.'], 'cat.txt', { type: 'text/plain' }));
    else dragged.setData('text/plain', 'an item');
    return dragged;
  }, files);
  await page.locator(over).dispatchEvent(kind, { dataTransfer });
}

test('files over the window are told what a drop does, and no longer when they leave or are dropped', async ({
  page,
}) => {
  await page.clock.install();
  await open(page, 'full', 200);
  const overlay = page.getByText('Drop to see what is in it');
  const looking = page.getByRole('status').filter({ hasText: 'Looking through the files…' });
  const plan = page.getByRole('dialog', { name: 'What was found' });
  await drag(page, 'dragenter', 'body', false);
  await expect(overlay).toHaveCount(0);
  await drag(page, 'dragenter');
  await expect(overlay).toBeVisible();
  // It lies over all but the bar, and goes with whatever is shown.
  const [lies, main] = await Promise.all([page.locator('.drop').boundingBox(), page.getByRole('main').boundingBox()]);
  expect(lies).toEqual(main);
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await accessible(page);
  }
  await drag(page, 'dragleave');
  await expect(overlay).toHaveCount(0);
  for (const key of ['2', '3', '4', 'w', 'm', '1']) {
    await page.keyboard.press(key);
    await drag(page, 'dragenter');
    await expect(overlay, `over view ${key}`).toBeVisible();
    await drag(page, 'dragleave');
  }

  // Over a dialogue as well.
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await drag(page, 'dragenter');
  await expect(page.locator('.drop:popover-open')).toContainText('Drop to see what is in it');
  await drag(page, 'dragleave');
  await page.keyboard.press('Escape');

  await page.clock.pauseAt(Date.now() + 3_600_000);
  await drag(page, 'dragenter');
  await drag(page, 'drop');
  await expect(overlay).toHaveCount(0);
  await page.clock.runFor(320);
  await expect(looking).toBeVisible();
  await looking.getByRole('button', { name: 'Cancel' }).click();
  await page.clock.runFor(1000);
  await expect(looking).toHaveCount(0);
  await expect(plan).toHaveCount(0);

  await drag(page, 'dragenter');
  await drag(page, 'drop');
  await page.clock.runFor(1000);
  await expect(plan.getByText('132 files')).toBeVisible();
  await expect(looking).toHaveCount(0);
});

test('the beginning is a place to drop on, its other pages too, and what is only read says so', async ({ page }) => {
  await open(page, 'empty');
  const overlay = page.getByText('Drop to see what is in it');
  const ground = () => page.locator('.start').evaluate((start) => getComputedStyle(start).borderTopStyle);
  await expect.poll(ground).toBe('dashed');
  await drag(page, 'dragenter', '.start');
  await expect.poll(ground).toBe('solid');
  await expect(overlay).toHaveCount(0);
  await drag(page, 'dragleave', '.start');
  await expect.poll(ground).toBe('dashed');
  await page.keyboard.press('m');
  await drag(page, 'dragenter');
  await expect(overlay).toBeVisible();
  await drag(page, 'drop');
  await expect(page.getByRole('dialog', { name: 'What was found' })).toBeVisible();

  await open(page, 'reading', 200);
  await drag(page, 'dragenter');
  await expect(page.getByText('Nothing can be added here. Drop a workspace to open it.')).toBeVisible();
  await drag(page, 'drop');
  await expect(page.getByRole('status')).toContainText('open for reading only; nothing was changed');
  await expect(page.getByText('Nothing can be added here')).toHaveCount(0);
});

test('an error leads to the log, where the program knows no more than that it failed', async ({ page }) => {
  await open(page, 'failing', 200);
  const notices = page.getByRole('status');
  await page.getByLabel('Search by meaning').fill('anything');
  await notices.getByRole('button', { name: 'Show the log' }).click();
  await expect(notices.getByText('The log would be shown in its folder here')).toBeVisible();
  await expect(notices.getByText('could not be read'), 'it stays until it is taken away').toBeVisible();
  // What has its own way out needs no log.
  await open(page, 'offline', 200);
  await page.keyboard.press('m');
  await page.getByRole('button', { name: 'Fetch resnet50' }).click();
  await expect(notices).toContainText('could not reach huggingface.co');
  await expect(notices.getByRole('button', { name: 'Show the log' })).toHaveCount(0);
});

test('good news stay for a while, longer with a way to what was written, three at most', async ({ page }) => {
  await page.clock.install();
  await open(page, 'full', 200);
  const notices = page.getByRole('status');
  const told = notices.locator('.notice');
  await page.keyboard.press('e');
  await page.getByRole('dialog', { name: 'Export' }).getByRole('button', { name: 'Save as…' }).click();
  await page.clock.runFor(1000);
  await expect(notices.getByText('field-notes.parquet is written')).toBeVisible();
  await page.clock.runFor(3000);
  await notices.getByRole('button', { name: 'Show in folder' }).click();
  await expect(notices.getByText('The job would be shown in its folder here')).toBeVisible();
  await page.clock.runFor(7000);
  await expect(told).toHaveText([/is written/]);

  await page.keyboard.press('4');
  const rows = page.getByRole('grid', { name: 'Items' }).locator('[role=row][id]');
  await expect(rows.first()).toContainText('sourdough');
  const again = rows.filter({ hasText: 'astronomy.pdf' }).first();
  await rows.first().dblclick();
  await page.keyboard.press('Shift+L');
  await again.dblclick();
  await expect(told, 'the oldest gave way').toHaveCount(3);
  await expect(notices).not.toContainText('is written');
  await again.dblclick();
  await expect(told.last()).toContainText('2 times');
  await expect(told).toHaveCount(3);
  for (const size of [
    { width: 1440, height: 900 },
    { width: 720, height: 450 },
  ]) {
    await page.setViewportSize(size);
    for (const one of await told.all()) await expect(one).toBeInViewport({ ratio: 1 });
  }
  await page.clock.runFor(10_000);
  await expect(told).toHaveCount(0);
});
