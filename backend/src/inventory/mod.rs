//! Stock: reserving, releasing, making firm. PostgreSQL alone decides; every change of a level happens under the lock of
//! its row, taken in key order in one place.

mod desk;
mod locks;
mod settle;
mod stock;
mod store;

pub use desk::Desk;

use crate::{Failure, Handles};
use domain::id::{SellerId, StockItemId, VariantId};
use domain::inventory::{Demand, Destination, HOLD_EXTENSIONS_MAX, HOLD_LIFE_MAX_S, HolderKind, Reservation, Shortage, StockRefusal};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// Holds that end together are let go together, so many: a batch is one short transaction.
const EXPIRY_BATCH: i64 = 200;
/// Batches of one call: after these the worker comes again.
const EXPIRY_BATCHES_MAX: u32 = 20;

/// What is wanted of one variant. Lines may name the same stock item twice: their sum is what counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReserveLine {
    pub stock_item: StockItemId,
    pub variant: VariantId,
    pub seller: SellerId,
    pub quantity: u32,
}

/// Who holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Holder {
    pub kind: HolderKind,
    pub id: Uuid,
}

/// Holds every line, or none, for `ttl_s` seconds. The same holder asking again gets what it holds. The nearest warehouse to the
/// destination goes first, then by rank; what one seller sends leaves one warehouse, if one has all of it.
///
/// # Errors
/// `OutOfStock` names every line that cannot be met; `Lapsed` when the holder's 30 minutes are over.
pub async fn reserve(
    handles: &Handles,
    holder: Holder,
    lines: &[ReserveLine],
    ttl_s: u32,
    destination: Option<Destination>,
) -> Result<Vec<Reservation>, Failure<StockRefusal>> {
    handles.stock.hold(holder, lines, ttl_s, destination).await
}

/// Gives back everything the holder holds, firm or not. Part of the caller's transaction; releasing nothing is fine.
pub async fn release(tx: &mut PgConnection, holder: Holder) -> sqlx::Result<()> {
    let items = store::items_of(tx, holder).await?;
    locks::lock_levels(tx, &items).await?;
    store::release(tx, holder).await
}

/// Makes the holder's units firm, in the transaction that records why. What had lapsed is taken again if it is still there.
///
/// # Errors
/// `Lapsed`: somebody else has the units. Nothing was changed; the transaction can go on.
pub async fn make_firm(
    tx: &mut PgConnection,
    holder: Holder,
    lines: &[ReserveLine],
    destination: Option<&Destination>,
) -> Result<(), Failure<StockRefusal>> {
    let locked = locks::lock_levels(tx, &items(lines)).await?;
    let claims = store::claims(tx, &[holder]).await?.remove(&holder).unwrap_or_default();
    let allocations = match missing(lines, &claims) {
        none if none.is_empty() => Vec::new(),
        missing => locked.stock.plan(&missing, destination).map_err(|_| Failure::Refused(StockRefusal::Lapsed))?,
    };
    store::firm_held(tx, holder).await?;
    store::insert_firm(tx, holder, &allocations).await?;
    if !allocations.is_empty() {
        metrics::counter!("reservations_retaken_total").increment(1);
    }
    Ok(())
}

/// Makes a hold longer by `by_s` seconds, once, and never beyond 30 minutes from its beginning. Returns when it ends now;
/// none when there is nothing (left) to make longer.
pub async fn extend(tx: &mut PgConnection, holder: Holder, by_s: u32) -> sqlx::Result<Option<OffsetDateTime>> {
    store::extend(tx, holder, by_s, HOLD_EXTENSIONS_MAX, HOLD_LIFE_MAX_S).await
}

/// When the holder's hold ends; none when it holds nothing.
pub async fn held_until(tx: &mut PgConnection, holder: Holder) -> sqlx::Result<Option<OffsetDateTime>> {
    store::held_until(tx, holder).await
}

/// Expires due holds in batches. A worker calls it often; a late one causes no false "sold out".
pub async fn expire_due(handles: &Handles) -> anyhow::Result<u32> {
    let mut expired = 0;
    for _ in 0..EXPIRY_BATCHES_MAX {
        let due = store::due_items(&handles.db, EXPIRY_BATCH).await?;
        if due.is_empty() {
            break;
        }
        let mut tx = handles.db.begin().await?;
        // The lock expires what is due on the rows it takes.
        expired += locks::lock_levels(&mut tx, &due).await?.expired;
        tx.commit().await?;
    }
    Ok(expired)
}

fn life_max_s(kind: HolderKind) -> u32 {
    match kind {
        HolderKind::Order => HOLD_LIFE_MAX_S,
        // Another program says itself how long, up to an hour.
        HolderKind::External => 2 * HOLD_LIFE_MAX_S,
    }
}

fn items(lines: &[ReserveLine]) -> Vec<StockItemId> {
    lines.iter().map(|line| line.stock_item).collect()
}

/// What the lines want beyond the holder's live claims, summed per stock item.
fn missing(lines: &[ReserveLine], claims: &[store::Claim]) -> Vec<Demand> {
    let mut wanted: BTreeMap<StockItemId, Demand> = BTreeMap::new();
    for line in lines {
        let none = Demand { seller: line.seller, stock_item: line.stock_item, quantity: 0 };
        wanted.entry(line.stock_item).or_insert(none).quantity += line.quantity;
    }
    for claim in claims.iter().filter(|claim| claim.is_live()) {
        if let Some(demand) = wanted.get_mut(&claim.stock_item) {
            demand.quantity = demand.quantity.saturating_sub(claim.quantity);
        }
    }
    wanted.into_values().filter(|demand| demand.quantity > 0).collect()
}

/// Every line of a short stock item is short, with what there is for all of them.
fn shortages(lines: &[ReserveLine], short: &[(StockItemId, u32)]) -> Vec<Shortage> {
    let of = |line: &ReserveLine| short.iter().find(|(item, _)| *item == line.stock_item);
    (0_u32..)
        .zip(lines)
        .filter_map(|(number, line)| {
            of(line).map(|(_, available)| Shortage { line: number, variant_id: line.variant, available: *available })
        })
        .collect()
}
