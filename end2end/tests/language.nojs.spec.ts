import { expect, test } from '../fixtures';
import { makeProduct } from '../data';

test('the language is changed, and kept, without JavaScript', async ({ page }) => {
  const product = await makeProduct({ stock: 3 });
  await page.goto(`/p/${product.slug}`);
  await page.getByTestId('market').getByRole('link', { name: 'Deutsch' }).click();
  await page.waitForURL(`**/de-usd/p/${product.slug}`);
  await page.getByTestId('product-add-to-cart').click();
  await page.waitForURL('**/de-usd/cart');
  await expect(page.getByTestId('flash')).toContainText('Warenkorb');
  await page.getByTestId('cart-checkout').click();
  await page.waitForURL('**/de-usd/checkout');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Kasse');
});
