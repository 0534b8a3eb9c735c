//! Each promise is broken in every way its query looks for, and the check must say which one it was.

use backend::check::{INVARIANTS, JOURNAL_INVARIANTS, Violation, run, run_light};
use sqlx::PgPool;
use std::collections::BTreeSet;
use std::io::Write as _;
use time::{Duration, OffsetDateTime};

/// A paid order of one line and two units, in books that agree: what every corruption starts from.
const PAID_ORDER: &str = "
    insert into seller (seller_id, slug, name, country, commission_basis_points) values (u(1), 'seller', 'Seller', 'US', 1000);
    insert into stock_item (stock_item_id, kind) values (u(2), 'variant');
    insert into warehouse (warehouse_id, code, name, country) values (u(3), 'W', 'W', 'US');
    insert into stock_level (stock_item_id, warehouse_id, on_hand, allocated) values (u(2), u(3), 10, 2);
    insert into stock_movement (stock_movement_id, stock_item_id, warehouse_id, delta, reason) values (u(4), u(2), u(3), 10, 'receive');
    insert into reservation (reservation_id, holder_kind, holder_id, stock_item_id, warehouse_id, quantity, state, expires_at)
        values (u(5), 'order', u(11), u(2), u(3), 2, 'firm', souk.clock());
    insert into buyer (buyer_id, email) values (u(10), 'ada@example.org');
    insert into order_directory (order_id, number, buyer_id) values (u(11), 'SK-0000-0001', u(10));
    insert into customer_order (buyer_id, order_id, number, email, status, currency, subtotal, shipping, tax, tax_included, tax_rate_basis_points, total,
            ship_name, ship_line1, ship_city, ship_postal_code, ship_country, paid_at)
        values (u(10), u(11), 'SK-0000-0001', 'ada@example.org', 'paid', 'USD', 2000, 500, 100, false, 400, 2600,
            'Ada', '1 Way', 'Town', '00000', 'US', souk.clock());
    insert into order_transition (buyer_id, order_id, from_status, to_status, cause)
        values (u(10), u(11), null, 'pending_payment', 'checkout'), (u(10), u(11), 'pending_payment', 'paid', 'checkout');
    insert into seller_order (buyer_id, order_id, seller_order_id, seller_id, seller_slug, seller_name, status, shipping_label, delivery_from, delivery_to,
            goods, shipping, tax, total, net_goods, net_shipping, commission_basis_points, commission)
        values (u(10), u(11), u(12), u(1), 'seller', 'Seller', 'to_ship', 'Standard', current_date, current_date, 2000, 500, 100, 2600, 2000, 500, 1000, 200);
    insert into order_line (buyer_id, order_id, seller_order_id, order_line_id, variant_id, stock_item_id, sku, title, quantity, unit_price, total, tax, position)
        values (u(10), u(11), u(12), u(13), u(2), u(2), 'SKU', 'Bowl', 2, 1000, 2000, 80, 0);
    insert into payment (buyer_id, order_id, payment_id, gateway, status, amount, currency, captured)
        values (u(10), u(11), u(14), 'sandbox', 'captured', 2600, 'USD', 2600);
    insert into payment_transition (buyer_id, order_id, payment_id, from_status, to_status, cause)
        values (u(10), u(11), u(14), null, 'created', 'checkout'), (u(10), u(11), u(14), 'created', 'authorized', 'webhook'),
               (u(10), u(11), u(14), 'authorized', 'captured', 'worker');
    insert into payable (buyer_id, order_id, payment_id, number, kind, state, payment_intent_id)
        values (u(10), u(11), u(14), 1, 'intent', 'closed', 'pi_1');
    insert into ledger_account (ledger_account_id, kind, currency, seller_id) values
        (u(20), 'gateway_clearing', 'USD', null), (u(21), 'seller_payable', 'USD', u(1)), (u(22), 'platform_revenue', 'USD', null),
        (u(23), 'tax_payable', 'USD', null), (u(24), 'shipping', 'USD', null);
    insert into ledger_transfer (ledger_transfer_id, kind, reference_id, order_id)
        values (u(30), 'capture', u(14), u(11)), (u(31), 'shipping', u(12), u(11)), (u(32), 'commission', u(12), u(11));
    insert into ledger_entry (ledger_transfer_id, ledger_account_id, amount, currency) values
        (u(30), u(20), 2600, 'USD'), (u(30), u(21), -2000, 'USD'), (u(30), u(23), -100, 'USD'), (u(30), u(24), -500, 'USD'),
        (u(31), u(24), 500, 'USD'), (u(31), u(21), -500, 'USD'),
        (u(32), u(21), 200, 'USD'), (u(32), u(22), -200, 'USD');
    insert into event (kind, subject_id, payload) values ('order_paid', u(11), '{}');
