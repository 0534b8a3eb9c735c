//! Signing in while an order is confirmed.

use super::crashes::died_before;
use super::*;

/// Waits until so many of this database's transactions wait for a lock.
pub(crate) async fn until_waiting(shop: &Shop, waiters: i64) {
    for _ in 0..500 {
        let waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        if count(shop, waiting).await >= waiters {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{waiters} were to wait");
}

#[sqlx::test]
async fn a_cart_that_is_merged_while_its_order_is_confirmed_keeps_exactly_what_was_not_bought(db: PgPool) {
    let (bank, shop) = bank::open(db.clone()).await;
    let bowl = shop.simple_product("bowl", 2_000, 50).await;
    let (mug, plate) = (shop.simple_product("mug", 1_200, 50).await, shop.simple_product("plate", 900, 50).await);
    for merge_is_first in [false, true] {
        // Two bowls are bought; a third and a plate came into the guest's cart since, and the account's has mugs.
        let (guest, mut saga) = died_before(&bank, &shop, &bowl, Step::ConfirmOrder).await;
        cart::set_item(&guest, bowl.variants[0], 3).await.unwrap();
        cart::set_item(&guest, plate.variants[0], 1).await.unwrap();
        let shopper = shop.shopper().await;
        cart::set_item(&shopper, mug.variants[0], 2).await.unwrap();
        let mut both = shopper.clone();
        both.caller.cart_token.clone_from(&guest.caller.cart_token);

        // Whoever comes first has the guest's cart, and is held up by this before the commit.
        let mut obstacle = db.begin().await.unwrap();
        let held = if merge_is_first { "select from cart where user_id is not null for update" } else { "select from product for update" };
        sqlx::query(held).execute(&mut *obstacle).await.unwrap();
        let merge = async move { cart::merge_guest(&both).await.map(|_| ()).unwrap() };
        let confirm = async move { saga.forward().await.unwrap() };
        let (first, second) = if merge_is_first {
            let first = tokio::spawn(merge);
            until_waiting(&shop, 1).await;
            (first, tokio::spawn(confirm))
        } else {
            let first = tokio::spawn(confirm);
            until_waiting(&shop, 1).await;
            (first, tokio::spawn(merge))
        };
        until_waiting(&shop, 2).await;
        obstacle.rollback().await.unwrap();
        first.await.unwrap();
        second.await.unwrap();

        for seen in [&shop, &shop.with_empty_redis()] {
            let view = cart::view(&Context { handles: seen.handles.clone(), ..shopper.clone() }).await.unwrap();
            let mut left: Vec<(VariantId, u32)> = view.lines.iter().map(|line| (line.variant_id, line.quantity)).collect();
            left.sort_unstable();
            let mut kept = [(bowl.variants[0], 1), (mug.variants[0], 2), (plate.variants[0], 1)];
            kept.sort_unstable();
            assert_eq!(left, kept, "the merge came first: {merge_is_first}");
        }
    }
    bank.assert_books_agree(&shop).await;
}
