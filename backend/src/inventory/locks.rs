//! The one place where stock rows are locked, always in key order, so that two who want the same rows never wait for each
//! other in a circle.

use super::stock::Stock;
use domain::id::{StockItemId, WarehouseId};
use domain::inventory::{Coordinates, StockLevel, Warehouse};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// What was found when the rows were locked.
pub(super) struct Locked {
    /// The rows as they are now.
    pub(super) stock: Stock,
    /// Holds that ended.
    pub(super) expired: u32,
    /// The clock, read after the locks were held.
    pub(super) at: OffsetDateTime,
}

/// Locks the levels of these items in all warehouses, then lets go of the holds on them that are due, so that what looks
/// short is short.
pub(super) async fn lock_levels(tx: &mut PgConnection, items: &[StockItemId]) -> sqlx::Result<Locked> {
    let items: Vec<Uuid> = items.iter().map(|item| item.0).collect();
    let mut stock = Stock::default();
    // A row that somebody else has just changed is read again once it is locked: what comes back is the newest.
    let rows = sqlx::query!(
        r#"select stock_item_id as "stock_item: StockItemId", warehouse_id as "warehouse: WarehouseId", on_hand, allocated, held,
               country, region, latitude, longitude, rank
           from stock_level join warehouse using (warehouse_id)
           where stock_item_id = any ($1)
           order by stock_item_id, warehouse_id for no key update of stock_level"#,
        &items,
    )
    .fetch_all(&mut *tx)
    .await?;
    for row in rows {
        let level = StockLevel {
            stock_item: row.stock_item,
            warehouse: row.warehouse,
            on_hand: row.on_hand.unsigned_abs(),
            allocated: row.allocated.unsigned_abs(),
            held: row.held.unsigned_abs(),
        };
        let coordinates = row.latitude.zip(row.longitude).map(|(latitude, longitude)| Coordinates { latitude, longitude });
        stock.add(level, Warehouse { id: row.warehouse, country: row.country, region: row.region, coordinates, rank: row.rank });
    }
    // The clock is read after the locks are held: a hold that was made longer meanwhile is seen as such.
    let freed = sqlx::query!(
        r#"with due as (
             update reservation set state = 'expired', changed_at = souk.clock()
             where state = 'held' and expires_at <= souk.clock() and stock_item_id = any ($1)
             returning stock_item_id, warehouse_id, quantity
         ), freed as (
             select stock_item_id, warehouse_id, sum(quantity)::int as quantity, count(*) as holds from due group by stock_item_id, warehouse_id
         ), written as (
             update stock_level set held = stock_level.held - freed.quantity from freed
             where stock_level.stock_item_id = freed.stock_item_id and stock_level.warehouse_id = freed.warehouse_id
         )
         select souk.clock() as "at!", stock_item_id as "stock_item?: StockItemId", warehouse_id as "warehouse?: WarehouseId",
             quantity as "quantity?", holds as "holds?"
         from (select 1) as always left join freed on true"#,
        &items,
    )
    .fetch_all(tx)
    .await?;
    let at = freed.first().map_or(OffsetDateTime::UNIX_EPOCH, |row| row.at);
    let mut expired = 0;
    for row in &freed {
        if let (Some(stock_item), Some(warehouse), Some(quantity), Some(holds)) = (row.stock_item, row.warehouse, row.quantity, row.holds) {
            stock.free(stock_item, warehouse, quantity.unsigned_abs());
            expired += u32::try_from(holds).unwrap_or(u32::MAX);
        }
    }
    Ok(Locked { stock, expired, at })
}
