//! Each promise is broken in one row, and the check must say which one it was.

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

/// A promise and the change that breaks it. Some break a second one by their nature; that is named too.
const CORRUPTIONS: &[(&str, &str, &[&str])] = &[
    ("stock_is_explained", "update stock_level set on_hand = on_hand + 1", &[]),
    ("held_is_reserved", "update stock_level set held = 1", &[]),
    ("allocated_is_firm", "update stock_level set allocated = allocated + 1", &[]),
    ("never_oversold", "update reservation set quantity = 11", &["allocated_is_firm", "paid_lines_have_their_stock"]),
    ("paid_lines_have_their_stock", "update order_line set quantity = 1, unit_price = 2000", &[]),
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
    ("transfers_balance", "update ledger_entry set amount = -201 where amount = -200", &[]),
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
        "captured_money_has_an_order",
        "update customer_order set status = 'canceled', paid_at = null;
         insert into order_transition (buyer_id, order_id, from_status, to_status, cause) values (u(10), u(11), 'paid', 'canceled', 'admin');
         update reservation set state = 'released'; update stock_level set allocated = 0;
         update payment set updated_at = souk.clock() - interval '11 minutes'",
        &[],
    ),
    ("refunds_stay_within_the_capture", "alter table payment drop constraint payment_refunded; update payment set refunded = captured + 1", &[]),
    ("sellers_get_their_share", "update seller_order set commission = commission + 1", &[]),
    ("parts_make_the_order", "update seller_order set total = total + 1, tax = tax + 1", &[]),
    ("paid_orders_are_told", "delete from event", &[]),
    ("changes_are_allowed", "update order_transition set from_status = 'expired' where to_status = 'paid'", &[]),
    ("orders_are_found", "update order_directory set number = 'SK-0000-0002'", &[]),
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
        "removals_stay",
        "insert into cart (cart_id, token_hash, version, expires_at) values (u(41), 'x', 1, souk.clock());
         insert into cart_line (cart_id, variant_id, quantity, seen_amount, seen_currency, position, version) values (u(41), u(2), 1, 1, 'USD', 0, 2)",
        &[],
    ),
    ("books_are_closed", "alter table ledger_entry disable trigger ledger_entry_append_only", &[]),
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
    // One database for all: each corruption starts from a copy of it.
    tamper(&pool, PAID_ORDER).await;
    let options = pool.connect_options();
    let original = options.get_database().unwrap().to_owned();
    for (index, (name, sql, also)) in CORRUPTIONS.iter().enumerate() {
        pool.close().await;
        // The original's name fills the 63 bytes that a name may have.
        let copy = format!("souk_check_{}_{index}", std::process::id());
        let admin = PgPool::connect_with((*options).clone().database("postgres")).await.unwrap();
        let create = format!("create database \"{copy}\" template \"{original}\"");
        sqlx::raw_sql(sqlx::AssertSqlSafe(create)).execute(&admin).await.unwrap();
        let corrupted = PgPool::connect_with((*options).clone().database(&copy)).await.unwrap();
        tamper(&corrupted, sql).await;
        let handles = crate::handles(corrupted.clone());
        let found = run(&handles, None).await.unwrap();
        let expected: BTreeSet<&str> = also.iter().copied().chain([*name]).collect();
        assert_eq!(names(&found), expected, "{name}: {found:?}");
        assert!(found.iter().all(|violation| !violation.ids.is_empty()));
        let (light, _) = run_light(&handles, OffsetDateTime::now_utc() - Duration::HOUR).await.unwrap();
        let looks = INVARIANTS.iter().any(|invariant| invariant.name == *name && invariant.light_sql.is_some());
        assert!(!looks || names(&light).contains(name), "{name} is seen by the minutely check: {light:?}");
        corrupted.close().await;
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("drop database \"{copy}\""))).execute(&admin).await.unwrap();
        admin.close().await;
    }
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
