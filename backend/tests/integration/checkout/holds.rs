//! The hold and its end.

use super::*;

#[sqlx::test]
async fn an_order_that_nobody_pays_expires_and_its_units_go_back(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 1).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    assert_eq!(checkout::resume(&shop.handles).await.unwrap(), 0);
    shop.advance(LATER).await;
    assert_eq!(refused(checkout::pay(&guest, order.id, "pm_card_visa").await), PaymentRefusal::OrderExpired);
    let_the_worker_run(&shop).await;
    assert_eq!(status(&guest, order.id).await, (OrderStatus::Expired, PaymentStatus::Canceled));
    assert_eq!(level(&shop, &bowl).await, (1, 0, 0));
    assert_eq!(bank.pay_in_browser(order.payment.client_secret.as_deref().unwrap(), "pm_card_visa").await.status, 400);
    assert_eq!(cart::view(&guest).await.unwrap().count(), 1);
    // The cart can be placed again.
    assert!(checkout::place_order(&guest, request()).await.is_ok());
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn an_expired_order_makes_room_for_the_same_cart_without_the_worker(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 1).await;
    let (guest, old) = placed(&shop, &bowl, 1).await;
    checkout::open_hosted_page(&guest, old.id).await.unwrap();
    shop.advance(LATER).await;
    let new = checkout::place_order(&guest, request()).await.unwrap();
    assert_eq!(status(&guest, old.id).await, (OrderStatus::Expired, PaymentStatus::Canceled));
    assert_eq!(checkout::pay(&holding(&guest, &new), new.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_payment_that_comes_after_the_hold_is_taken_when_the_units_are_still_there(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 1).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    bank.pay_in_browser(order.payment.client_secret.as_deref().unwrap(), "pm_card_visa").await;
    shop.advance(LATER).await;
    inventory::expire_due(&shop.handles).await.unwrap();
    let_the_worker_run(&shop).await;
    assert_eq!(status(&guest, order.id).await, (OrderStatus::Paid, PaymentStatus::Captured));
    assert_eq!(level(&shop, &bowl).await, (1, 1, 0));
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_payment_that_comes_when_the_units_are_sold_is_given_back_untaken(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 1).await;
    let (late, order) = placed(&shop, &bowl, 1).await;
    bank.pay_in_browser(order.payment.client_secret.as_deref().unwrap(), "pm_card_visa").await;
    shop.advance(LATER).await;
    inventory::expire_due(&shop.handles).await.unwrap();
    let (_, other) = placed(&shop, &bowl, 1).await;
    let view = checkout::settle(&late, order.id).await.unwrap();
    assert_eq!((view.status, view.payment.status), (OrderStatus::Expired, PaymentStatus::Canceled));
    let cause: String =
        sqlx::query_scalar("select cause from order_transition where to_status = 'expired'").fetch_one(&shop.handles.db).await.unwrap();
    assert_eq!(cause, "stock_gone");
    assert_eq!(checkout::payment(&late, order.payment.id).await.unwrap().status, AttemptStatus::Failed);
    assert_eq!(bank.taken().await, 0);
    assert_eq!(level(&shop, &bowl).await, (1, 0, 1));
    assert_eq!(other.status, OrderStatus::PendingPayment);
    bank.assert_books_agree(&shop).await;
}
