import { type Page } from '@playwright/test';
import { expect, picture, test, visit } from '../fixtures';
import { catalogue } from '../data';

// The whole catalogue on contact sheets, to be looked at: every list and every product as it first appears. Too many for
// every run: `npm run pictures`.

const PER_SHEET = 12;

for (const width of [390, 1440]) {
  for (const kind of ['listings', 'products'] as const) {
    test(`contact sheets of all ${kind} (${width} pixels)`, async ({ page, context }) => {
      test.setTimeout(1_200_000);
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ reducedMotion: 'reduce' });
      const sheet = await context.newPage();
      await sheet.setViewportSize({ width: 1440, height: 900 });
      const paths = (await catalogue())[kind];
      expect(paths.length).toBeGreaterThan(0);
      for (let from = 0; from < paths.length; from += PER_SHEET) {
        const shots = [];
        for (const path of paths.slice(from, from + PER_SHEET)) shots.push(await shotOf(page, path));
        const number = String(from / PER_SHEET + 1).padStart(2, '0');
        await sheet.setContent(`<body style="display: grid; grid-template-columns: repeat(${width < 500 ? 6 : 4}, 1fr); gap: 12px; font: 14px sans-serif">${shots.join('')}`);
        await picture(sheet, `catalogue-${kind}-${width}-${number}`);
      }
    });
  }
}

/** The first screen of a page with its pictures, as a figure. */
async function shotOf(page: Page, path: string): Promise<string> {
  await visit(page, path);
  const missing = await page.evaluate(async () => {
    const shown = [...document.images].filter((picture) => picture.getBoundingClientRect().top < window.innerHeight);
    const arrived = await Promise.all(shown.map((picture) => picture.decode().then(() => true, () => false)));
    return arrived.filter((hasArrived) => !hasArrived).length;
  });
  expect(missing, `${path} shows its pictures`).toBe(0);
  const shot = await page.screenshot({ type: 'jpeg', quality: 70 });
  return `<figure style="margin: 0"><img src="data:image/jpeg;base64,${shot.toString('base64')}" style="width: 100%"><figcaption>${path}</figcaption></figure>`;
}
