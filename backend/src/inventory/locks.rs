//! The one place where stock rows are locked, always in key order, so that two who want the same rows never wait for each
//! other in a circle.

use domain::id::StockItemId;
use sqlx::PgConnection;
use uuid::Uuid;

/// Locks the levels of these items in all warehouses, then lets go of the holds on them that are due, so that what looks
/// short is short. Says how many holds ended.
pub(super) async fn lock_levels(tx: &mut PgConnection, items: &[StockItemId]) -> sqlx::Result<u32> {
    let items: Vec<Uuid> = items.iter().map(|item| item.0).collect();
    sqlx::query!(
        "select stock_item_id from stock_level where stock_item_id = any ($1)
         order by stock_item_id, warehouse_id for no key update",
        &items,
    )
    .fetch_all(&mut *tx)
    .await?;
    // The clock is read after the locks are held: a hold that was made longer meanwhile is seen as such.
    let expired = sqlx::query_scalar!(
        r#"with due as (
             update reservation set state = 'expired', changed_at = souk.clock()
             where state = 'held' and expires_at <= souk.clock() and stock_item_id = any ($1)
             returning stock_item_id, warehouse_id, quantity
         ), freed as (
             select stock_item_id, warehouse_id, sum(quantity)::int as quantity from due group by stock_item_id, warehouse_id
         ), written as (
             update stock_level set held = stock_level.held - freed.quantity from freed
             where stock_level.stock_item_id = freed.stock_item_id and stock_level.warehouse_id = freed.warehouse_id
         )
         select count(*) as "count!" from due"#,
        &items,
    )
    .fetch_one(tx)
    .await?;
    Ok(u32::try_from(expired).unwrap_or(u32::MAX))
}
