import { type FrameLocator, type Page } from '@playwright/test';
import { expect, hydrated, visit } from '../fixtures';
import { address, password, type Product } from '../data';

/** The shop as a visitor uses it: by what pages say, not by how they are built. */
export class Shop {
  constructor(readonly page: Page) {}

  async putIntoCart(product: Product) {
    await visit(this.page, `/p/${product.slug}`);
    await this.add();
    const drawer = this.page.getByRole('dialog', { name: /Your cart/ });
    await expect(drawer.getByTestId('cart-line').filter({ hasText: product.title })).toBeVisible();
  }

  /** Adds the product of this page, and waits until the shop has it: the drawer shows it before, and a page that is loaded
      meanwhile may be answered before. */
  async add() {
    const added = this.page.waitForResponse('**/sf/cart/add_item');
    await this.page.getByTestId('product-add-to-cart').click();
    await added;
  }

  /** A new account, signed in. */
  async register(email: string) {
    await visit(this.page, '/account/register');
    await this.page.getByLabel('Name', { exact: true }).fill(address.name);
    await this.page.getByLabel('E-mail', { exact: true }).fill(email);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: 'Create account' }).click();
    await this.page.waitForURL(/\/account$/);
  }

  /** From any page to the payment: the form is filled in and the order placed. */
  async placeOrder(email: string) {
    await visit(this.page, '/checkout');
    await this.fillCheckout(email);
    await this.page.getByRole('button', { name: /Continue to payment/ }).click();
    await this.page.waitForURL(/\/checkout\/pay\//);
    return this.orderNumber();
  }

  async fillCheckout(email: string) {
    await this.page.getByLabel('E-mail', { exact: true }).fill(email);
    await this.fillAddress();
    await this.page.getByLabel('ZIP code').blur();
  }

  /** The fields of an address, at the checkout and in the account. */
  async fillAddress() {
    await this.page.getByLabel('Full name').fill(address.name);
    await this.page.getByLabel('Country').selectOption(address.country);
    await this.page.getByLabel('Street and number').fill(address.line1);
    await this.page.getByLabel('Town or city').fill(address.city);
    await this.page.getByLabel('State').selectOption(address.region);
    await this.page.getByLabel('ZIP code').fill(address.postal_code);
  }

  orderNumber(): string {
    const number = /SK-[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(this.page.url());
    if (!number) throw new Error(`no order number in ${this.page.url()}`);
    return number[0];
  }

  get cardFrame(): FrameLocator {
    return this.page.frameLocator('iframe[title="Secure payment input frame"]');
  }

  /** The form follows the language of the page. */
  get cardNumber() {
    return this.cardFrame.getByLabel(/^(Card number|Kartennummer)$/);
  }

  async fillCard(number: string) {
    await this.cardNumber.fill(number);
    await this.cardFrame.getByLabel(/^(Expiration date|Ablaufdatum)$/).fill('12 / 40');
    await this.cardFrame.getByLabel(/^(Security code|Prüfziffer)$/).fill('123');
  }

  get payButton() {
    return this.page.getByRole('button', { name: /^Pay / });
  }

  async arrivesAtConfirmation(number: string) {
    await this.page.waitForURL(new RegExp(`/orders/${number}`));
    await hydrated(this.page);
    await expect(this.page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(this.page.getByRole('main')).toContainText(number);
  }
}
