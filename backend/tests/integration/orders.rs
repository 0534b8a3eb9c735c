use crate::bank;
use crate::checkout::{placed, request};
use backend::testing::Shop;
use backend::{Caller, Context, Failure, cart, checkout, orders};
use domain::orders::{OrderNumber, OrderRefusal};
use domain::pricing::calendar_days;
use sqlx::PgPool;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

fn with_token(shop: &Shop, token: &str) -> Context {
    shop.context(Caller { order_tokens: vec![token.to_owned()], ..Caller::default() })
}

#[sqlx::test]
async fn an_order_is_found_by_id_and_by_number_as_people_type_it(db: PgPool) {
    let (_bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 2).await;
    let view = orders::order(&guest, &order.id.to_string()).await.unwrap();
    assert_eq!(orders::order(&guest, &order.number.as_str().to_lowercase()).await.unwrap(), view);
    assert_eq!(orders::order(&guest, &order.number.as_str().replace('-', " ")).await.unwrap(), view);
    assert_eq!(view.shipping_address, ["Ada Lovelace", "12 Analytical Way", "Portland, OR 97201", "United States"]);
    assert_eq!((view.subtotal.amount, view.shipping.amount, view.tax.amount, view.total.amount), (4_000, 500, 0, 4_500));
    assert_eq!(view.seller_orders.len(), 1);
    let part = &view.seller_orders[0];
    assert_eq!((part.shipping_label.as_str(), part.total.amount, part.lines[0].quantity), ("Standard", 4_500, 2));
    assert!(part.delivery_from < part.delivery_to && view.reservation_expires_at.is_some());
    let missing: OrderNumber = "SK-0000-0000".parse().unwrap();
    for text in [missing.as_str(), "no such thing", "", "00000000-0000-0000-0000-000000000000"] {
        assert!(matches!(orders::order(&guest, text).await, Err(Failure::NotFound)), "{text}");
    }
}

#[sqlx::test]
async fn a_mailed_link_opens_the_order_for_thirty_days(db: PgPool) {
    let (_bank, shop) = bank::open(db.clone()).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    assert!(matches!(orders::link(&shop.guest(), order.id).await, Err(Failure::NotFound)));
    let link = orders::link(&guest, order.id).await.unwrap().expect("the order is young");
    let token = link.strip_prefix("http://127.0.0.1:3000/track?t=").expect("the link leads to the shop");
    let (opened, cookie) = orders::open_link(&shop.guest(), token).await.unwrap();
    let cookie = cookie.expect("this browser did not know the order");
    assert_eq!(opened, order.id);
    assert_eq!(orders::open_link(&with_token(&shop, &cookie), token).await.unwrap(), (order.id, None), "now it does");
    assert!(orders::order(&with_token(&shop, &cookie), order.number.as_str()).await.is_ok());
    // The link's own token opens the link alone, and nothing readable is stored of either.
    assert!(matches!(orders::order(&with_token(&shop, token), order.number.as_str()).await, Err(Failure::NotFound)));
    // Asking again is asking for the same one: whoever holds it cannot prolong it.
    shop.advance(29 * DAY).await;
    assert_eq!(orders::link(&guest, order.id).await.unwrap().as_ref(), Some(&link));
    shop.advance(2 * DAY).await;
    assert_eq!(orders::link(&guest, order.id).await.unwrap(), None);
    assert!(matches!(orders::open_link(&shop.guest(), token).await, Err(Failure::Refused(OrderRefusal::LinkInvalid))));
    assert!(matches!(orders::order(&with_token(&shop, &cookie), order.number.as_str()).await, Err(Failure::NotFound)));
    assert!(orders::order(&guest, order.number.as_str()).await.is_ok());
    assert!(matches!(orders::open_link(&shop.guest(), "guess").await, Err(Failure::Refused(OrderRefusal::LinkInvalid))));
}

#[sqlx::test]
async fn links_and_tokens_that_have_ended_are_deleted_and_the_buyers_own_stays(db: PgPool) {
    let (_bank, shop) = bank::open(db.clone()).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    let link = orders::link(&guest, order.id).await.unwrap().unwrap();
    let opened = async || orders::open_link(&shop.guest(), link.split("t=").last().unwrap()).await.unwrap().1.unwrap();
    opened().await;
    shop.advance(20 * DAY).await;
    let cookie = opened().await;
    assert_eq!(orders::forget_ended(&shop.handles).await.unwrap(), 0);
    shop.advance(11 * DAY).await;
    assert_eq!(orders::forget_ended(&shop.handles).await.unwrap(), 2, "the link and what it was first exchanged for");
    assert_eq!(orders::forget_ended(&shop.handles).await.unwrap(), 0);
    assert!(orders::order(&with_token(&shop, &cookie), order.number.as_str()).await.is_ok());
    assert!(orders::order(&guest, order.number.as_str()).await.is_ok());
}

