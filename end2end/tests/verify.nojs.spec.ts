import { expect, test } from '../fixtures';
import { buyElsewhere, freshEmail, linkIn, mailsTo, makeProduct, ordersOf, password } from '../data';

test('a mailed link is followed in German and without JavaScript, by way of the sign-in', async ({ page }) => {
  const email = freshEmail();
  await buyElsewhere(await makeProduct({ stock: 3 }), 1, email);
  const [{ number }] = await ordersOf(email);
  await page.goto('/de/account/register');
  await page.getByLabel('Name', { exact: true }).fill('Ada Lovelace');
  await page.getByLabel('E-Mail', { exact: true }).fill(email);
  await page.getByLabel('Passwort', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Konto anlegen' }).click();
  await page.waitForURL('**/de/account');
  await page.getByRole('main').getByRole('button', { name: 'Abmelden' }).click();
  await page.waitForURL('**/de/account/sign-in');
  await expect.poll(() => mailsTo(email).length).toBe(1);
  const [mail] = mailsTo(email);
  expect(mail).toContain('bestätige hier, dass die Adresse dir gehört');

  await page.goto(linkIn(mail));
  await page.waitForURL(/\/de\/account\/sign-in\?next=/);
  await page.getByLabel('E-Mail', { exact: true }).fill(email);
  await page.getByLabel('Passwort', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Anmelden' }).click();
  await page.waitForURL(/\/de\/account\/verify\?token=/);
  await page.getByRole('button', { name: 'Adresse bestätigen' }).click();
  await page.waitForURL('**/de/account');
  await expect(page.getByText('Eine Bestellung ist in dein Konto gekommen.')).toBeVisible();
  await expect(page.getByRole('main').getByRole('link', { name: number })).toBeVisible();
});
