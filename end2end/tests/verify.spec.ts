import { accessible, expect, test, visit } from '../fixtures';
import { buyElsewhere, freshEmail, linkIn, mailsTo, makeProduct, ordersOf } from '../data';
import { Shop } from '../pages/shop';

test('a mailed link brings in what was ordered with the address before', async ({ page }) => {
  const email = freshEmail();
  const product = await makeProduct({ stock: 3 });
  await buyElsewhere(product, 1, email);
  await buyElsewhere(product);
  const [{ number }] = await ordersOf(email);

  await new Shop(page).register(email);
  await expect(page.getByText('No orders yet')).toBeVisible();
  await accessible(page);
  await expect.poll(() => mailsTo(email).length).toBe(1);
  await page.getByRole('button', { name: 'Send the mail again' }).click();
  await expect(page.getByText('The mail is on its way.')).toBeVisible();
  await expect.poll(() => mailsTo(email).length).toBe(2);
  const [first, second] = mailsTo(email).map(linkIn);

  await visit(page, first);
  await page.getByRole('button', { name: 'Confirm the address' }).click();
  await expect(page.getByText('This link does not work any more.')).toBeVisible();

  await visit(page, second);
  await accessible(page);
  await page.getByRole('button', { name: 'Confirm the address' }).click();
  await expect(page.getByText('One order has been added to your account.')).toBeVisible();
  await expect(page.getByRole('main').getByRole('link', { name: /^SK-/ })).toHaveText([number]);
  await expect(page.getByRole('button', { name: 'Send the mail again' })).toBeHidden();
  await page.getByRole('main').getByRole('link', { name: number }).click();
  await expect(page.getByRole('main')).toContainText(product.title);
  await visit(page, second);
  await expect(page.getByText(`${email} is confirmed.`)).toBeVisible();
});