#[sqlx::test]
async fn the_history_goes_on_where_its_page_ended(db: PgPool) {
    let (_bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 50).await;
    let shopper = shop.shopper().await;
    let mut numbers = Vec::new();
    for quantity in 1..=5 {
        cart::set_item(&shopper, bowl.variants[0], quantity).await.unwrap();
        let order = checkout::place_order(&shopper, request()).await.unwrap();
        checkout::pay(&shopper, order.id, "pm_card_visa").await.unwrap();
        numbers.push(order.number);
    }
    numbers.reverse();
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = orders::orders(&shopper, cursor, 2).await.unwrap();
        assert!(page.items.len() <= 2);
        seen.extend(page.items.into_iter().map(|summary| summary.number));
        cursor = page.next_cursor.map(|cursor| cursor.parse().unwrap());
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, numbers);
    assert!(orders::orders(&shop.shopper().await, None, 10).await.unwrap().items.is_empty());
    assert!(orders::orders(&shop.guest(), None, 10).await.unwrap().items.is_empty());
}

#[sqlx::test]
async fn a_guests_order_joins_one_account_by_its_buyers_token_alone(db: PgPool) {
    let (_bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    let signed_in = async |tokens: &[String]| {
        let shopper = shop.shopper().await;
        shop.context(Caller { order_tokens: tokens.to_vec(), ..shopper.caller })
    };
    let history = async |ctx: &Context| orders::orders(ctx, None, 10).await.unwrap().items.len();
    let number = order.number.as_str();
    let link = orders::link(&guest, order.id).await.unwrap().unwrap();
    let passed_on = orders::open_link(&shop.guest(), link.split("t=").last().unwrap()).await.unwrap().1.unwrap();

    assert!(matches!(orders::claim(&guest, number).await, Err(Failure::Unauthorized)));
    assert!(matches!(orders::claim(&signed_in(&[]).await, number).await, Err(Failure::NotFound)), "without a token there is no such order");
    let friend = signed_in(&[passed_on]).await;
    assert_eq!((orders::can_claim(&friend, order.id).await.unwrap(), orders::claim(&friend, number).await.unwrap()), (false, false));

    let ada = signed_in(std::slice::from_ref(&order.access_token)).await;
    assert!(orders::can_claim(&ada, order.id).await.unwrap());
    assert!(orders::claim(&ada, number).await.unwrap());
    assert_eq!((orders::can_claim(&ada, order.id).await.unwrap(), orders::claim(&ada, number).await.unwrap()), (false, false));
    let eve = signed_in(std::slice::from_ref(&order.access_token)).await;
    assert!(!orders::claim(&eve, number).await.unwrap(), "one account at most");
    assert_eq!((history(&ada).await, history(&eve).await), (1, 0));
    let elsewhere = shop.context(Caller { user: ada.caller.user.clone(), ..Caller::default() });
    assert!(orders::order(&elsewhere, number).await.is_ok(), "the account finds it without the token");
    // What an account ordered itself needs no joining.
    let own = shop.shopper().await;
    cart::set_item(&own, bowl.variants[0], 1).await.unwrap();
    let placed = checkout::place_order(&own, request()).await.unwrap();
    let own = shop.context(Caller { order_tokens: vec![placed.access_token.clone()], ..own.caller });
    assert!(!orders::can_claim(&own, placed.id).await.unwrap());
}

#[sqlx::test]
async fn a_guest_sees_the_orders_whose_tokens_they_hold(db: PgPool) {
    let (_bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 50).await;
    let ((_, one), (_, two), (_, other)) = (placed(&shop, &bowl, 1).await, placed(&shop, &bowl, 2).await, placed(&shop, &bowl, 3).await);
    let guest = shop.context(Caller { order_tokens: vec![one.access_token.clone(), two.access_token.clone()], ..Caller::default() });
    let history = orders::orders(&guest, None, 10).await.unwrap();
    let seen: Vec<(&OrderNumber, u32, &[String])> =
        history.items.iter().map(|summary| (&summary.number, summary.item_count, summary.titles.as_slice())).collect();
    assert_eq!(seen, [(&two.number, 2, ["Bowl".to_owned()].as_slice()), (&one.number, 1, ["Bowl".to_owned()].as_slice())]);
    assert!(history.items.iter().all(|summary| summary.number != other.number));
}

#[sqlx::test]
async fn an_order_is_promised_in_working_days(db: PgPool) {
    let (_bank, shop) = bank::open(db.clone()).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    // Ten working days are two weeks, also from a weekend: no calendar says the same.
    shop.run("update shipping_rate set days_to = 10 where days_to = $1", |query| query.bind(4)).await;
    let (_, order) = placed(&shop, &bowl, 1).await;
    let view = orders::view(&shop.handles, order.id).await.unwrap().unwrap();
    let today: time::Date = sqlx::query_scalar("select souk.clock()::date").fetch_one(&db).await.unwrap();
    let days = calendar_days(today.weekday().number_from_monday(), 10);
    assert_eq!(view.seller_orders[0].delivery_to, (today + time::Duration::days(days.into())).to_string());
    assert!(days > 10);
}
