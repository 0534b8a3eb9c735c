//! A batch of reservations in one transaction: in the order in which they came, each all or nothing.

use super::stock::Stock;
use super::store::{self, Claim, Hold};
use super::{Holder, ReserveLine, life_max_s, locks, missing, shortages};
use crate::db::new_id;
use domain::id::{ReservationId, StockItemId, WarehouseId};
use domain::inventory::{Allocation, Destination, Reservation, ReservationState, StockRefusal};
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;
use time::OffsetDateTime;

/// Who wants what, for how long, sent where.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) holder: Holder,
    pub(super) lines: Vec<ReserveLine>,
    pub(super) ttl_s: u32,
    /// None: nobody knows yet.
    pub(super) destination: Option<Destination>,
}

/// What a request has got.
pub(super) type Outcome = Result<Vec<Reservation>, StockRefusal>;

/// One outcome for each request.
///
/// # Errors
/// When the database fails: then nothing has happened to any of them, or the commit's fate is unknown, which asking again tells.
pub(super) async fn settle(db: &PgPool, requests: &[Request]) -> sqlx::Result<Vec<Outcome>> {
    let items: BTreeSet<StockItemId> = requests.iter().flat_map(|request| &request.lines).map(|line| line.stock_item).collect();
    let items: Vec<StockItemId> = items.into_iter().collect();
    let mut tx = db.begin().await?;
    let locked = locks::lock_levels(&mut tx, &items).await?;
    let holders: BTreeSet<Holder> = requests.iter().map(|request| request.holder).collect();
    let claims = store::claims(&mut tx, &holders.into_iter().collect::<Vec<_>>()).await?;
    let mut counter = Counter { now: locked.at, claims, stock: locked.stock, holds: BTreeMap::new() };
    let outcomes = requests.iter().map(|request| counter.serve(request)).collect();
    let holds: Vec<Hold> = counter.holds.into_values().collect();
    if !holds.is_empty() {
        store::insert_held(&mut tx, &holds, locked.at).await?;
    }
    tx.commit().await?;
    Ok(outcomes)
}

struct Counter {
    /// Read after the locks were held.
    now: OffsetDateTime,
    claims: HashMap<Holder, Vec<Claim>>,
    stock: Stock,
    /// What is to be written, by holder and row: the same holder may ask twice in one batch.
    holds: BTreeMap<(Holder, StockItemId, WarehouseId), Hold>,
}

impl Counter {
    fn serve(&mut self, request: &Request) -> Outcome {
        let claims = self.claims.entry(request.holder).or_default();
        let demands = missing(&request.lines, claims);
        if !demands.is_empty() {
            let begins = claims.iter().map(|claim| claim.first_held_at).min().unwrap_or(self.now);
            let seconds = |seconds: u32| Duration::from_secs(seconds.into());
            let ends = (self.now + seconds(request.ttl_s)).min(begins + seconds(life_max_s(request.holder.kind)));
            if ends <= self.now {
                return Err(StockRefusal::Lapsed);
            }
            let planned = self.stock.plan(&demands, request.destination.as_ref());
            let allocations = planned.map_err(|short| StockRefusal::OutOfStock { lines: shortages(&request.lines, &short) })?;
            allocations.iter().for_each(|allocation| self.hold(request.holder, allocation, begins, ends));
        }
        Ok(self.live(request.holder))
    }

    fn hold(&mut self, holder: Holder, allocation: &Allocation, begins: OffsetDateTime, ends: OffsetDateTime) {
        self.stock.take(allocation);
        let Allocation { stock_item, warehouse, quantity } = *allocation;
        let id = ReservationId(new_id());
        let hold = self.holds.entry((holder, stock_item, warehouse)).or_insert(Hold {
            id,
            holder,
            stock_item,
            warehouse,
            quantity: 0,
            begins,
            ends,
        });
        hold.quantity += quantity;
        let claims = self.claims.entry(holder).or_default();
        match claims.iter_mut().find(|claim| claim.is_live() && (claim.stock_item, claim.warehouse) == (stock_item, warehouse)) {
            Some(claim) => claim.quantity += quantity,
            None => {
                claims.push(Claim { id: hold.id, stock_item, warehouse, quantity, state: ReservationState::Held, first_held_at: begins })
            }
        }
    }

    fn live(&self, holder: Holder) -> Vec<Reservation> {
        let claims = self.claims.get(&holder).into_iter().flatten().filter(|claim| claim.is_live());
        let mut live: Vec<Reservation> = claims.map(Claim::reservation).collect();
        live.sort_by_key(|reservation| (reservation.stock_item, reservation.warehouse));
        live
    }
}
