use super::Holder;
use crate::db;
use domain::id::{ReservationId, StockItemId, WarehouseId};
use domain::inventory::{Allocation, Reservation, ReservationState, StockLevel};
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

/// A claim of a holder, past or present.
pub(super) struct Claim {
    pub(super) stock_item: StockItemId,
    pub(super) quantity: u32,
    pub(super) state: ReservationState,
    pub(super) first_held_at: OffsetDateTime,
}

pub(super) async fn claims(tx: &mut PgConnection, holder: Holder) -> sqlx::Result<Vec<Claim>> {
    let rows = sqlx::query!(
        r#"select stock_item_id as "stock_item: StockItemId", quantity, state as "state: ReservationState", first_held_at
           from reservation where holder_kind = $1 and holder_id = $2"#,
        holder.kind as _,
        holder.id,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Claim {
            stock_item: row.stock_item,
            quantity: row.quantity.unsigned_abs(),
            state: row.state,
            first_held_at: row.first_held_at,
        })
        .collect())
}

pub(super) async fn live(tx: &mut PgConnection, holder: Holder) -> sqlx::Result<Vec<Reservation>> {
    let rows = sqlx::query!(
        r#"select reservation_id as "id: ReservationId", stock_item_id as "stock_item: StockItemId",
               warehouse_id as "warehouse: WarehouseId", quantity, state as "state: ReservationState"
           from reservation where holder_kind = $1 and holder_id = $2 and state in ('held', 'firm')
           order by stock_item_id, warehouse_id"#,
        holder.kind as _,
        holder.id,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Reservation {
            id: row.id,
            stock_item: row.stock_item,
            warehouse: row.warehouse,
            quantity: row.quantity.unsigned_abs(),
            state: row.state,
        })
        .collect())
}

/// The levels of these items, best first for a parcel to `country`. Nearer before further comes with coordinates.
pub(super) async fn levels(tx: &mut PgConnection, items: &[StockItemId], country: &str) -> sqlx::Result<Vec<StockLevel>> {
    let items: Vec<Uuid> = items.iter().map(|item| item.0).collect();
    let rows = sqlx::query!(
        r#"select stock_item_id as "stock_item: StockItemId", warehouse_id as "warehouse: WarehouseId", on_hand, allocated, held
           from stock_level join warehouse using (warehouse_id)
           where stock_item_id = any ($1)
           order by stock_item_id, warehouse.country = $2 desc, warehouse.rank, warehouse_id"#,
        &items,
        country,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| StockLevel {
            stock_item: row.stock_item,
            warehouse: row.warehouse,
            on_hand: row.on_hand.unsigned_abs(),
            allocated: row.allocated.unsigned_abs(),
            held: row.held.unsigned_abs(),
        })
        .collect())
}

/// Allocations as the arrays that `unnest` takes, with an id for each.
struct Columns {
    ids: Vec<Uuid>,
    items: Vec<Uuid>,
    warehouses: Vec<Uuid>,
    quantities: Vec<i32>,
}

impl Columns {
    fn of(allocations: &[Allocation]) -> Self {
        Self {
            ids: allocations.iter().map(|_| db::new_id()).collect(),
            items: allocations.iter().map(|allocation| allocation.stock_item.0).collect(),
            warehouses: allocations.iter().map(|allocation| allocation.warehouse.0).collect(),
            // Quantities come from lines of at most 99, a hundred of them.
            quantities: allocations.iter().map(|allocation| allocation.quantity.cast_signed()).collect(),
        }
    }
}

/// Writes holds and counts them. False, and nothing written, when the holder's time is over.
pub(super) async fn insert_held(
    tx: &mut PgConnection,
    holder: Holder,
    allocations: &[Allocation],
    first_held_at: Option<OffsetDateTime>,
    ttl_s: u32,
    life_max_s: u32,
) -> sqlx::Result<bool> {
    let columns = Columns::of(allocations);
    let written = sqlx::query_scalar!(
        r#"with clock as (
             select souk.clock() as at
         ), life as (
             select coalesce($7, at) as begins,
                 least(at + make_interval(secs => $8), coalesce($7, at) + make_interval(secs => $9)) as ends, at from clock
         ), taken as (
             insert into reservation (reservation_id, holder_kind, holder_id, stock_item_id, warehouse_id, quantity, state, first_held_at,
                 expires_at, changed_at)
             select wanted.id, $1, $2, wanted.item, wanted.warehouse, wanted.quantity, 'held', life.begins, life.ends, life.at
             from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::int[]) as wanted (id, item, warehouse, quantity), life
             where life.ends > life.at
             returning stock_item_id, warehouse_id, quantity
         ), counted as (
             update stock_level set held = stock_level.held + taken.quantity from taken
             where stock_level.stock_item_id = taken.stock_item_id and stock_level.warehouse_id = taken.warehouse_id
         )
         select count(*) as "count!" from taken"#,
        holder.kind as _,
        holder.id,
        &columns.ids,
        &columns.items,
        &columns.warehouses,
        &columns.quantities,
        first_held_at,
        f64::from(ttl_s),
        f64::from(life_max_s),
    )
    .fetch_one(tx)
    .await?;
    Ok(written > 0)
}

