import { readFileSync } from 'node:fs';
import { type Page } from '@playwright/test';
import { expect, expectStatus, test, visit } from '../fixtures';
import { address, freshEmail, makeCoupon, makeProduct, password } from '../data';
import { Shop } from '../pages/shop';

/** What ends an element, an attribute, a script or a comment early, and then runs: the server's tests send the same. */
const corpus: string[] = JSON.parse(readFileSync('../server/tests/data/hostile.json', 'utf8'));

async function watch(page: Page): Promise<() => void> {
  const hits: string[] = [];
  await page.exposeFunction('hit', () => hits.push(page.url()));
  page.on('dialog', (dialog) => hits.push(dialog.message()));
  return () => expect(hits, 'nothing that was typed is run').toEqual([]);
}

test('nothing that is typed into an address of the catalogue is run', async ({ page }) => {
  test.setTimeout(180_000);
  const nothingRan = await watch(page);
  const product = await makeProduct({ stock: 1 });
  for (const text of corpus) {
    const typed = encodeURIComponent(text);
    for (const path of [`/search?q=${typed}&option.Colour=${typed}&sort=${typed}&min_price=${typed}`, `/p/${product.slug}?variant=${typed}`]) {
      await visit(page, path);
      nothingRan();
    }
    expectStatus(page, 404);
    for (const path of [`/search?seller=${typed}`, `/${typed}`]) {
      await visit(page, path);
      nothingRan();
    }
  }
});

test('nothing that a shopper types is run, wherever it is shown again', async ({ page }) => {
  test.setTimeout(180_000);
  const nothingRan = await watch(page);
  const shop = new Shop(page);
  const product = await makeProduct({ stock: 99, title: `Bowl ${corpus[0]} ${corpus[2]}` });
  for (const text of [corpus[0], corpus[2], corpus[4]]) {
    const email = freshEmail();
    await page.context().clearCookies();
    await visit(page, `/account/register?next=${encodeURIComponent(text)}`);
    await page.getByLabel('Name', { exact: true }).fill(text);
    await page.getByLabel('E-mail', { exact: true }).fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.waitForURL(/\/account$/);
    await expect(page.getByRole('main')).toContainText(text.trim());
    await page.getByText('Change your name').click();
    await page.getByLabel('Name', { exact: true }).fill(`${text} again`);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Your name is changed.')).toBeVisible();
    nothingRan();

    await shop.putIntoCart(product);
    await visit(page, '/cart');
    await page.getByTestId('coupon-open').click();
    await page.getByTestId('coupon-code').fill(text);
    expectStatus(page, 422);
    await page.getByTestId('coupon-enter').click();
    await expect(page.getByTestId('coupon-code')).toHaveAttribute('aria-invalid', 'true');
    nothingRan();

    await visit(page, '/checkout');
    for (const [label, value] of [['Full name', text], ['Street and number', text], ['Town or city', text], ['ZIP code', text.slice(0, 10)]]) {
      await page.getByLabel(label, { exact: true }).fill(value);
    }
    await page.getByText('Add a flat, floor or company').click();
    await page.getByLabel('Flat, floor or company').fill(text);
    await page.getByLabel('State').selectOption(address.region);
    await page.getByLabel('ZIP code', { exact: true }).blur();
    await expect(page.getByLabel('ZIP code', { exact: true })).toHaveAttribute('aria-invalid', 'true');
    await page.getByRole('main').getByRole('button', { name: /^Continue/ }).click();
    await expect(page.getByTestId('form-errors')).toBeVisible();
    nothingRan();
    await page.getByLabel('ZIP code', { exact: true }).fill(address.postal_code);
    await page.getByLabel('ZIP code', { exact: true }).blur();
    await page.getByRole('button', { name: /Continue to payment/ }).click();
    await page.waitForURL(/\/checkout\/pay\//);
    nothingRan();
    const number = shop.orderNumber();
    for (const path of [`/orders/${number}`, '/account', '/checkout']) {
      await visit(page, path);
      nothingRan();
    }
  }
});

test('a coupon is found however it is typed', async ({ page }) => {
  const code = await makeCoupon();
  await new Shop(page).putIntoCart(await makeProduct({ stock: 3 }));
  await visit(page, '/cart');
  await page.getByTestId('coupon-open').click();
  await page.getByTestId('coupon-code').fill(`  ${code.toLowerCase()} `);
  await page.getByTestId('coupon-enter').click();
  await expect(page.getByTestId('coupon')).toContainText(code);
});