";

/// A promise, a change that breaks it, and the promises that the same change breaks by its nature: they are named too. A
/// query that looks for several faults has an entry for each. Where the schema refuses a fault, its constraint goes first.
type Corruption = (&'static str, &'static str, &'static [&'static str]);

/// Seen by the minutely check too, where that looks at the promise at all.
const CORRUPTIONS: &[Corruption] = &[
    ("stock_is_explained", "update stock_level set on_hand = on_hand + 1", &[]),
    (
        "coupons_are_counted",
        "insert into coupon (coupon_id, code, label, funded_by, free_shipping, uses) values (u(40), 'FREE', 'Free', 'marketplace', true, 1)",
        &[],
    ),
    ("coupons_are_counted", "update customer_order set coupon_code = 'FREE'", &[]),
    (
        "coupons_are_counted",
        "insert into coupon (coupon_id, code, label, funded_by, free_shipping) values (u(40), 'FREE', 'Free', 'marketplace', true);
         insert into coupon_use (order_id, coupon_id, buyer_id, email_hash, given_back_at) values (u(11), u(40), u(10), '\\x05', souk.clock());
         update customer_order set coupon_code = 'FREE'",
        &[],
    ),
    (
        "ratings_are_the_reviews",
        "insert into product (product_id, seller_id, category_id, slug, title, rating_sum) values (u(8), u(1), u(9), 'bowl', 'Bowl', 5)",
        &[],
    ),
    (
        "ratings_are_the_reviews",
        "insert into product (product_id, seller_id, category_id, slug, title, rating_count) values (u(8), u(1), u(9), 'bowl', 'Bowl', 1)",
        &[],
    ),
    ("held_is_reserved", "update stock_level set held = 1", &[]),
    ("allocated_is_firm", "update stock_level set allocated = allocated + 1", &[]),
    ("never_oversold", "update reservation set quantity = 11", &["allocated_is_firm", "paid_lines_have_their_stock"]),
    (
        "never_oversold",
        "insert into reservation (reservation_id, holder_kind, holder_id, stock_item_id, warehouse_id, quantity, state, expires_at)
             values (u(6), 'external', u(7), u(2), u(3), 9, 'held', souk.clock() + interval '5 minutes')",
        &["held_is_reserved"],
    ),
    (
        "never_oversold",
        "insert into stock_movement (stock_movement_id, stock_item_id, warehouse_id, delta, reason, reservation_id)
             values (u(6), u(2), u(3), -9, 'sale', u(7))",
        &["stock_is_explained"],
    ),
    ("paid_lines_have_their_stock", "update order_line set quantity = 1, unit_price = 2000", &[]),
    ("paid_lines_have_their_stock", "update reservation set state = 'released'; update stock_level set allocated = 0", &[]),
    (
        "holds_end",
        "insert into reservation (reservation_id, holder_kind, holder_id, stock_item_id, warehouse_id, quantity, state, expires_at)
             values (u(6), 'external', u(7), u(2), u(3), 1, 'held', souk.clock() - interval '2 minutes');
         update stock_level set held = 1",
        &[],
    ),
    (
        "finished_orders_hold_nothing",
        "update reservation set state = 'held', expires_at = souk.clock() + interval '5 minutes';
         update stock_level set held = 2, allocated = 0",
        &["paid_lines_have_their_stock"],
    ),
    (
        "finished_orders_hold_nothing",
        "update customer_order set status = 'canceled', paid_at = null;
         insert into order_transition (buyer_id, order_id, from_status, to_status, cause) values (u(10), u(11), 'paid', 'canceled', 'admin')",
        &[],
    ),
    (
        "finished_orders_hold_nothing",
        "update customer_order set status = 'expired', paid_at = null; update order_transition set to_status = 'expired' where to_status = 'paid'",
        &[],
    ),
    ("transfers_balance", "update ledger_entry set amount = -201 where amount = -200", &["the_marketplace_gets_its_share"]),
    ("transfers_balance", "insert into ledger_transfer (ledger_transfer_id, kind, reference_id) values (u(33), 'fee', u(14))", &[]),
    (
        "transfers_balance",
        "insert into ledger_account (ledger_account_id, kind, currency) values (u(25), 'fees', 'USD'), (u(26), 'fees', 'EUR');
         insert into ledger_transfer (ledger_transfer_id, kind, reference_id) values (u(33), 'fee', u(14));
         insert into ledger_entry (ledger_transfer_id, ledger_account_id, amount, currency) values (u(33), u(25), 100, 'USD'), (u(33), u(26), -100, 'EUR')",
        &[],
    ),
    ("entries_keep_their_currency", "update ledger_account set currency = 'EUR' where kind = 'tax_payable'", &[]),
    (
        "orders_are_charged_once",
        "alter table payment drop constraint payment_order_id_key;
         insert into payment (buyer_id, order_id, payment_id, gateway, status, amount, currency, captured)
             values (u(10), u(11), u(15), 'sandbox', 'captured', 1, 'USD', 1);
         insert into payment_transition (buyer_id, order_id, payment_id, from_status, to_status, cause) values (u(10), u(11), u(15), null, 'captured', 'worker')",
        &[],
    ),
    ("paid_orders_are_posted", "update ledger_transfer set order_id = null where kind = 'capture'", &["sellers_get_their_share"]),
    (
        "paid_orders_are_posted",
        "update ledger_entry set amount = 2601 where amount = 2600; update ledger_entry set amount = -101 where amount = -100",
        &[],
    ),
    (
        "captured_money_has_an_order",
        "update customer_order set status = 'canceled', paid_at = null;
         insert into order_transition (buyer_id, order_id, from_status, to_status, cause) values (u(10), u(11), 'paid', 'canceled', 'admin');
         update reservation set state = 'released'; update stock_level set allocated = 0;
         update payment set updated_at = souk.clock() - interval '11 minutes'",
        &[],
    ),
    ("refunds_stay_within_the_capture", "alter table payment drop constraint payment_refunded; update payment set refunded = captured + 1", &[]),
    ("refunds_stay_within_the_capture", "alter table payment drop constraint payment_refunded; update payment set refunded = -1", &[]),
    (
        "refunds_stay_within_the_capture",
        "alter table payment drop constraint payment_captured; update payment set captured = amount + 1",
        &["paid_orders_are_posted"],
    ),
    ("sellers_get_their_share", "update seller_order set commission = commission + 1", &["the_marketplace_gets_its_share"]),
    (
        "the_marketplace_gets_its_share",
        "update seller_order set contribution = contribution + 1, net_goods = net_goods + 1",
        &["sellers_get_their_share"],
    ),
    ("parts_make_the_order", "update seller_order set total = total + 1, tax = tax + 1", &[]),
    ("parts_make_the_order", "alter table seller_order drop constraint seller_order_total; update seller_order set total = total + 1", &[]),
    ("parts_make_the_order", "delete from seller_order", &[]),
    ("paid_orders_are_told", "delete from event", &[]),
    ("changes_are_allowed", "update order_transition set from_status = 'expired' where to_status = 'paid'", &[]),
    ("changes_are_allowed", "update payment_transition set from_status = 'canceled' where to_status = 'captured'", &[]),
    ("changes_are_allowed", "update customer_order set status = 'fulfilled'", &[]),
    ("changes_are_allowed", "update payment set status = 'settled'", &[]),
    ("changes_are_allowed", "delete from order_transition", &[]),
    ("changes_are_allowed", "delete from payment_transition", &[]),
    ("orders_are_found", "update order_directory set number = 'SK-0000-0002'", &[]),
    ("orders_are_found", "update order_directory set buyer_id = u(9)", &[]),
    ("orders_are_found", "delete from order_directory", &[]),
    (
        "purchases_move",
        "insert into checkout_saga (saga_id, buyer_id, order_id, cart_id, cart_version, step, state, input, updated_at)
             values (u(40), u(10), u(11), u(41), 1, 'capture_payment', 'running', '{}', souk.clock() - interval '6 minutes')",
        &[],
    ),
    (
        "purchases_move",
        "insert into checkout_saga (saga_id, buyer_id, order_id, cart_id, cart_version, step, state, input, attempts)
             values (u(40), u(10), u(11), u(41), 1, 'capture_payment', 'running', '{}', 10)",
        &[],
    ),
    (
        "purchases_move",
        "insert into checkout_saga (saga_id, buyer_id, order_id, cart_id, cart_version, step, state, input, updated_at)
             values (u(40), u(10), u(11), u(41), 1, 'place_order', 'undoing', '{}', souk.clock() - interval '6 minutes')",
        &[],
    ),
    (
        "answers_are_forgotten",
        "insert into idempotency_key (scope, key, fingerprint, state, leased_until, operation_id, created_at)
             values ('s', 'k', '', 'running', souk.clock(), u(42), souk.clock() - interval '40 days')",
        &[],
    ),
    (
        "webhooks_are_handled",
        "insert into webhook_event (event_id, gateway, kind, body, created_at)
             values ('evt_1', 'sandbox', 'charge.captured', '{}', souk.clock() - interval '2 minutes')",
        &[],
    ),
    (
        "mails_are_on_their_way",
        "insert into mail (mail_id, subject_id, kind, address, market, content) values (u(41), u(42), 'email_verification', 'ada@example.org', '', '{}')",
        &[],
    ),
    (
        "removals_stay",
        "insert into cart (cart_id, token_hash, version, expires_at) values (u(41), 'x', 1, souk.clock());
         insert into cart_line (cart_id, variant_id, quantity, seen_amount, seen_currency, position, version) values (u(41), u(2), 1, 1, 'USD', 0, 2)",
        &[],
    ),
    (
        "imports_stay_with_their_seller",
        "insert into product (product_id, seller_id, category_id, slug, title) values (u(41), u(1), u(42), 'bowl', 'Bowl');
         insert into import_source (seller_id, source, handle, product_id) values (u(43), 'shopify', 'bowl', u(41))",
        &[],
    ),
    ("books_are_closed", "alter table ledger_entry disable trigger ledger_entry_append_only", &[]),
    ("books_are_closed", "alter table stock_movement enable replica trigger stock_movement_append_only", &[]),
    ("books_are_closed", "drop trigger audit_log_append_only on audit_log", &[]),
];

