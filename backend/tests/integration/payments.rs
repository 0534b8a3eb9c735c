//! The gateway's hints, the books, and what the database refuses whatever the code does.

use crate::bank::{self, Bank};
use crate::checkout::{guest_with, holding, placed, request};
use backend::testing::Shop;
use backend::{Context, Failure, checkout, orders, payments, secret};
use domain::orders::OrderStatus;
use domain::payments::{Gateway, PaymentStatus, TRANSITIONS};
use ring::hmac;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::BTreeSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const DAY: Duration = Duration::from_secs(86_400);

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn signed(body: &str, seconds: u64, key: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    let signature = hmac::sign(&key, format!("{seconds}.{body}").as_bytes());
    format!("t={seconds},v1={}", secret::hex(signature.as_ref()))
}

async fn tell(shop: &Shop, event: &Value) {
    let body = event.to_string();
    payments::store_webhook(&shop.handles, body.as_bytes(), &signed(&body, now(), "whsec_shop")).await.unwrap();
}

fn event(id: &str, kind: &str, object: Value) -> Value {
    json!({ "id": id, "type": kind, "livemode": false, "data": { "object": object } })
}

async fn outcomes(shop: &Shop) -> Vec<(String, Option<String>)> {
    sqlx::query_as("select event_id, outcome from webhook_event order by event_id").fetch_all(&shop.handles.db).await.unwrap()
}

