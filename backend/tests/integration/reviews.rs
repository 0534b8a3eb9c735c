use backend::testing::{Shop, statements};
use backend::{reviews, sellers};
use domain::id::ProductId;
use domain::money::{Currency, Money};
use sqlx::PgPool;

async fn review(shop: &Shop, product: ProductId, rating: i16, body: &'static str, days_ago: i32, is_hidden: bool) {
    shop.run(
        "insert into review (review_id, product_id, author, rating, body, hidden_at, written_at)
        values ($1, $2, 'Ada L.', $3, $4, case when $6 then souk.clock() end, souk.clock() - make_interval(days => $5))",
        |query| query.bind(backend::db::new_id()).bind(product.0).bind(rating).bind(body).bind(days_ago).bind(is_hidden),
    )
    .await;
}

#[sqlx::test]
async fn the_newest_reviews_are_read_with_the_spread_of_all_in_one_statement(db: PgPool) {
    let shop = Shop::new(db);
    let (bowl, mug) = (shop.simple_product("bowl", 2_000, 1).await, shop.simple_product("mug", 1_000, 1).await);
    review(&shop, bowl.id, 5, "First.", 9, false).await;
    review(&shop, bowl.id, 2, "Third.", 1, false).await;
    review(&shop, bowl.id, 5, "Second.", 3, false).await;
    review(&shop, bowl.id, 1, "Buy elsewhere.", 0, true).await;
    review(&shop, mug.id, 3, "Of the mug.", 0, false).await;
    let guest = shop.guest();
    let (read, count) = statements::count(reviews::of_product(&guest, bowl.id, 2)).await;
    let read = read.unwrap();
    assert_eq!(count, 1);
    assert_eq!(read.counts, [0, 1, 0, 0, 2]);
    assert_eq!(read.newest.iter().map(|review| review.body.as_str()).collect::<Vec<_>>(), ["Third.", "Second."]);
    assert_eq!((read.newest[0].written_on.len(), read.total()), (10, 3));
    let nothing = reviews::of_product(&guest, ProductId(backend::db::new_id()), 2).await.unwrap();
    assert_eq!(nothing, domain::reviews::ReviewsView::default());
}

#[sqlx::test]
async fn a_seller_is_rated_by_all_their_products_and_says_how_they_deliver(db: PgPool) {
    let shop = Shop::new(db);
    let (potter, home) = (shop.seller("potter").await, shop.category("home", None).await);
    for (slug, sum, count) in [("bowl", 9_i64, 2_i32), ("mug", 3, 1)] {
        let product = shop.product(slug, potter, home, &[]).await;
        let rate = "update product set rating_sum = $2, rating_count = $3 where product_id = $1";
        shop.run(rate, |query| query.bind(product.id.0).bind(sum).bind(count)).await;
    }
    let seller = sellers::seller(&shop.guest(), "potter", Currency::Usd).await.unwrap();
    assert_eq!((seller.rating.average, seller.rating.count), (4.0, 3));
    let [delivery] = &seller.deliveries[..] else { panic!("one usual way: {:?}", seller.deliveries) };
    assert_eq!(
        (&delivery.countries[..], delivery.price, delivery.free_from),
        (&["US".to_owned()][..], Money::new(500, Currency::Usd), None)
    );
    assert_eq!((delivery.days_from, delivery.days_to), (2, 4));
    let elsewhere = sellers::seller(&shop.guest(), "potter", Currency::Eur).await.unwrap();
    assert!(elsewhere.deliveries.is_empty(), "nothing is promised in a currency that the seller has no prices in");
}
