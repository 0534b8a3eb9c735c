import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';

// The release build has no test door: what a test needs is written into the database as the shop itself would write it,
// and what it must know of the gateway is read from the sandbox's own book.

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 });

export interface Product {
  slug: string;
  title: string;
  variantId: string;
  stockItemId: string;
}

/** A published product of one variant with `stock` units, of a demonstration seller. */
export async function makeProduct(options: { stock: number; price?: number; seller?: number; title?: string }): Promise<Product> {
  const mark = randomUUID().slice(0, 8);
  const title = options.title ?? `Test bowl ${mark}`;
  const product = { slug: `test-bowl-${mark}`, title, variantId: randomUUID(), stockItemId: randomUUID() };
  const productId = randomUUID();
  const client = await pool.connect();
  try {
    await client.query('begin');
    const seller = await client.query('select seller_id from seller order by slug offset $1 limit 1', [options.seller ?? 0]);
    const sellerId = seller.rows[0].seller_id;
    const category = await client.query('select category_id from category where parent_id is not null order by slug limit 1');
    const warehouse = await client.query('select warehouse_id from warehouse order by rank limit 1');
    await client.query(
      `insert into product (product_id, seller_id, category_id, slug, title, description_html, status, published_at)
       values ($1, $2, $3, $4, $5, '<p>Made for a test.</p>', 'published', souk.clock() - interval '1 year')`,
      [productId, sellerId, category.rows[0].category_id, product.slug, title],
    );
    await client.query(`insert into stock_item (stock_item_id, kind) values ($1, 'variant')`, [product.stockItemId]);
    await client.query('insert into variant (variant_id, product_id, seller_id, stock_item_id, sku) values ($1, $2, $3, $4, $5)', [
      product.variantId,
      productId,
      sellerId,
      product.stockItemId,
      `TEST-${mark}`,
    ]);
    await client.query(`insert into price (variant_id, currency, amount) values ($1, 'USD', $2), ($1, 'EUR', $2)`, [product.variantId, options.price ?? 2500]);
    await client.query('insert into stock_level (stock_item_id, warehouse_id, on_hand) values ($1, $2, $3)', [product.stockItemId, warehouse.rows[0].warehouse_id, options.stock]);
    if (options.stock > 0) {
      await client.query(
        `insert into stock_movement (stock_movement_id, stock_item_id, warehouse_id, delta, reason) values ($1, $2, $3, $4, 'receive')`,
        [randomUUID(), product.stockItemId, warehouse.rows[0].warehouse_id, options.stock],
      );
    }
    await client.query('commit');
    return product;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

/** What the shop's books say about the orders of one e-mail address. */
export async function ordersOf(email: string): Promise<{ number: string; status: string; street: string; total: string; captured: string | null }[]> {
  const { rows } = await pool.query(
    `select o.number, o.status, o.ship_line1 as street, o.total, p.captured from customer_order o left join payment p using (buyer_id, order_id)
     where o.email = $1 order by o.placed_at`,
    [email],
  );
  return rows;
}

export async function stockOf(product: Product): Promise<{ on_hand: number; allocated: number; held: number }> {
  const { rows } = await pool.query('select on_hand, allocated, held from stock_level where stock_item_id = $1', [product.stockItemId]);
  return rows[0];
}

/** The time to pay one order is over: its deadlines come forward, and the shop's own workers do what they do at the end. */
export async function endHold(number: string) {
  await pool.query(
    `with due as (update customer_order set expires_at = souk.clock() where number = $1 returning order_id),
          held as (update reservation set expires_at = souk.clock() from due where holder_kind = 'order' and holder_id = due.order_id)
     update checkout_saga s set wake_at = souk.clock() from due where s.order_id = due.order_id`,
    [number],
  );
}

export async function closeDatabase() {
  await pool.end();
}

export interface SignIn {
  email: string;
  password: string;
}

/** Who can sign in to the running shop, as the file says that describes it. */
export function signIns(): { admin: SignIn; shopper: SignIn; sellers: SignIn[] } {
  return JSON.parse(readFileSync(process.env.SOUK_RUN_FILE ?? '../.souk/run.json', 'utf8')).sign_ins;
}

/** An address nobody else of the run uses, so that a test finds its own orders. */
export function freshEmail(): string {
  return `guest-${randomUUID().slice(0, 12)}@example.org`;
}

const url = process.env.SOUK_URL ?? 'http://127.0.0.1:3000';

async function api(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

/** Somebody else buys, through the REST API: places an order and pays it. */
export async function buyElsewhere(product: Product, quantity = 1) {
  const cart = await api('PUT', '/cart/items', { variant_id: product.variantId, quantity });
  if (cart.status !== 200) throw new Error(`the other shopper's cart: ${JSON.stringify(cart.body)}`);
  const order = await api(
    'POST',
    '/orders',
    { email: freshEmail(), shipping_address: address },
    { 'cart-token': cart.body.token, 'idempotency-key': randomUUID() },
  );
  if (order.status !== 201) throw new Error(`the other shopper's order: ${JSON.stringify(order.body)}`);
  const payment = await api(
    'POST',
    '/payments',
    { order_id: order.body.id, payment_method: 'pm_card_visa' },
    { 'order-token': order.body.access_token, 'idempotency-key': randomUUID() },
  );
  if (payment.body.status !== 'succeeded') throw new Error(`the other shopper's payment: ${JSON.stringify(payment.body)}`);
}

export const address = { name: 'Ada Lovelace', line1: '12 Analytical Way', city: 'Portland', region: 'OR', postal_code: '97201', country: 'US' };

/** Of the accounts that tests make. */
export const password = 'copper kettle moss 7';

/** Test cards, as Stripe names their numbers. */
export const cards = { good: '4242424242424242', declined: '4000000000000002', secure: '4000002760003184' };