/// Faults of promises that the minutely check looks at, but not this closely.
const LEFT_TO_THE_FULL_CHECK: &[Corruption] = &[
    (
        "stock_is_explained",
        "alter table stock_level drop constraint stock_level_on_hand_check, drop constraint stock_level_promised;
         insert into stock_level (stock_item_id, warehouse_id, on_hand) values (u(6), u(3), -1);
         insert into stock_movement (stock_movement_id, stock_item_id, warehouse_id, delta, reason) values (u(7), u(6), u(3), -1, 'adjust')",
        &[],
    ),
    ("stock_is_explained", "alter table stock_level drop constraint stock_level_held; update stock_level set held = -1", &["held_is_reserved"]),
    (
        "stock_is_explained",
        "alter table stock_level drop constraint stock_level_allocated; update stock_level set allocated = -1",
        &["allocated_is_firm"],
    ),
    (
        "stock_is_explained",
        "alter table stock_level drop constraint stock_level_promised; update stock_level set held = 9",
        &["held_is_reserved"],
    ),
    ("paid_orders_are_posted", "update payment set captured = captured - 1", &[]),
    ("paid_orders_are_posted", "update payment set currency = 'EUR'", &[]),
    ("paid_orders_are_posted", "delete from payment", &[]),
    ("parts_make_the_order", "alter table seller_order drop constraint seller_order_total; update seller_order set tax = tax + 1", &[]),
    (
        "parts_make_the_order",
        "alter table order_line drop constraint order_line_total;
         update seller_order set goods = goods + 1; update order_line set total = total + 1",
        &[],
    ),
    ("parts_make_the_order", "update seller_order set shipping = shipping + 1", &[]),
    ("parts_make_the_order", "update order_line set unit_price = 1001, total = 2002", &[]),
    ("parts_make_the_order", "delete from order_line", &[]),
    ("parts_make_the_order", "update order_line set discount = 1", &[]),
    ("parts_make_the_order", "update seller_order set discount = 1", &[]),
];

