import { expect, hydrated, test, visit } from '../fixtures';
import { freshEmail, makeProduct, password } from '../data';
import { Shop } from '../pages/shop';

test('what two devices put into their carts is in one cart after signing in, and can be taken out again', async ({ page, browser, baseURL }) => {
  const email = freshEmail();
  const [mug, bowl, both] = [await makeProduct({ stock: 9 }), await makeProduct({ stock: 9 }), await makeProduct({ stock: 9 })];
  const desk = new Shop(page);
  await desk.register(email);
  await desk.putIntoCart(mug);
  await desk.putIntoCart(both);

  const context = await browser.newContext({ baseURL });
  const phone = new Shop(await context.newPage());
  await phone.putIntoCart(bowl);
  await phone.putIntoCart(both);
  await visit(phone.page, '/cart');
  for (const quantity of ['2', '3']) {
    const changed = phone.page.waitForResponse('**/sf/cart/set_item');
    await phone.page.getByRole('button', { name: `One more of ${both.title}` }).click();
    await changed;
    await expect(phone.page.getByTestId('cart-line').filter({ hasText: both.title }).getByTestId('cart-line-quantity')).toHaveText(quantity);
  }
  await visit(phone.page, '/checkout');
  await phone.page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
  // The checkout, which has a field of the same name, stands until the new page is there.
  await phone.page.waitForURL(/\/account\/sign-in/);
  await phone.page.getByLabel('E-mail', { exact: true }).fill(email);
  await phone.page.getByLabel('Password', { exact: true }).fill(password);
  await phone.page.getByRole('button', { name: 'Sign in' }).click();
  // Back at the checkout, with more in the cart than before: it is said what came, and the cart is a link away.
  await phone.page.waitForURL('**/checkout');
  await expect(phone.page.getByTestId('cart-merged')).toContainText(bowl.title);
  await phone.page.getByTestId('cart-merged').getByRole('link').click();
  await phone.page.waitForURL('**/cart');

  // Of what both had, the larger number; of each alone, what it had.
  const quantity = (shop: Shop, title: string) => shop.page.getByTestId('cart-line').filter({ hasText: title }).getByTestId('cart-line-quantity');
  await expect(phone.page.getByTestId('cart-merged')).toContainText(bowl.title);
  await expect(phone.page.getByTestId('cart-line')).toHaveCount(3);
  await expect(quantity(phone, both.title)).toHaveText('3');
  await visit(page, '/cart');
  await expect(page.getByTestId('cart-line')).toHaveCount(3);
  await expect(quantity(desk, both.title)).toHaveText('3');

  await visit(phone.page, '/cart');
  await phone.page.getByTestId('cart-undo-merge').click();
  await expect(phone.page.getByRole('heading', { level: 1 })).toBeFocused();
  await expect(phone.page.getByTestId('cart-line')).toHaveCount(2);
  await visit(page, '/cart');
  await hydrated(page);
  await expect(page.getByTestId('cart-line')).toHaveCount(2);
  await expect(quantity(desk, both.title)).toHaveText('1');
  await context.close();
});
