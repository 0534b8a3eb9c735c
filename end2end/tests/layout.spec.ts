import { expect, test, visit } from '../fixtures';
import type { Page } from '@playwright/test';
import { makeProduct } from '../data';

// What a picture cannot prove by itself: nothing is wider than the screen, nothing jumps, the shop's pictures arrive.
for (const width of [360, 820, 1920]) {
  test(`at ${width} pixels no page scrolls sideways and no picture is missing`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await holdsTogether(page);
  });
}

async function holdsTogether(page: Page) {
  const product = await makeProduct({ stock: 2 });
  await visit(page, '/');
  const main = page.getByRole('main');
  const found = await Promise.all(['/c/', '/p/', '/s/'].map((start) => main.locator(`a[href^="${start}"]`).first().getAttribute('href')));
  for (const path of ['/', ...found, `/p/${product.slug}`, '/search', '/cart', '/checkout', '/account/sign-in', '/account/register']) {
    await visit(page, path ?? '');
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow, `${path} is wider than the screen`).toBeLessThanOrEqual(0);
    const broken = await page.evaluate(async () => {
      const pictures = [...document.images];
      pictures.forEach((picture) => (picture.loading = 'eager'));
      await Promise.all(pictures.map((picture) => picture.decode().catch(() => undefined)));
      return pictures.filter((picture) => picture.naturalWidth === 0).map((picture) => picture.currentSrc || picture.src);
    });
    expect(broken, `${path} shows all its pictures`).toEqual([]);
  }
}

test('a product page does not jump while it loads', async ({ page }) => {
  await visit(page, '/');
  const address = await page.getByRole('main').locator('a[href^="/p/"]').first().getAttribute('href');
  await page.addInitScript(() => {
    Reflect.set(window, 'shift', 0);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (!Reflect.get(entry, 'hadRecentInput')) Reflect.set(window, 'shift', Reflect.get(window, 'shift') + Reflect.get(entry, 'value'));
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await visit(page, address ?? '');
  await page.waitForLoadState('networkidle');
  expect(await page.evaluate(() => Reflect.get(window, 'shift'))).toBeLessThanOrEqual(0.02);
});

test('a phone may be turned while its page changes', async ({ page }) => {
  const upright = { width: 390, height: 844 };
  await page.setViewportSize(upright);
  for (const start of ['/c/', '/s/', '/p/']) {
    await visit(page, '/');
    const link = page.getByRole('main').locator(`a[href^="${start}"]`).first();
    const address = (await link.getAttribute('href')) ?? '';
    await link.click();
    await page.setViewportSize({ width: upright.height, height: upright.width });
    await page.waitForURL(`**${address}`);
    await page.setViewportSize(upright);
    // What the browser has to say against it comes with the next frame, and every message fails the test.
    await expect(page.getByRole('main')).toBeInViewport();
    await page.evaluate(() => new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown))));
  }
});
