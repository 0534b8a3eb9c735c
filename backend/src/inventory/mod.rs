//! Stock: reserving, releasing, making firm. PostgreSQL alone decides; every change of a level happens under the lock of
//! its row, taken in key order in one place.

mod locks;
mod store;

use crate::{Failure, Handles};
use domain::country::CountryCode;
use domain::id::{StockItemId, VariantId};
use domain::inventory::{
    Allocation, Demand, HOLD_EXTENSIONS_MAX, HOLD_LIFE_MAX_S, HolderKind, Reservation, ReservationState, Shortage, StockRefusal, plan,
};
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
    pub quantity: u32,
}

/// Who holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Holder {
    pub kind: HolderKind,
    pub id: Uuid,
}

/// Holds every line, or none, for `ttl_s` seconds. The same holder asking again gets what it holds. Warehouses of the
/// destination's country go first, then by rank.
///
/// # Errors
/// `OutOfStock` names every line that cannot be met; `Lapsed` when the holder's 30 minutes are over.
pub async fn reserve(
    handles: &Handles,
    holder: Holder,
    lines: &[ReserveLine],
    ttl_s: u32,
    destination: CountryCode,
) -> Result<Vec<Reservation>, Failure<StockRefusal>> {
    let mut tx = handles.db.begin().await?;
    locks::lock_levels(&mut tx, &items(lines)).await?;
    let claims = store::claims(&mut tx, holder).await?;
    let missing = missing(lines, &claims, |state| matches!(state, ReservationState::Held | ReservationState::Firm));
    if !missing.is_empty() {
        let allocations = allocate(&mut tx, lines, &missing, destination).await?;
        let first_held_at = claims.iter().map(|claim| claim.first_held_at).min();
        let held = store::insert_held(&mut tx, holder, &allocations, first_held_at, ttl_s, life_max_s(holder.kind)).await?;
        if !held {
            return Err(Failure::Refused(StockRefusal::Lapsed));
        }
    }
    let reservations = store::live(&mut tx, holder).await?;
    tx.commit().await?;
    Ok(reservations)
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
    destination: CountryCode,
) -> Result<(), Failure<StockRefusal>> {
    locks::lock_levels(tx, &items(lines)).await?;
    let claims = store::claims(tx, holder).await?;
    let missing = missing(lines, &claims, |state| matches!(state, ReservationState::Held | ReservationState::Firm));
    let allocations = match allocate(tx, lines, &missing, destination).await {
        Err(Failure::Refused(_)) => return Err(Failure::Refused(StockRefusal::Lapsed)),
        other => other?,
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
        expired += locks::lock_levels(&mut tx, &due).await?;
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

/// What the lines want beyond the claims that count, summed per stock item.
fn missing(lines: &[ReserveLine], claims: &[store::Claim], counts: impl Fn(ReservationState) -> bool) -> Vec<Demand> {
    let mut wanted: BTreeMap<StockItemId, u32> = BTreeMap::new();
    for line in lines {
        *wanted.entry(line.stock_item).or_default() += line.quantity;
    }
    for claim in claims.iter().filter(|claim| counts(claim.state)) {
        if let Some(quantity) = wanted.get_mut(&claim.stock_item) {
            *quantity = quantity.saturating_sub(claim.quantity);
        }
    }
    wanted.into_iter().filter(|(_, quantity)| *quantity > 0).map(|(stock_item, quantity)| Demand { stock_item, quantity }).collect()
}

/// Finds units for every demand. The levels are locked already.
async fn allocate(
    tx: &mut PgConnection,
    lines: &[ReserveLine],
    demands: &[Demand],
    destination: CountryCode,
) -> Result<Vec<Allocation>, Failure<StockRefusal>> {
    if demands.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: Vec<StockItemId> = demands.iter().map(|demand| demand.stock_item).collect();
    let levels = store::levels(tx, &wanted, destination.as_str()).await?;
    plan(demands, &levels).map_err(|short| Failure::Refused(StockRefusal::OutOfStock { lines: shortages(lines, &short) }))
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
