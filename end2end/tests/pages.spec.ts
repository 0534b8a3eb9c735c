import { accessible, expect, expectStatus, hydrated, test, visit } from '../fixtures';
import { makeProduct } from '../data';

// The lazy areas and where each is reached from inside the shop.
const lazyRoutes = ['/checkout', '/account/sign-in', '/account/register'];

for (const path of lazyRoutes) {
  test(`the chunk of ${path} loads directly and by navigation`, async ({ page }) => {
    await visit(page, path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await visit(page, '/cart');
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
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    expect(await page.evaluate(() => Reflect.get(window, 'stayed'))).toBe(true);
  });
}

test('the guarded areas let the right people in and tell the others', async ({ page }) => {
  for (const area of ['/sell', '/admin', '/account']) {
    await page.goto(area);
    await page.waitForURL(/\/account\/sign-in\?next=/);
  }
  const signIn = async (email: string, password: string) => {
    await hydrated(page);
    await page.getByLabel('E-mail', { exact: true }).fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  await page.goto('/admin');
  await signIn(process.env.SOUK_ADMIN_EMAIL ?? '', process.env.SOUK_ADMIN_PASSWORD ?? '');
  await page.waitForURL('**/admin');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await accessible(page);
  expectStatus(page, 403);
  await visit(page, '/sell');
  await expect(page.getByRole('main')).toContainText(/seller|shop/i);
  await accessible(page);
});

for (const theme of ['light', 'dark'] as const) {
  test(`the catalogue is clean for assistive technology (${theme})`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const product = await makeProduct({ stock: 2 });
    for (const path of ['/', '/search', '/search?q=nothing-is-called-like-this', `/p/${product.slug}`, '/cart', '/account/sign-in', '/account/register']) {
      await visit(page, path);
      await accessible(page);
    }
    await visit(page, '/');
    for (const start of ['/c/', '/p/', '/s/']) {
      const address = await page.getByRole('main').locator(`a[href^="${start}"]`).first().getAttribute('href');
      await visit(page, address ?? '');
      await accessible(page);
      await visit(page, '/');
    }
  });
}

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