#[sqlx::test]
async fn a_webhook_brings_a_payment_to_the_shop_that_nobody_else_told_it_of(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    bank.pay_in_browser(order.payment.client_secret.as_deref().unwrap(), "pm_card_visa").await;
    assert_eq!(checkout::resume(&shop.handles).await.unwrap(), 0);
    let told = bank.ask("GET", "/v1/events?type=payment_intent.amount_capturable_updated", "").await.json()["data"][0].clone();
    // Told three times, in whatever order: one payment.
    for _ in 0..3 {
        tell(&shop, &told).await;
    }
    checkout::resume(&shop.handles).await.unwrap();
    assert_eq!(orders::order(&guest, order.number.as_str()).await.unwrap().status, OrderStatus::Paid);
    tell(&shop, &told).await;
    assert_eq!(checkout::resume(&shop.handles).await.unwrap(), 0);
    let outcomes = outcomes(&shop).await;
    assert_eq!(outcomes.len(), 1);
    assert_eq!(outcomes[0].1.as_deref(), Some("looked at"));
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_webhook_is_a_hint_and_never_the_truth(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    let intent = order.payment.client_secret.as_deref().unwrap().split("_secret_").next().unwrap().to_owned();
    let object = |amount: i64, currency: &str, of: &str| {
        json!({ "id": intent, "object": "payment_intent", "amount": amount, "currency": currency, "status": "succeeded",
            "metadata": { "order_id": of } })
    };
    let (total, id) = (order.total.amount, order.id.to_string());
    tell(&shop, &event("evt_1", "payment_intent.succeeded", object(total, "usd", &id))).await;
    tell(&shop, &event("evt_2", "payment_intent.succeeded", object(total - 1, "usd", &id))).await;
    tell(&shop, &event("evt_3", "payment_intent.succeeded", object(total, "eur", &id))).await;
    tell(&shop, &event("evt_4", "payment_intent.succeeded", object(total, "usd", &backend::db::new_id().to_string()))).await;
    tell(
        &shop,
        &json!({ "id": "evt_5", "type": "payment_intent.succeeded", "livemode": true, "data": { "object": object(total, "usd", &id) } }),
    )
    .await;
    tell(&shop, &event("evt_6", "customer.created", json!({ "id": "cus_1" }))).await;
    tell(&shop, &event("evt_7", "payment_intent.succeeded", json!({ "id": "pi_unknown", "amount": 1, "currency": "usd", "metadata": {} })))
        .await;
    let of_account = |id: &str, account: Value| {
        let mut event = event(id, "payment_intent.succeeded", object(total, "usd", &order.id.to_string()));
        event["account"] = account;
        event
    };
    tell(&shop, &of_account("evt_8", json!("acct_other"))).await;
    tell(&shop, &of_account("evt_9", Value::Null)).await;
    tell(&shop, &json!("not an event")).await;
    checkout::resume(&shop.handles).await.unwrap();
    let found: Vec<Option<String>> = outcomes(&shop).await.into_iter().map(|(_, outcome)| outcome).collect();
    let expected = [
        "looked at",
        "mismatch",
        "mismatch",
        "mismatch",
        "mismatch",
        "not for us",
        "unknown object",
        "mismatch",
        "looked at",
        "not for us",
    ];
    assert_eq!(found.iter().map(|outcome| outcome.as_deref().unwrap()).collect::<Vec<_>>(), expected);
    let view = orders::order(&guest, order.number.as_str()).await.unwrap();
    assert_eq!((view.status, view.payment.status), (OrderStatus::PendingPayment, PaymentStatus::Created));
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn what_happened_in_a_connected_account_moves_none_of_our_orders(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    bank.pay_in_browser(order.payment.client_secret.as_deref().unwrap(), "pm_card_visa").await;
    let ours = bank.ask("GET", "/v1/events?type=payment_intent.amount_capturable_updated", "").await.json()["data"][0].clone();
    let mut theirs = ours.clone();
    (theirs["id"], theirs["account"]) = (json!("evt_theirs"), json!("acct_connected"));
    tell(&shop, &theirs).await;
    assert_eq!(checkout::resume(&shop.handles).await.unwrap(), 0);
    assert_eq!(orders::order(&guest, order.number.as_str()).await.unwrap().payment.status, PaymentStatus::Created);
    tell(&shop, &ours).await;
    checkout::resume(&shop.handles).await.unwrap();
    assert_eq!(orders::order(&guest, order.number.as_str()).await.unwrap().status, OrderStatus::Paid);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_forged_webhook_is_turned_away_and_leaves_nothing(db: PgPool) {
    let shop = Shop::new(db);
    let body = event("evt_1", "payment_intent.succeeded", json!({})).to_string();
    let wrong = [
        signed(&body, now(), "whsec_other"),
        signed(&body, now() - 900, "whsec_shop"),
        signed(&body, now() + 900, "whsec_shop"),
        signed("{}", now(), "whsec_shop"),
        String::new(),
        "t=1,v1=zz".to_owned(),
    ];
    for signature in wrong {
        assert!(
            matches!(payments::store_webhook(&shop.handles, body.as_bytes(), &signature).await, Err(Failure::Forbidden)),
            "{signature}"
        );
    }
    assert!(outcomes(&shop).await.is_empty());
}

#[sqlx::test]
async fn what_handled_events_said_is_dropped_after_ninety_days_and_they_stay_known(db: PgPool) {
    let shop = Shop::new(db.clone());
    let created = |id: &str| event(id, "customer.created", json!({ "id": "cus_1" }));
    tell(&shop, &created("evt_old")).await;
    checkout::resume(&shop.handles).await.unwrap();
    shop.advance(89 * DAY).await;
    assert_eq!(payments::forget_webhooks(&shop.handles).await.unwrap(), 0);
    shop.advance(2 * DAY).await;
    tell(&shop, &created("evt_young")).await;
    checkout::resume(&shop.handles).await.unwrap();
    tell(&shop, &created("evt_waiting")).await;
    shop.run("update webhook_event set created_at = created_at - interval '100 days' where handled_at is null", |query| query).await;
    assert_eq!(payments::forget_webhooks(&shop.handles).await.unwrap(), 1);
    assert_eq!(payments::forget_webhooks(&shop.handles).await.unwrap(), 0);
    tell(&shop, &created("evt_old")).await;
    let kept: Vec<(String, bool, bool)> =
        sqlx::query_as("select event_id, body <> '', handled_at is null from webhook_event order by event_id")
            .fetch_all(&db)
            .await
            .unwrap();
    let kept: Vec<(&str, bool, bool)> = kept.iter().map(|(id, is_readable, is_new)| (id.as_str(), *is_readable, *is_new)).collect();
    assert_eq!(kept, [("evt_old", false, false), ("evt_waiting", true, true), ("evt_young", true, false)]);
}

#[sqlx::test]
async fn the_tables_of_transitions_are_the_same_in_the_code_and_in_the_database(db: PgPool) {
    let rows: Vec<(String, String, String)> =
        sqlx::query_as("select kind, from_status, to_status from allowed_transition").fetch_all(&db).await.unwrap();
    let of = |kind: &str| -> BTreeSet<(String, String)> {
        rows.iter().filter(|row| row.0 == kind).map(|row| (row.1.clone(), row.2.clone())).collect()
    };
    let payments: BTreeSet<(String, String)> =
        TRANSITIONS.iter().map(|(from, to)| (from.as_str().to_owned(), to.as_str().to_owned())).collect();
    let orders: BTreeSet<(String, String)> =
        domain::orders::TRANSITIONS.iter().map(|(from, to)| (from.as_str().to_owned(), to.as_str().to_owned())).collect();
    assert_eq!(of("payment"), payments);
    assert_eq!(of("order"), orders);
}

#[sqlx::test]
async fn the_database_refuses_what_no_code_should_try(db: PgPool) {
    let (_bank, shop) = bank::open(db.clone()).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap();
    let refused = [
        (
            "insert into payment_transition (buyer_id, order_id, payment_id, from_status, to_status, cause)
          select buyer_id, order_id, payment_id, 'captured', 'created', 'api' from payment",
            "payment_transition_allowed",
        ),
        (
            "insert into order_transition (buyer_id, order_id, from_status, to_status, cause)
          select buyer_id, order_id, 'paid', 'pending_payment', 'api' from customer_order",
            "order_transition_allowed",
        ),
        (
            "insert into payable (buyer_id, order_id, payment_id, number, kind, state)
          select buyer_id, order_id, payment_id, n, 'intent', 'opening' from payment, generate_series(8, 9) n",
            "payable_live_key",
        ),
        (
            "insert into payment_attempt (buyer_id, order_id, payment_id, payment_attempt_id, status)
          select buyer_id, order_id, payment_id, gen_random_uuid(), 'succeeded' from payment",
            "payment_attempt_succeeded_key",
        ),
        ("update payment set captured = amount + 1", "payment_captured"),
        ("update stock_level set held = on_hand + 1", "stock_level_promised"),
        ("update customer_order set total = total + 1", "customer_order_total"),
        (
            "insert into ledger_transfer (ledger_transfer_id, kind, reference_id) select gen_random_uuid(), 'capture', payment_id from payment",
            "ledger_transfer_reference_key",
        ),
    ];
    for (statement, constraint) in refused {
        let error = sqlx::query(statement).execute(&db).await.unwrap_err();
        assert_eq!(error.as_database_error().and_then(|error| error.constraint()), Some(constraint), "{statement}: {error}");
    }
    for statement in [
        "update ledger_entry set amount = amount + 1",
        "delete from ledger_transfer",
        "truncate payment_transition",
        "delete from order_transition",
        "update stock_movement set delta = 1",
        "with t as (insert into ledger_transfer (ledger_transfer_id, kind, reference_id) values (gen_random_uuid(), 'fee', gen_random_uuid()) returning ledger_transfer_id)
         insert into ledger_entry (ledger_transfer_id, ledger_account_id, amount, currency)
         select t.ledger_transfer_id, a.ledger_account_id, 5, 'USD' from t, ledger_account a where a.kind = 'gateway_clearing'",
    ] {
        assert!(sqlx::query(statement).execute(&db).await.is_err(), "{statement}");
    }
}

/// The shop of this database as it takes real money; the bank's answers say so too.
async fn taking_real_money(db: &PgPool, bank: &Bank) -> Shop {
    Shop::with_gateway(db.clone(), &bank.in_live_mode().await).with_settings(|settings| {
        settings.gateway = Gateway::Stripe;
        settings.publishable_key = "pk_live_shop".to_owned();
    })
}

async fn refusal(shop: &Shop) -> String {
    payments::refuse_mixed_money(&shop.handles).await.unwrap_err().to_string()
}

#[sqlx::test]
async fn an_answer_of_the_other_mode_pays_nothing_and_changes_nothing(db: PgPool) {
    let (bank, shop) = bank::open(db.clone()).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    bank.pay_in_browser(order.payment.client_secret.as_deref().unwrap(), "pm_card_visa").await;
    let mut told = bank.ask("GET", "/v1/events?type=payment_intent.amount_capturable_updated", "").await.json()["data"][0].clone();
    told["livemode"] = json!(true);
    tell(&shop, &told).await;
    assert_eq!(checkout::resume(&shop.handles).await.unwrap(), 0);
    assert_eq!(outcomes(&shop).await[0].1.as_deref(), Some("mismatch"));
    // The same intent, as a gateway in the other mode would tell of it.
    let astray = Shop::with_gateway(db.clone(), &bank.in_live_mode().await);
    let view = checkout::settle(&Context { handles: astray.handles.clone(), ..guest.clone() }, order.id).await.unwrap();
    assert_eq!((view.status, view.payment.status), (OrderStatus::PendingPayment, PaymentStatus::Created));
    // A new one: nothing that could be paid reaches the shopper.
    let (_, unpayable) = placed(&astray, &bowl, 1).await;
    assert_eq!((unpayable.status, unpayable.payment.client_secret), (OrderStatus::PendingPayment, None));
    let opened: i64 = sqlx::query_scalar("select count(*) from payable where state = 'open'").fetch_one(&db).await.unwrap();
    assert_eq!((opened, bank.taken().await), (1, 0));
    payments::refuse_mixed_money(&shop.handles).await.expect("no real money was taken note of");
    assert_eq!(checkout::settle(&guest, order.id).await.unwrap().status, OrderStatus::Paid, "asked rightly, it is paid");
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn where_real_money_was_made_test_money_is_refused_for_ever(db: PgPool) {
    let (bank, shop) = bank::open(db.clone()).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let live = taking_real_money(&db, &bank).await;
    for shop in [&shop, &live] {
        payments::refuse_mixed_money(&shop.handles).await.expect("an empty database takes either");
    }
    let (guest, order) = placed(&live, &bowl, 1).await;
    let told = "test payments are refused: real payments were made with this database";
    assert_eq!(refusal(&shop).await, told, "from the first intent on");
    checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap();
    assert!(sqlx::query_scalar::<_, bool>("select livemode from payment").fetch_one(&db).await.unwrap());
    let test_keys = shop.clone().with_settings(|settings| settings.gateway = Gateway::Stripe);
    assert_eq!([refusal(&shop).await.as_str(), refusal(&test_keys).await.as_str()], [told, told]);
    payments::refuse_mixed_money(&live.handles).await.expect("it goes on as it began");
    bank.assert_books_agree(&live).await;
}

#[sqlx::test]
async fn where_an_order_was_paid_with_test_money_real_money_is_refused(db: PgPool) {
    let (bank, shop) = bank::open(db.clone()).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let live = taking_real_money(&db, &bank).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    payments::refuse_mixed_money(&live.handles).await.expect("nothing was taken yet");
    checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap();
    assert_eq!(refusal(&live).await, "real payments are refused: orders in this database were paid with test money");
    payments::refuse_mixed_money(&shop.handles).await.expect("it goes on as it began");
}

#[sqlx::test]
async fn no_card_number_reaches_the_shop(db: PgPool) {
    let (bank, shop) = bank::open(db.clone()).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let guest = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
    let order = checkout::place_order(&guest, request()).await.unwrap();
    let guest = holding(&guest, &order);
    let page = checkout::open_hosted_page(&guest, order.id).await.unwrap();
    bank.pay_on_page(&page, "4242424242424242").await;
    checkout::settle(&guest, order.id).await.unwrap();
    for told in bank.ask("GET", "/v1/events?limit=100", "").await.json()["data"].as_array().unwrap() {
        tell(&shop, told).await;
    }
    checkout::resume(&shop.handles).await.unwrap();
    let tables = ["payment", "payment_attempt", "payable", "checkout_saga", "webhook_event", "event", "customer_order"];
    for table in tables {
        let rows: Vec<String> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select t::text from {table} t"))).fetch_all(&db).await.unwrap();
        assert!(!rows.is_empty() && rows.iter().all(|row| !row.contains("4242424242424242")), "{table}");
    }
    bank.assert_books_agree(&shop).await;
}