/// Writes claims that are firm from the beginning: units taken again after a hold had lapsed.
pub(super) async fn insert_firm(tx: &mut PgConnection, holder: Holder, allocations: &[Allocation]) -> sqlx::Result<()> {
    let columns = Columns::of(allocations);
    sqlx::query!(
        "with taken as (
             insert into reservation (reservation_id, holder_kind, holder_id, stock_item_id, warehouse_id, quantity, state, expires_at)
             select wanted.id, $1, $2, wanted.item, wanted.warehouse, wanted.quantity, 'firm', souk.clock()
             from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::int[]) as wanted (id, item, warehouse, quantity)
             on conflict (holder_kind, holder_id, stock_item_id, warehouse_id) where state in ('held', 'firm')
                 do update set quantity = reservation.quantity + excluded.quantity, changed_at = souk.clock()
             returning stock_item_id, warehouse_id
         )
         update stock_level set allocated = stock_level.allocated + wanted.quantity
         from unnest($4::uuid[], $5::uuid[], $6::int[]) as wanted (item, warehouse, quantity), taken
         where stock_level.stock_item_id = wanted.item and stock_level.warehouse_id = wanted.warehouse
             and taken.stock_item_id = wanted.item and taken.warehouse_id = wanted.warehouse",
        holder.kind as _,
        holder.id,
        &columns.ids,
        &columns.items,
        &columns.warehouses,
        &columns.quantities,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// held → firm, and the counters with it.
pub(super) async fn firm_held(tx: &mut PgConnection, holder: Holder) -> sqlx::Result<()> {
    sqlx::query!(
        "with firm as (
             update reservation set state = 'firm', changed_at = souk.clock()
             where holder_kind = $1 and holder_id = $2 and state = 'held'
             returning stock_item_id, warehouse_id, quantity
         )
         update stock_level set held = held - firm.quantity, allocated = allocated + firm.quantity from firm
         where stock_level.stock_item_id = firm.stock_item_id and stock_level.warehouse_id = firm.warehouse_id",
        holder.kind as _,
        holder.id,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// held or firm → released, and the counters with it.
pub(super) async fn release(tx: &mut PgConnection, holder: Holder) -> sqlx::Result<()> {
    sqlx::query!(
        "with live as (
             select reservation_id, state from reservation where holder_kind = $1 and holder_id = $2 and state in ('held', 'firm')
         ), released as (
             update reservation set state = 'released', changed_at = souk.clock() from live
             where reservation.reservation_id = live.reservation_id
             returning reservation.stock_item_id, reservation.warehouse_id, reservation.quantity, live.state as was
         ), freed as (
             select stock_item_id, warehouse_id, coalesce(sum(quantity) filter (where was = 'held'), 0)::int as held,
                 coalesce(sum(quantity) filter (where was = 'firm'), 0)::int as firm
             from released group by stock_item_id, warehouse_id
         )
         update stock_level set held = stock_level.held - freed.held, allocated = allocated - freed.firm from freed
         where stock_level.stock_item_id = freed.stock_item_id and stock_level.warehouse_id = freed.warehouse_id",
        holder.kind as _,
        holder.id,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn extend(
    tx: &mut PgConnection,
    holder: Holder,
    by_s: u32,
    extensions_max: u32,
    life_max_s: u32,
) -> sqlx::Result<Option<OffsetDateTime>> {
    let ends = sqlx::query_scalar!(
        "update reservation set extensions = extensions + 1, changed_at = souk.clock(),
             expires_at = least(expires_at + make_interval(secs => $3), first_held_at + make_interval(secs => $4))
         where holder_kind = $1 and holder_id = $2 and state = 'held' and expires_at > souk.clock() and extensions < $5
         returning expires_at",
        holder.kind as _,
        holder.id,
        f64::from(by_s),
        f64::from(life_max_s),
        extensions_max.cast_signed(),
    )
    .fetch_all(tx)
    .await?;
    Ok(ends.into_iter().min())
}

pub(super) async fn held_until(tx: &mut PgConnection, holder: Holder) -> sqlx::Result<Option<OffsetDateTime>> {
    sqlx::query_scalar!(
        "select min(expires_at) from reservation where holder_kind = $1 and holder_id = $2 and state = 'held'",
        holder.kind as _,
        holder.id,
    )
    .fetch_one(tx)
    .await
}

pub(super) async fn items_of(tx: &mut PgConnection, holder: Holder) -> sqlx::Result<Vec<StockItemId>> {
    sqlx::query_scalar!(
        r#"select distinct stock_item_id as "item: StockItemId" from reservation
           where holder_kind = $1 and holder_id = $2 and state in ('held', 'firm')"#,
        holder.kind as _,
        holder.id,
    )
    .fetch_all(tx)
    .await
}

/// Items on which holds are due, those that wait longest first.
pub(super) async fn due_items(executor: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<Vec<StockItemId>> {
    sqlx::query_scalar!(
        r#"select distinct stock_item_id as "item: StockItemId" from (
             select stock_item_id from reservation where state = 'held' and expires_at <= souk.clock() order by expires_at limit $1
         ) as due"#,
        limit,
    )
    .fetch_all(executor)
    .await
}
