import { type Page } from '@playwright/test';
import { accessible, expect, expectStatus, hydrated, test, visit } from '../fixtures';
import { freshEmail, makeProduct, signIns, type SignIn } from '../data';
import { Shop } from '../pages/shop';

/** Opens a guarded page as somebody who may. */
async function signIn(page: Page, path: string, { email, password }: SignIn) {
  await page.goto(path);
  await page.waitForURL(/\/account\/sign-in\?next=/);
  await hydrated(page);
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`**${path}`);
}

/** Loads a page as a document, then again from inside the app: either way its code arrives. */
async function loadsBothWays(page: Page, path: string) {
  const heading = page.getByRole('heading', { level: 1 });
  await visit(page, path);
  await expect(heading).toBeVisible();
  await expect(page.getByText('Test payments: no real money moves')).toBeInViewport();
  await visit(page, path === '/cart' ? '/search' : '/cart');
  // A navigation inside the app: no new document is loaded.
  await page.evaluate(() => Reflect.set(window, 'stayed', true));
  await page.evaluate((to) => {
    const link = document.createElement('a');
    link.href = to;
    link.textContent = 'test navigation';
    document.body.append(link);
    link.click();
    link.remove();
  }, path);
  await page.waitForURL(`**${path}`);
  await expect(heading, path).toBeFocused();
  expect(await page.evaluate(() => Reflect.get(window, 'stayed')), path).toBe(true);
}

test('the code of every public page arrives directly and by navigation', async ({ page }) => {
  await visit(page, '/');
  const main = page.getByRole('main');
  const found = await Promise.all(['/c/', '/p/', '/s/'].map((start) => main.locator(`a[href^="${start}"]`).first().getAttribute('href')));
  for (const path of ['/', ...found, '/search', '/cart', '/checkout', '/account/sign-in', '/account/register']) {
    await loadsBothWays(page, path ?? '');
  }
});

test('the code of the pages of an order arrives', async ({ page }) => {
  const shop = new Shop(page);
  await shop.putIntoCart(await makeProduct({ stock: 3 }));
  const number = await shop.placeOrder(freshEmail());
  await loadsBothWays(page, `/orders/${number}`);
  // These two are documents of their own: only they may run the gateway's script. Unpaid, the return leads to the payment.
  for (const path of [`/checkout/return/${number}`, `/checkout/pay/${number}`]) {
    await visit(page, path);
    await page.waitForURL(`**/checkout/pay/${number}`);
    await expect(shop.cardFrame.getByLabel('Card number')).toBeVisible();
  }
});

test('the code of the pages behind a sign-in arrives', async ({ page }) => {
  const { sellers } = signIns();
  await signIn(page, '/sell', sellers[0]);
  for (const path of ['/sell', '/account', '/account/address', '/account/verify?token=none']) await loadsBothWays(page, path);
  await page.context().clearCookies();
  await signIn(page, '/admin', signIns().admin);
  await loadsBothWays(page, '/admin');
});

test('the guarded areas let the right people in and tell the others', async ({ page }) => {
  for (const area of ['/sell', '/admin', '/account']) {
    await page.goto(area);
    await page.waitForURL(/\/account\/sign-in\?next=/);
  }
  await signIn(page, '/admin', signIns().admin);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await accessible(page);
  expectStatus(page, 403);
  await visit(page, '/sell');
  await expect(page.getByRole('main')).toContainText(/seller|shop/i);
  await accessible(page);
});

test('an unknown address is a page that says so', async ({ page }) => {
  expectStatus(page, 404);
  for (const path of ['/nowhere', '/p/no-such-thing', '/c/no-such-thing', '/s/no-such-thing', '/orders/SK-0000-0000']) {
    const answer = await visit(page, path);
    expect(answer?.status(), path).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
  await accessible(page);
});

test('the chosen theme is in the page that the server sends', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await visit(page, '/');
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.getByRole('button', { name: /theme|dark/i }).first().click();
  await expect.poll(paper).not.toBe(light);
  const dark = await paper();
  await page.reload();
  expect(await paper()).toBe(dark);
});

test('catalogue pages are the same bytes for two visitors, and set no cookie', async ({ playwright, baseURL }) => {
  const product = await makeProduct({ stock: 2 });
  for (const path of ['/', '/search', `/p/${product.slug}`]) {
    const bodies = await Promise.all(
      [1, 2].map(async () => {
        const visitor = await playwright.request.newContext({ baseURL });
        const answer = await visitor.get(path);
        expect(answer.headers()['set-cookie']).toBeUndefined();
        const etag = answer.headers()['etag'];
        expect((await visitor.get(path, { headers: { 'if-none-match': etag } })).status()).toBe(304);
        const body = await answer.text();
        await visitor.dispose();
        return body;
      }),
    );
    expect(bodies[0]).toBe(bodies[1]);
  }
});
