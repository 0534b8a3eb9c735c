//! What is refused before anything is done.

use super::*;
use domain::payments::{CHARGE_MAX, NotChargeable};

#[sqlx::test]
async fn what_cannot_be_ordered_is_refused_by_its_reason_and_leaves_nothing(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 3).await;
    assert_eq!(refused(checkout::place_order(&shop.guest(), request()).await), CheckoutRefusal::CartEmpty);
    let lost = shop.guest_with_cart("no such token");
    assert_eq!(refused(checkout::place_order(&lost, request()).await), CheckoutRefusal::CartNotFound);
    let guest = guest_with(&shop, &[(bowl.variants[0], 3)]).await;
    let nobody = PlaceOrder {
        email: "ada".to_owned(),
        shipping_address: AddressDraft { city: String::new(), ..request().shipping_address },
        ..request()
    };
    let CheckoutRefusal::Invalid { errors } = refused(checkout::place_order(&guest, nobody).await) else { panic!("fields are wrong") };
    assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["email", "shipping_address.city"]);
    let other_total = PlaceOrder { expected_total: Some(usd(1)), ..request() };
    let CheckoutRefusal::TotalChanged { quote } = refused(checkout::place_order(&guest, other_total).await) else {
        panic!("the total differs")
    };
    assert_eq!(quote.total, usd(6_500));
    let unknown = PlaceOrder { shipping_options: Some(vec![backend::db::new_id().into()]), ..request() };
    assert_eq!(refused(checkout::place_order(&guest, unknown).await), CheckoutRefusal::ShippingOptionUnknown);
    let abroad =
        AddressDraft { country: "DE".to_owned(), region: None, postal_code: Some("10115".to_owned()), ..request().shipping_address };
    let to_germany = PlaceOrder { shipping_address: abroad, ..request() };
    assert_eq!(
        refused(checkout::place_order(&guest, to_germany).await),
        CheckoutRefusal::NotShipped { sellers: vec!["Bowl-Seller".to_owned()] }
    );
    shop.run("update stock_level set on_hand = 2", |query| query).await;
    shop.run(
        "insert into stock_movement (stock_movement_id, stock_item_id, warehouse_id, delta, reason)
         select gen_random_uuid(), stock_item_id, warehouse_id, -1, 'adjust' from stock_level",
        |query| query,
    )
    .await;
    let CheckoutRefusal::OutOfStock { lines } = refused(checkout::place_order(&guest, request()).await) else { panic!("one is missing") };
    assert_eq!((lines.len(), lines[0].line, lines[0].available), (1, 0, 2));
    shop.run("update variant set withdrawn_at = souk.clock()", |query| query).await;
    assert_eq!(refused(checkout::place_order(&guest, request()).await), CheckoutRefusal::LineWithdrawn);
    assert_eq!(count(&shop, "select count(*) from customer_order").await, 0);
    assert_eq!(level(&shop, &bowl).await, (2, 0, 0));
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_total_that_no_gateway_takes_is_no_order(db: PgPool) {
    let (_bank, shop) = bank::open(db).await;
    let (bead, statue) = (shop.simple_product("bead", 49, 5).await, shop.simple_product("statue", CHARGE_MAX, 5).await);
    shop.run("update shipping_rate set amount = 0", |query| query).await;
    let (least, most) = (NotChargeable::TooSmall(usd(50)), NotChargeable::TooLarge(usd(CHARGE_MAX)));
    for (variant, quantity, reason) in [(bead.variants[0], 1, least), (statue.variants[0], 2, most)] {
        let guest = guest_with(&shop, &[(variant, quantity)]).await;
        assert_eq!(refused(checkout::place_order(&guest, request()).await), CheckoutRefusal::TotalNotPayable { reason });
    }
    assert_eq!(count(&shop, "select count(*) from customer_order").await, 0);
    let guest = guest_with(&shop, &[(bead.variants[0], 2)]).await;
    assert_eq!(checkout::place_order(&guest, request()).await.unwrap().total, usd(98));
}

#[sqlx::test]
async fn an_order_is_its_buyers_alone(db: PgPool) {
    let (_bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    for stranger in
        [shop.guest(), shop.shopper().await, shop.context(Caller { order_tokens: vec!["guess".to_owned()], ..Caller::default() })]
    {
        assert!(matches!(orders::order(&stranger, order.number.as_str()).await, Err(Failure::NotFound)));
        assert!(matches!(checkout::pay(&stranger, order.id, "pm_card_visa").await, Err(Failure::NotFound)));
        assert!(matches!(checkout::payment(&stranger, order.payment.id).await, Err(Failure::NotFound)));
        assert!(matches!(checkout::settle(&stranger, order.id).await, Err(Failure::NotFound)));
        assert!(matches!(checkout::open_hosted_page(&stranger, order.id).await, Err(Failure::NotFound)));
    }
    assert!(orders::order(&guest, &order.id.to_string()).await.is_ok());
}
