//! What is left of a purchase that is over.

use super::*;

#[sqlx::test]
async fn a_finished_purchase_forgets_its_shopper_after_ninety_days_and_is_still_found(db: PgPool) {
    let (bank, shop) = bank::open(db.clone()).await;
    let (bowl, mug) = (shop.simple_product("bowl", 2_000, 1).await, shop.simple_product("mug", 1_200, 5).await);
    let (guest, operation) = (guest_with(&shop, &[(bowl.variants[0], 1)]).await, backend::db::new_id());
    let second = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
    let paid = checkout::place_order_once(&guest, operation, request()).await.unwrap();
    let guest = holding(&guest, &paid);
    assert!(matches!(refused(checkout::place_order(&second, request()).await), CheckoutRefusal::OutOfStock { .. }));
    checkout::pay(&guest, paid.id, "pm_card_visa").await.unwrap();
    let (late, expired) = placed(&shop, &mug, 1).await;
    shop.advance(LATER).await;
    let_the_worker_run(&shop).await;
    shop.advance(89 * DAY).await;
    assert_eq!(checkout::forget_finished(&shop.handles).await.unwrap(), 0);
    shop.advance(2 * DAY).await;
    let (_, waiting) = placed(&shop, &mug, 1).await;
    assert_eq!(checkout::forget_finished(&shop.handles).await.unwrap(), 3, "the paid, the expired, and the one without an order");
    assert_eq!(checkout::forget_finished(&shop.handles).await.unwrap(), 0);
    let left: Vec<(uuid::Uuid, String)> =
        sqlx::query_as("select order_id, s::text from checkout_saga s order by created_at").fetch_all(&db).await.unwrap();
    assert_eq!(left.iter().map(|(order, _)| *order).collect::<Vec<_>>(), [paid.id.0, expired.id.0, waiting.id.0]);
    // The postal code with its quotation marks: an identifier of random digits may hold the bare number.
    for person in ["ada@example.org", "Lovelace", "Analytical", "Portland", "\"97201\""] {
        assert_eq!(left.iter().map(|(_, row)| row.contains(person)).collect::<Vec<_>>(), [false, false, true], "{person}");
    }
    // The same deed again is the same order, and the order says what there is to know.
    assert_eq!(checkout::place_order_once(&guest, operation, request()).await.unwrap().id, paid.id);
    assert_eq!(refused(checkout::pay(&guest, paid.id, "pm_card_visa").await), PaymentRefusal::AlreadyPaid);
    assert_eq!(checkout::settle(&guest, paid.id).await.unwrap().shipping_address[0], "Ada Lovelace");
    assert_eq!(refused(checkout::pay(&late, expired.id, "pm_card_visa").await), PaymentRefusal::OrderExpired);
    bank.assert_books_agree(&shop).await;
}
