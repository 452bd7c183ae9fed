/** What every test of the window needs: a scene, its counter, and a clean console. */
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';

export const test = base.extend<{ quiet: void }>({
  quiet: [
    async ({ page }, use) => {
      const said: string[] = [];
      page.on('pageerror', (error) => said.push(error.message));
      page.on('console', (message) => message.type() === 'error' && said.push(message.text()));
      await use();
      expect(said, 'the console stays clean').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

export const counter = (page: Page) => page.getByTestId('counter');
export const stage = (page: Page) => page.getByRole('application').first();

/** Opens a scene of the seeded world; scenes with a map are waited for until every point is drawn. */
export async function open(page: Page, scene: string, points?: number): Promise<void> {
  await page.goto(`/?fake=${scene}`);
  if (points) await expect(counter(page)).toHaveText(shown(points));
}

export function shown(points: number): string {
  const n = points.toLocaleString('en-GB');
  return `${n} shown · ${n} loaded · ${n} total`;
}

export async function search(page: Page, text: string): Promise<void> {
  const box = page.getByLabel('Search by meaning');
  await box.fill(text);
  await box.press('Enter');
  await expect(page.getByText(/nearest of/)).toBeVisible();
}

/** Moves the pointer over the stage until it rests on a point whose card says something else than `except`; gives where, and what it says. */
export async function hoverPoint(page: Page, except = ''): Promise<{ x: number; y: number; text: string }> {
  const box = (await stage(page).boundingBox())!;
  const card = page.getByRole('group', { name: 'Item under the pointer' });
  const found = { x: 0, y: 0, text: '' };
  let step = 0;
  await expect
    .poll(
      async () => {
        found.text = (await card.isVisible()) ? ((await card.textContent()) ?? '') : '';
        if (found.text && found.text !== except) return true;
        const [column, row] = [step % 9, Math.floor(step / 9)];
        step++;
        found.x = box.x + box.width * (0.2 + column * 0.07);
        found.y = box.y + box.height * (0.25 + row * 0.06);
        await page.mouse.move(found.x, found.y);
        return false;
      },
      { intervals: [250], timeout: 30_000 },
    )
    .toBe(true);
  return found;
}

/** Draws around most of the stage with the tool in hand. */
export async function drawAround(page: Page): Promise<void> {
  const box = (await stage(page).boundingBox())!;
  const corners: [number, number][] = [
    [0.3, 0.2],
    [0.8, 0.25],
    [0.8, 0.7],
    [0.3, 0.75],
    [0.28, 0.3],
  ];
  const [first, ...rest] = corners.map(([x, y]) => [box.x + box.width * x, box.y + box.height * y] as const);
  await page.mouse.move(...first!);
  await page.mouse.down();
  for (const corner of rest) await page.mouse.move(...corner, { steps: 8 });
  await page.mouse.up();
}

/** Nothing stands in the way of anyone, however slight: on the page, or within a part of it. */
export async function accessible(page: Page, within = 'html'): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include(within).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual(
    [],
  );
}

/** Controls that cannot be brought wholly into sight or lie under something else, and panels that scroll sideways. */
export async function unreachable(page: Page, within = 'body'): Promise<string[]> {
  return page.evaluate((within) => {
    const top = document.querySelector('dialog[open]') ?? document.querySelector(within)!;
    const all = [...top.querySelectorAll('*')];
    const name = (element: Element) =>
      `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent!.trim().slice(0, 40)}`;
    const found: string[] = [];
    // What hides its overflow may be scrolled by a script, but not by anyone else.
    const hiding = all.filter((element) => getComputedStyle(element).overflow.includes('hidden'));
    const before = hiding.map(({ scrollLeft, scrollTop }) => ({ scrollLeft, scrollTop }));
    for (const control of top.querySelectorAll('button, input, select, textarea, a[href], summary')) {
      if (!control.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      control.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      const { left, top, right, bottom, width, height } = control.getBoundingClientRect();
      if (width < 2 || height < 2 || control.closest('.unseen')) continue;
      const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      if (left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1)
        found.push(`out: ${name(control)}`);
      else if (!at || !(control.contains(at) || at.closest('label')?.contains(control)))
        found.push(`under ${at ? name(at) : 'nothing'}: ${name(control)}`);
      hiding.forEach((element, i) => {
        const { scrollLeft, scrollTop } = before[i]!;
        if (Math.abs(element.scrollLeft - scrollLeft) + Math.abs(element.scrollTop - scrollTop) < 2) return;
        found.push(`cut off: ${name(control)}`);
        Object.assign(element, before[i]);
      });
    }
    // A table may scroll both ways.
    const sideways = all.filter(
      (element) =>
        /auto|scroll/.test(getComputedStyle(element).overflowX) &&
        element.scrollWidth > element.clientWidth + 1 &&
        !element.closest('[role=grid]'),
    );
    return [...found, ...sideways.map((element) => `sideways: ${name(element)}`)];
  }, within);
}
