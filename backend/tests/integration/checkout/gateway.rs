//! A gateway that is silent, loses answers, or fails.

use super::*;

#[sqlx::test]
async fn a_silent_gateway_leaves_an_order_that_can_be_paid_later(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    bank.misbehave("POST", "/v1/payment_intents", "request_lost", json!({ "times": 3 })).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    assert_eq!((order.status, order.payment.client_secret.as_deref()), (OrderStatus::PendingPayment, None));
    shop.advance(Duration::from_secs(10)).await;
    let_the_worker_run(&shop).await;
    assert!(orders::order(&guest, order.number.as_str()).await.unwrap().payment.client_secret.is_some());
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn paying_while_the_gateway_is_silent_is_refused_and_works_later(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    bank.misbehave("POST", "/v1/payment_intents", "request_lost", json!({ "times": 6 })).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    assert_eq!(refused(checkout::pay(&guest, order.id, "pm_card_visa").await), PaymentRefusal::GatewayUnavailable);
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn replies_that_are_lost_after_the_effect_charge_once(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    for path in ["/v1/payment_intents", "/v1/payment_intents/*/confirm", "/v1/payment_intents/*/capture"] {
        bank.misbehave("POST", path, "reply_lost", json!({ "times": 2 })).await;
    }
    let (guest, order) = placed(&shop, &bowl, 1).await;
    assert!(order.payment.client_secret.is_some());
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    assert_eq!(bank.journal().await.len(), 1);
    assert_eq!(bank.taken().await, order.total.amount);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn an_outcome_that_is_not_known_stays_open_until_it_is(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    bank.misbehave("POST", "/v1/payment_intents/*/confirm", "slow", json!({ "delay_ms": 6_000 })).await;
    let attempt = checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap();
    assert_eq!(attempt.status, AttemptStatus::Processing);
    // Carried out all the same, after nobody waits for it any more.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(status(&guest, order.id).await, (OrderStatus::PendingPayment, PaymentStatus::Processing));
    assert_eq!(refused(checkout::pay(&guest, order.id, "pm_card_visa").await), PaymentRefusal::PaymentInProgress);
    // Kept a while longer, once.
    assert_eq!(count(&shop, "select max(extensions)::bigint from reservation").await, 1);
    shop.advance(Duration::from_secs(10)).await;
    let_the_worker_run(&shop).await;
    assert_eq!(status(&guest, order.id).await, (OrderStatus::Paid, PaymentStatus::Captured));
    assert_eq!(bank.taken().await, order.total.amount);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_confirmation_that_never_arrived_ends_as_a_failed_try(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    bank.misbehave("POST", "/v1/payment_intents/*/confirm", "request_lost", json!({ "times": 3 })).await;
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Processing);
    shop.advance(Duration::from_secs(5)).await;
    let_the_worker_run(&shop).await;
    assert_eq!(checkout::payment(&guest, order.payment.id).await.unwrap().status, AttemptStatus::Processing);
    shop.advance(Duration::from_secs(40)).await;
    let_the_worker_run(&shop).await;
    let attempt = checkout::payment(&guest, order.payment.id).await.unwrap();
    assert_eq!((attempt.status, attempt.error.unwrap().retryable), (AttemptStatus::Failed, true));
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_try_that_is_lost_after_a_decline_ends_as_well(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_chargeDeclined").await.unwrap().status, AttemptStatus::Failed);
    bank.misbehave("POST", "/v1/payment_intents/*/confirm", "request_lost", json!({ "times": 3 })).await;
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Processing);
    assert_eq!(refused(checkout::pay(&guest, order.id, "pm_card_visa").await), PaymentRefusal::PaymentInProgress);
    shop.advance(Duration::from_secs(50)).await;
    let_the_worker_run(&shop).await;
    assert_eq!(checkout::payment(&guest, order.payment.id).await.unwrap().status, AttemptStatus::Failed);
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    assert_eq!(bank.taken().await, order.total.amount);
    bank.assert_books_agree(&shop).await;
}

/// Whatever there was to pay by: the form's intent, the gateway's own page, or nothing yet.
#[sqlx::test]
async fn a_try_whose_process_died_before_it_asked_ends_long_before_the_hold(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let with_an_intent = placed(&shop, &bowl, 1).await;
    let with_a_page = placed(&shop, &bowl, 1).await;
    checkout::open_hosted_page(&with_a_page.0, with_a_page.1.id).await.unwrap();
    bank.misbehave("POST", "/v1/payment_intents", "request_lost", json!({ "times": 3 })).await;
    let with_nothing = placed(&shop, &bowl, 1).await;
    let all = [with_an_intent, with_a_page, with_nothing];
    for (guest, order) in &all {
        checkout::Stepwise::die_while_paying(guest, order.id).await.unwrap();
        assert_eq!(refused(checkout::pay(guest, order.id, "pm_card_visa").await), PaymentRefusal::PaymentInProgress);
    }
    for seconds in [31, 6] {
        shop.advance(Duration::from_secs(seconds)).await;
        let_the_worker_run(&shop).await;
    }
    for (guest, order) in &all {
        assert_eq!(checkout::payment(guest, order.payment.id).await.unwrap().status, AttemptStatus::Failed);
        assert_eq!(checkout::pay(guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    }
    assert_eq!(bank.taken().await, all.iter().map(|(_, order)| order.total.amount).sum::<i64>());
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_payment_method_that_was_used_up_is_refused_as_such(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let method = bank.payment_method("4242424242424242").await;
    let (first, paid) = placed(&shop, &bowl, 1).await;
    assert_eq!(checkout::pay(&first, paid.id, &method).await.unwrap().status, AttemptStatus::Succeeded);
    let (second, order) = placed(&shop, &bowl, 1).await;
    assert_eq!(refused(checkout::pay(&second, order.id, &method).await), PaymentRefusal::PaymentMethodInvalid);
    assert_eq!(checkout::pay(&second, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn an_order_whose_gateway_is_gone_ends_and_frees_its_cart(db: PgPool) {
    let (old_bank, shop) = bank::open(db.clone()).await;
    let bowl = shop.simple_product("bowl", 2_000, 3).await;
    let (changing, changed) = placed(&shop, &bowl, 1).await;
    let (waiting, waited) = placed(&shop, &bowl, 2).await;
    drop(old_bank);
    let (bank, shop) = bank::open(db).await;
    let (changing, waiting) = (shop.context(changing.caller.clone()), shop.context(waiting.caller.clone()));
    let mut elsewhere = request();
    elsewhere.shipping_address.line1 = "7 Corrected Lane".to_owned();
    let order = checkout::place_order(&changing, elsewhere).await.unwrap();
    assert_eq!(status(&changing, changed.id).await, (OrderStatus::Canceled, PaymentStatus::Canceled));
    assert_eq!(checkout::pay(&holding(&changing, &order), order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    shop.advance(LATER).await;
    let_the_worker_run(&shop).await;
    assert_eq!(status(&waiting, waited.id).await, (OrderStatus::Expired, PaymentStatus::Canceled));
    assert_eq!(level(&shop, &bowl).await, (3, 1, 0));
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_purchase_needs_no_redis(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let guest = guest_with(&shop, &[(bowl.variants[0], 2)]).await;
    let away = shop.without_redis();
    let guest = away.context(guest.caller.clone());
    checkout::quote(&guest, &request().shipping_address, None, None).await.unwrap();
    let order = checkout::place_order(&guest, request()).await.unwrap();
    let guest = holding(&guest, &order);
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    let_the_worker_run(&away).await;
    assert_eq!(status(&guest, order.id).await, (OrderStatus::Paid, PaymentStatus::Captured));
    assert_eq!(level(&shop, &bowl).await, (5, 2, 0));
    assert!(cart::view(&guest).await.unwrap().lines.is_empty());
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn errors_that_the_gateway_keeps_are_got_around(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    bank.misbehave("POST", "/v1/payment_intents", "stored_500", json!({ "effect": true })).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    assert_eq!(order.payment.client_secret, None);
    bank.misbehave("POST", "/v1/payment_intents/*/capture", "stored_500", json!({ "effect": false })).await;
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Processing);
    assert_eq!(level(&shop, &bowl).await, (5, 1, 0));
    shop.advance(Duration::from_secs(90)).await;
    let_the_worker_run(&shop).await;
    assert_eq!(status(&guest, order.id).await, (OrderStatus::Paid, PaymentStatus::Captured));
    assert_eq!(bank.taken().await, order.total.amount);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn stock_goes_back_only_after_the_gateway_agrees(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, old) = placed(&shop, &bowl, 2).await;
    bank.misbehave("GET", "/v1/payment_intents/*", "request_lost", json!({ "times": 3 })).await;
    cart::set_item(&guest, bowl.variants[0], 1).await.unwrap();
    assert_eq!(refused(checkout::place_order(&guest, request()).await), CheckoutRefusal::PaymentInProgress);
    assert_eq!(status(&guest, old.id).await, (OrderStatus::PendingPayment, PaymentStatus::Created));
    assert_eq!(level(&shop, &bowl).await, (5, 0, 2));
    assert!(checkout::place_order(&guest, request()).await.is_ok());
    assert_eq!(level(&shop, &bowl).await, (5, 0, 1));
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn an_intent_of_another_amount_pays_nothing(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    let secret = order.payment.client_secret.clone().unwrap();
    let intent = secret.split("_secret_").next().unwrap().to_owned();
    bank.ask("POST", &format!("/v1/payment_intents/{intent}"), "amount=100").await;
    bank.pay_in_browser(&secret, "pm_card_visa").await;
    for _ in 0..10 {
        assert_eq!(checkout::settle(&guest, order.id).await.unwrap().status, OrderStatus::PendingPayment);
    }
    assert_eq!(bank.taken().await, 0);
    // It does not mend itself, so somebody is told.
    let violations = check::run(&shop.handles, None).await.unwrap();
    let named: Vec<&str> = violations.iter().map(|violation| violation.invariant).collect();
    assert_eq!(named, ["purchases_move"]);
}
