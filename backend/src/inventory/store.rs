use super::Holder;
use crate::db;
use domain::id::{ReservationId, StockItemId, WarehouseId};
use domain::inventory::{Allocation, HolderKind, Reservation, ReservationState};
use sqlx::{PgConnection, PgExecutor};
use std::collections::HashMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// A claim of a holder, past or present.
pub(super) struct Claim {
    pub(super) id: ReservationId,
    pub(super) stock_item: StockItemId,
    pub(super) warehouse: WarehouseId,
    pub(super) quantity: u32,
    pub(super) state: ReservationState,
    pub(super) first_held_at: OffsetDateTime,
}

impl Claim {
    /// Whether its units are the holder's.
    pub(super) fn is_live(&self) -> bool {
        matches!(self.state, ReservationState::Held | ReservationState::Firm)
    }

    pub(super) fn reservation(&self) -> Reservation {
        Reservation { id: self.id, stock_item: self.stock_item, warehouse: self.warehouse, quantity: self.quantity, state: self.state }
    }
}

pub(super) async fn claims(tx: &mut PgConnection, holders: &[Holder]) -> sqlx::Result<HashMap<Holder, Vec<Claim>>> {
    let kinds: Vec<&str> = holders.iter().map(|holder| holder.kind.as_str()).collect();
    let ids: Vec<Uuid> = holders.iter().map(|holder| holder.id).collect();
    let rows = sqlx::query!(
        r#"select reservation_id as "id: ReservationId", holder_kind as "kind: HolderKind", holder_id,
               stock_item_id as "stock_item: StockItemId", warehouse_id as "warehouse: WarehouseId", quantity,
               state as "state: ReservationState", first_held_at
           from unnest($1::text[], $2::uuid[]) as holder (kind, id)
           join reservation on holder_kind = holder.kind and holder_id = holder.id"#,
        &kinds as _,
        &ids,
    )
    .fetch_all(tx)
    .await?;
    let mut claims: HashMap<Holder, Vec<Claim>> = HashMap::new();
    for row in rows {
        claims.entry(Holder { kind: row.kind, id: row.holder_id }).or_default().push(Claim {
            id: row.id,
            stock_item: row.stock_item,
            warehouse: row.warehouse,
            quantity: row.quantity.unsigned_abs(),
            state: row.state,
            first_held_at: row.first_held_at,
        });
    }
    Ok(claims)
}

/// Units to be written down as held.
pub(super) struct Hold {
    pub(super) id: ReservationId,
    pub(super) holder: Holder,
    pub(super) stock_item: StockItemId,
    pub(super) warehouse: WarehouseId,
    pub(super) quantity: u32,
    pub(super) begins: OffsetDateTime,
    pub(super) ends: OffsetDateTime,
}

/// Writes holds and counts them, all with one statement. A holder that wants more of a row adds to what it has of it.
pub(super) async fn insert_held(tx: &mut PgConnection, holds: &[Hold], at: OffsetDateTime) -> sqlx::Result<()> {
    let of = |value: fn(&Hold) -> Uuid| holds.iter().map(value).collect::<Vec<Uuid>>();
    let kinds: Vec<&str> = holds.iter().map(|hold| hold.holder.kind.as_str()).collect();
    let quantities: Vec<i32> = holds.iter().map(|hold| hold.quantity.cast_signed()).collect();
    let (begins, ends): (Vec<OffsetDateTime>, Vec<OffsetDateTime>) = holds.iter().map(|hold| (hold.begins, hold.ends)).unzip();
    sqlx::query!(
        "with wanted as (
             select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::int[], $7::timestamptz[], $8::timestamptz[])
                 as wanted (id, kind, holder, item, warehouse, quantity, begins, ends)
         ), taken as (
             insert into reservation (reservation_id, holder_kind, holder_id, stock_item_id, warehouse_id, quantity, state, first_held_at,
                 expires_at, changed_at)
             select id, kind, holder, item, warehouse, quantity, 'held', begins, ends, $9 from wanted
             on conflict (holder_kind, holder_id, stock_item_id, warehouse_id) where state in ('held', 'firm')
                 do update set quantity = reservation.quantity + excluded.quantity, changed_at = excluded.changed_at
         ), counted as (
             select item, warehouse, sum(quantity)::int as quantity from wanted group by item, warehouse
         )
         update stock_level set held = stock_level.held + counted.quantity from counted
         where stock_level.stock_item_id = counted.item and stock_level.warehouse_id = counted.warehouse",
        &of(|hold| hold.id.0),
        &kinds as _,
        &of(|hold| hold.holder.id),
        &of(|hold| hold.stock_item.0),
        &of(|hold| hold.warehouse.0),
        &quantities,
        &begins,
        &ends,
        at,
    )
    .execute(tx)
    .await?;
    Ok(())
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
