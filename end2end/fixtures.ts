import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';
import AxeBuilder from '@axe-core/playwright';

/** How the test cards look, with and without blanks between the digits. */
const CARD = /4(?:242|000)(?:[ +]?\d{4}){3}/;

/** Every test watches its pages, also those of further browser contexts: one console message of any kind, one failed request, one page error, one card number sent to the shop, and it fails. */
export const test = base.extend<{ quiet: string[] }>({
  quiet: [
    async ({ browser, page, context, baseURL }, use) => {
      const noise: string[] = [];
      const shop = new URL(baseURL ?? 'http://127.0.0.1').origin;
      const watch = (watched: Page) => {
        watched.on('console', (message) => {
          if (!isExpected(watched, message.text())) noise.push(`${watched.url()}: ${message.type()}: ${message.text()}`);
        });
        watched.on('pageerror', (error) => noise.push(`${watched.url()}: page error: ${error.message}`));
        watched.on('requestfailed', (request) => {
          const reason = request.failure()?.errorText;
          // Leaving a page ends what it was still loading.
          if (reason !== 'net::ERR_ABORTED') noise.push(`${reason} ${request.url()}`);
        });
        watched.on('request', (request) => {
          if (new URL(request.url()).origin === shop && CARD.test(`${request.url()} ${request.postData() ?? ''}`)) noise.push(`a card number was sent to ${request.url()}`);
        });
        watched.on('response', (response) => {
          const expected = expectedStatuses.get(watched);
          if (response.status() >= 400 && !expected?.has(response.status())) noise.push(`${response.status()} ${response.url()}`);
        });
      };
      const watchAll = (visitor: BrowserContext) => visitor.on('page', watch);
      watch(page);
      watchAll(context);
      browser.on('context', watchAll);
      await use(noise);
      browser.off('context', watchAll);
      expect(noise, 'the console and the network stay quiet').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

const expectedStatuses = new WeakMap<Page, Set<number>>();

/** The browser's own report of an answer that the test expects. */
function isExpected(page: Page, message: string): boolean {
  const status = /^Failed to load resource: the server responded with a status of (\d+)/.exec(message)?.[1];
  return status !== undefined && !!expectedStatuses.get(page)?.has(Number(status));
}

/** Says that answers with these statuses belong to the test (a refusal it provokes). */
export function expectStatus(page: Page, ...statuses: number[]) {
  expectedStatuses.set(page, new Set(statuses));
}

/** Opens a page and waits until the browser has taken it over. */
export async function visit(page: Page, path: string) {
  const response = await page.goto(path);
  await hydrated(page);
  return response;
}

/** Until `html[data-hydrated]` a click is the plain HTML form's. */
export async function hydrated(page: Page) {
  await expect(page.locator('html[data-hydrated]')).toBeAttached();
}

/** Until nothing scrolls any more: what passes below something that stays in view is obscured by it for a moment. */
async function stillness() {
  for (let before = -1; before !== window.scrollY; await new Promise((resolve) => setTimeout(resolve, 100))) before = window.scrollY;
}

/** No finding of axe, at WCAG 2.2 AA. */
export async function accessible(page: Page, within?: string) {
  await page.evaluate(stillness);
  const builder = new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']);
  const { violations } = await (within ? builder.include(within) : builder).analyze();
  const findings = violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => `${node.target.join(' ')} (${node.failureSummary})`).join('; ')}`);
  expect(findings, `axe on ${page.url()}`).toEqual([]);
}

/** Keeps a picture, to be looked at: of the whole page with all its pictures, or of a dialog as it stands on the screen. */
export async function picture(page: Page, name: string, options: { fullPage?: boolean } = {}) {
  const fullPage = options.fullPage ?? true;
  if (fullPage) {
    await page.evaluate(async () => {
      const pictures = [...document.images];
      pictures.forEach((picture) => (picture.loading = 'eager'));
      await Promise.all(pictures.map((picture) => picture.decode().catch(() => undefined)));
    });
  }
  await page.screenshot({ path: `${process.env.SOUK_SCREENSHOTS ?? './screenshots'}/${name}.png`, fullPage });
}
