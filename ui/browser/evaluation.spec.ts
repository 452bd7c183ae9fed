import { accessible, expect, open, test } from './window';

for (const theme of ['light', 'dark'] as const)
  test(`which model is better, and the items behind every figure, ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await open(page, 'full', 200);
    await page.keyboard.press('2');
    await page.getByRole('tab', { name: 'Which is better' }).click();
    const panel = page.getByRole('region', { name: 'Evaluation' });
    await expect(panel.getByLabel('Classes by')).toHaveValue('file');
    await panel.getByRole('button', { name: 'Evaluate', exact: true }).click();
    await expect(panel.getByText('200 items in 12 classes, 100 tested')).toBeVisible();
    await expect(panel.getByText(/are not different|is better than/)).toHaveCount(2);

    await panel.getByRole('button', { name: /^Accuracy of builtin-text/ }).click();
    await expect(panel.getByText(/\d+ items? selected/)).toBeInViewport();
    const mistakes = panel.getByLabel('Classification: mistakes of');
    await expect(mistakes).toHaveValue('builtin-text');
    const mistake = panel.locator('.mistakes .row').first();
    const many = Number(await mistake.locator('.many').textContent());
    await mistake.click();
    await expect(panel.getByText(`${many} ${many === 1 ? 'item' : 'items'} selected`)).toBeVisible();

    await panel
      .getByRole('button', { name: /are not different|is better than/ })
      .first()
      .click();
    await expect(panel.getByText(/\d+ items? selected/)).toBeVisible();
    await panel.getByRole('button', { name: 'Export these figures' }).click();
    await panel.getByRole('menuitem', { name: /^Report/ }).click();
    await expect(page.getByText('file.html is written')).toBeVisible();

    await accessible(page);
    await page.getByRole('status').getByRole('button', { name: 'Dismiss' }).click();
    await panel.getByRole('button', { name: 'Clear', exact: true }).click();
    await expect(panel.getByText(/selected/)).toBeHidden();

    await panel.getByLabel('Classes by').selectOption('collection');
    await panel.getByRole('button', { name: 'Again' }).click();
    await expect(page.getByText(/fewer than two classes/)).toBeVisible();
    await page.getByRole('tab', { name: 'What changed' }).click();
    await expect(page.getByText('Moved most', { exact: true })).toBeVisible();
  });

test('the models are timed in turns, and what was measured stands in the table below the maps', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('2');
  const costs = page.getByRole('region', { name: /^Cost/ });
  await expect(costs.getByRole('columnheader', { name: 'Question' })).toBeHidden();
  await page.getByRole('tab', { name: 'Which is better' }).click();
  const speed = page.getByRole('region', { name: 'Speed' });
  await speed.getByRole('button', { name: 'Measure' }).click();
  await expect(speed.getByRole('table')).toHaveCount(2);
  await expect(speed.getByRole('row', { name: /^8 / })).toHaveCount(2);
  await expect(costs.getByRole('columnheader', { name: 'Question' })).toBeVisible();
  await expect(speed.getByRole('button', { name: 'Again' })).toBeVisible();
  await speed.getByRole('button', { name: 'Export these speeds' }).click();
  await speed.getByRole('menuitem', { name: /^Report/ }).click();
  await expect(page.getByText('speed.html is written')).toBeVisible();
  await accessible(page);
});

test('which is nearer? builds a test that every model takes, and moving switches and comes back', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('2');
  await page.getByRole('tab', { name: 'Which is better' }).click();
  const panel = page.getByRole('region', { name: 'Evaluation' });
  await panel.getByLabel('Classes by').selectOption('judged');
  await panel.getByRole('button', { name: 'Judge', exact: true }).click();
  const game = page.getByRole('dialog', { name: 'Which is nearer?' });
  for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowDown', 'ArrowLeft']) {
    const before = await game.getByRole('group', { name: 'Compared with' }).textContent();
    await page.keyboard.press(key);
    await expect(game.getByRole('group', { name: 'Compared with' })).not.toHaveText(before!);
  }
  await expect(game.getByText('3 judgements')).toBeVisible();
  await page.keyboard.press('Backspace');
  await expect(game.getByText('2 judgements')).toBeVisible();
  await game.getByRole('button', { name: 'Done' }).click();
  await panel.getByRole('button', { name: 'Evaluate', exact: true }).click();
  await expect(panel.getByText('2 judgements', { exact: true })).toBeVisible();
  await expect(panel.getByText(/^Take /)).toBeVisible();

  await panel.getByRole('button', { name: 'On a folder…' }).click();
  await expect(panel.getByText('published 0.645')).toBeVisible();
  // Nothing of it is in the workspace: the figure opens the questions.
  await panel.getByRole('button', { name: /^nDCG@10 of builtin-text/ }).click();
  await expect(panel.getByLabel('Finding answers: losses of')).toHaveValue('builtin-text');
  await panel.getByRole('listitem').getByRole('button', { expanded: false }).first().click();
  await expect(panel.getByText('Right', { exact: true })).toBeVisible();

  await page.getByRole('tab', { name: 'Move' }).click();
  const move = page.getByRole('region', { name: 'Moving to another model' });
  await expect(move.getByText('0 of 200 items')).toBeVisible();
  await move.getByRole('button', { name: 'Use builtin-text' }).click();
  await move.getByRole('button', { name: 'Back to all-MiniLM-L6-v2' }).click();
  await expect(move.getByRole('button', { name: 'Use builtin-text' })).toBeVisible();
});