/// Runs SQL with triggers and foreign keys off: as somebody would who goes around the shop. `u(n)` is a short id.
async fn tamper(pool: &PgPool, sql: &'static str) {
    let mut connection = pool.acquire().await.unwrap();
    let script = format!(
        "set session_replication_role = replica;
         create or replace function pg_temp.u(n int) returns uuid language sql as $$ select lpad(to_hex(n), 32, '0')::uuid $$;
         {};
         set session_replication_role = origin;",
        sql.replace("u(", "pg_temp.u(")
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(&mut *connection).await.unwrap();
}

fn names(violations: &[Violation]) -> BTreeSet<&str> {
    violations.iter().map(|violation| violation.invariant).collect()
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn books_that_agree_break_no_promise(pool: PgPool) {
    tamper(&pool, PAID_ORDER).await;
    let handles = crate::handles(pool);
    assert_eq!(run(&handles, None).await.unwrap(), []);
    let (light, seen) = run_light(&handles, OffsetDateTime::now_utc() - Duration::HOUR).await.unwrap();
    assert_eq!(light, []);
    assert!(seen > OffsetDateTime::now_utc() - Duration::MINUTE);
}

#[test]
fn every_promise_is_broken_by_a_test() {
    let broken: BTreeSet<&str> = CORRUPTIONS.iter().map(|(name, ..)| *name).collect();
    let promised: BTreeSet<&str> = INVARIANTS.iter().map(|invariant| invariant.name).collect();
    assert_eq!(broken, promised);
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn each_broken_promise_is_named(pool: PgPool) {
    for_each(&pool, "seen", CORRUPTIONS, async |name, corrupted| {
        let light = look_at_the_last_hour(corrupted).await;
        let looks = INVARIANTS.iter().any(|invariant| invariant.name == name && invariant.light_sql.is_some());
        assert!(!looks || names(&light).contains(name), "{name} is seen by the minutely check: {light:?}");
    })
    .await;
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn what_the_minutely_check_does_not_see_the_full_one_names(pool: PgPool) {
    for_each(&pool, "left", LEFT_TO_THE_FULL_CHECK, async |name, corrupted| {
        let light = look_at_the_last_hour(corrupted).await;
        assert!(!names(&light).contains(name), "{name} is seen, and belongs among the others: {light:?}");
    })
    .await;
}

async fn look_at_the_last_hour(db: &PgPool) -> Vec<Violation> {
    run_light(&crate::handles(db.clone()), OffsetDateTime::now_utc() - Duration::HOUR).await.unwrap().0
}

/// Makes each corruption in a copy of the paid order's database, expects the full check to name exactly what it breaks,
/// and looks further. `what` tells the copies of one process apart.
async fn for_each(pool: &PgPool, what: &str, corruptions: &[Corruption], further: impl AsyncFn(&str, &PgPool)) {
    tamper(pool, PAID_ORDER).await;
    let options = pool.connect_options();
    let original = options.get_database().unwrap().to_owned();
    // A database is copied while nobody is connected to it.
    pool.close().await;
    let admin = PgPool::connect_with((*options).clone().database("postgres")).await.unwrap();
    for (index, (name, sql, also)) in corruptions.iter().enumerate() {
        // The original's name fills the 63 bytes that a name may have.
        let copy = format!("souk_check_{what}_{}_{index}", std::process::id());
        let create = format!("create database \"{copy}\" template \"{original}\"");
        sqlx::raw_sql(sqlx::AssertSqlSafe(create)).execute(&admin).await.unwrap();
        let corrupted = PgPool::connect_with((*options).clone().database(&copy)).await.unwrap();
        tamper(&corrupted, sql).await;
        let found = run(&crate::handles(corrupted.clone()), None).await.unwrap();
        let expected: BTreeSet<&str> = also.iter().copied().chain([*name]).collect();
        assert_eq!(names(&found), expected, "{name}, by {sql}: {found:?}");
        assert!(found.iter().all(|violation| !violation.ids.is_empty()));
        further(name, &corrupted).await;
        corrupted.close().await;
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("drop database \"{copy}\""))).execute(&admin).await.unwrap();
    }
    admin.close().await;
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn a_cent_that_only_the_bank_knows_is_named(pool: PgPool) {
    tamper(&pool, PAID_ORDER).await;
    let handles = crate::handles(pool);
    let agrees = r#"{"payment_intents": [{"payment_intent": "pi_1", "order_id": "a", "captured": 2600, "refunded": 0}]}"#;
    assert_eq!(run(&handles, Some(&bank_that_says(agrees))).await.unwrap(), []);
    let differs = r#"{"payment_intents": [{"payment_intent": "pi_1", "order_id": "a", "captured": 2601, "refunded": 0},
                                          {"payment_intent": "pi_2", "order_id": "a", "captured": 1, "refunded": 0}]}"#;
    let found = run(&handles, Some(&bank_that_says(differs))).await.unwrap();
    assert_eq!(names(&found), JOURNAL_INVARIANTS.into_iter().collect());
    assert!(run(&handles, Some("http://127.0.0.1:1/journal")).await.is_err(), "a bank that does not answer is not a clean check");
}

/// One HTTP answer, then nobody is there any more.
fn bank_that_says(body: &'static str) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 1024];
        let _ = std::io::Read::read(&mut stream, &mut request).unwrap();
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
    });
    format!("http://{address}/journal")
}
