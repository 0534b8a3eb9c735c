use super::{Coordinates, Destination};
use crate::id::{SellerId, StockItemId, WarehouseId};
use std::collections::BTreeMap;

/// The count of one stock item in one warehouse. `held + allocated <= on_hand` always; the database checks it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StockLevel {
    pub stock_item: StockItemId,
    pub warehouse: WarehouseId,
    /// Physical units, allocated ones included.
    pub on_hand: u32,
    /// Promised to paid orders that have not shipped.
    pub allocated: u32,
    /// Promised for a while to orders being paid.
    pub held: u32,
}

impl StockLevel {
    pub fn available(&self) -> u32 {
        self.on_hand.saturating_sub(self.allocated).saturating_sub(self.held)
    }
}

/// Where stock lies, and what decides between two of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Warehouse {
    pub id: WarehouseId,
    /// ISO 3166-1 alpha-2, and ISO 3166-2 without that.
    pub country: String,
    pub region: Option<String>,
    /// Where they are not known, it stands in the middle of its country or state.
    pub coordinates: Option<Coordinates>,
    /// Smaller goes first where nothing else decides.
    pub rank: i32,
}

impl Warehouse {
    /// What to sort by for a parcel to `destination`: the kilometres to there, then the rank. Nobody knows where a parcel without
    /// a destination goes; a warehouse in a country that is not on the map comes last.
    pub fn preference(&self, destination: Option<&Destination>) -> (u32, i32, WarehouseId) {
        let km = destination.and_then(Destination::coordinates).map(|there| self.place().map_or(u32::MAX, |here| here.km_to(there)));
        (km.unwrap_or_default(), self.rank, self.id)
    }

    fn place(&self) -> Option<Coordinates> {
        let roughly = || Destination { country: self.country.parse().ok()?, region: self.region.clone() }.coordinates();
        self.coordinates.or_else(roughly)
    }
}

/// What a request wants of one stock item, summed over its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// What one seller sends travels together, if it can.
    pub seller: SellerId,
    pub stock_item: StockItemId,
    pub quantity: u32,
}

/// Units to take from one warehouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocation {
    pub stock_item: StockItemId,
    pub warehouse: WarehouseId,
    pub quantity: u32,
}

/// Where each demand is met; `levels` in order of preference, the same order of warehouses for every item. One warehouse that
/// has all that a seller sends goes before one that has all of an item, and that before any split. All demands or none: the
/// error lists every item that cannot be met, with what there is.
pub fn plan(demands: &[Demand], levels: &[StockLevel]) -> Result<Vec<Allocation>, Vec<(StockItemId, u32)>> {
    let available = |item: StockItemId| own(levels, item).map(StockLevel::available).sum::<u32>();
    let there_is = demands.iter().map(|demand| (demand, available(demand.stock_item)));
    let short: Vec<(StockItemId, u32)> = there_is
        .filter(|(demand, available)| *available < demand.quantity)
        .map(|(demand, available)| (demand.stock_item, available))
        .collect();
    if !short.is_empty() {
        return Err(short);
    }
    let mut parcels: BTreeMap<SellerId, Vec<&Demand>> = BTreeMap::new();
    demands.iter().for_each(|demand| parcels.entry(demand.seller).or_default().push(demand));
    Ok(parcels.into_values().flat_map(|parcel| plan_parcel(&parcel, levels)).collect())
}

/// What one seller sends; there is enough of each.
fn plan_parcel(demands: &[&Demand], levels: &[StockLevel]) -> Vec<Allocation> {
    let has_all = |warehouse: WarehouseId| {
        demands
            .iter()
            .all(|demand| own(levels, demand.stock_item).any(|level| level.warehouse == warehouse && level.available() >= demand.quantity))
    };
    let first = demands.iter().flat_map(|demand| own(levels, demand.stock_item));
    match first.map(|level| level.warehouse).find(|warehouse| has_all(*warehouse)) {
        Some(warehouse) => {
            demands.iter().map(|demand| Allocation { stock_item: demand.stock_item, warehouse, quantity: demand.quantity }).collect()
        }
        None => demands.iter().flat_map(|demand| plan_item(demand, levels)).collect(),
    }
}

fn plan_item(demand: &Demand, levels: &[StockLevel]) -> Vec<Allocation> {
    let whole = own(levels, demand.stock_item).find(|level| level.available() >= demand.quantity);
    let mut left = demand.quantity;
    let taken = own(levels, demand.stock_item).filter(|level| whole.is_none_or(|whole| whole == *level)).map(|level| {
        let quantity = left.min(level.available());
        left -= quantity;
        Allocation { stock_item: demand.stock_item, warehouse: level.warehouse, quantity }
    });
    taken.filter(|allocation| allocation.quantity > 0).collect()
}

fn own(levels: &[StockLevel], item: StockItemId) -> impl Iterator<Item = &StockLevel> {
    levels.iter().filter(move |level| level.stock_item == item)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn level(item: u128, warehouse: u128, on_hand: u32, allocated: u32, held: u32) -> StockLevel {
        StockLevel {
            stock_item: StockItemId(Uuid::from_u128(item)),
            warehouse: WarehouseId(Uuid::from_u128(warehouse)),
            on_hand,
            allocated,
            held,
        }
    }

    fn demand(item: u128, quantity: u32) -> Demand {
        Demand { seller: SellerId(Uuid::nil()), stock_item: StockItemId(Uuid::from_u128(item)), quantity }
    }

    /// Warehouse and quantity of each allocation.
    fn planned(demands: &[Demand], levels: &[StockLevel]) -> Vec<(u128, u32)> {
        let allocations = plan(demands, levels).unwrap();
        allocations.iter().map(|allocation| (allocation.warehouse.0.as_u128(), allocation.quantity)).collect()
    }

    #[test]
    fn what_a_seller_sends_leaves_one_warehouse_if_it_can() {
        let levels = [level(1, 1, 9, 0, 0), level(1, 2, 9, 0, 0), level(2, 1, 1, 0, 0), level(2, 2, 9, 0, 0)];
        assert_eq!(planned(&[demand(1, 2), demand(2, 1)], &levels), [(1, 2), (1, 1)], "the nearest has both");
        assert_eq!(planned(&[demand(1, 2), demand(2, 2)], &levels), [(2, 2), (2, 2)], "only the further one has both");
        assert_eq!(planned(&[demand(1, 2), demand(2, 10)], &levels), [(1, 2), (1, 1), (2, 9)], "none has both");
        let other = Demand { seller: SellerId(Uuid::from_u128(7)), ..demand(2, 2) };
        assert_eq!(planned(&[demand(1, 2), other], &levels), [(1, 2), (2, 2)], "another seller's parcel is another");
    }

    #[test]
    fn the_nearest_warehouse_goes_first_and_rank_decides_ties() {
        let at = |id: u128, country: &str, coordinates: Option<(f64, f64)>, rank| Warehouse {
            id: WarehouseId(Uuid::from_u128(id)),
            country: country.to_owned(),
            region: None,
            coordinates: coordinates.map(|(latitude, longitude)| Coordinates { latitude, longitude }),
            rank,
        };
        let warehouses = [
            at(1, "US", Some((40.7, -74.0)), 1),
            at(2, "US", Some((39.5, -119.8)), 2),
            at(3, "DE", Some((51.3, 12.4)), 3),
            at(4, "FR", None, 0),
            at(5, "DE", Some((51.3, 12.4)), 0),
            at(6, "XX", None, 0),
        ];
        let order = |country: Option<&str>, region: Option<&str>| {
            let destination = country.map(|country| Destination { country: country.parse().unwrap(), region: region.map(str::to_owned) });
            let mut sorted: Vec<&Warehouse> = warehouses.iter().collect();
            sorted.sort_by_key(|warehouse| warehouse.preference(destination.as_ref()));
            sorted.iter().map(|warehouse| warehouse.id.0.as_u128()).collect::<Vec<_>>()
        };
        assert_eq!(order(Some("US"), Some("OR")), [2, 1, 5, 3, 4, 6]);
        assert_eq!(order(Some("US"), Some("VT")), [1, 2, 4, 5, 3, 6]);
        assert_eq!(order(Some("FR"), None), [4, 5, 3, 1, 2, 6]);
        assert_eq!(order(None, None), [4, 5, 6, 1, 2, 3], "nobody knows where to: by rank");
    }

    #[test]
    fn one_warehouse_that_has_all_goes_before_a_split() {
        let levels = [level(1, 1, 2, 0, 0), level(1, 2, 5, 1, 0)];
        assert_eq!(planned(&[demand(1, 3)], &levels), [(2, 3)]);
        assert_eq!(planned(&[demand(1, 6)], &levels), [(1, 2), (2, 4)]);
    }

    #[test]
    fn every_shortage_is_named_and_nothing_is_taken() {
        let levels = [level(1, 1, 1, 0, 0), level(2, 1, 9, 0, 0), level(3, 1, 4, 2, 2)];
        let short = plan(&[demand(1, 2), demand(2, 1), demand(3, 1)], &levels).unwrap_err();
        assert_eq!(short, [(levels[0].stock_item, 1), (levels[2].stock_item, 0)]);
    }

    proptest! {
        #[test]
        fn a_plan_meets_the_demand_and_takes_no_more_than_there_is(
            counts in prop::collection::vec((0_u32..20, 0_u32..10, 0_u32..10), 1..6),
            wanted in 1_u32..60,
        ) {
            let levels: Vec<StockLevel> = counts.iter().enumerate().map(|(w, (free, allocated, held))| level(1, w as u128, free + allocated + held, *allocated, *held)).collect();
            let available: u32 = counts.iter().map(|count| count.0).sum();
            match plan(&[demand(1, wanted)], &levels) {
                Ok(allocations) => {
                    prop_assert_eq!(allocations.iter().map(|a| a.quantity).sum::<u32>(), wanted);
                    for allocation in allocations {
                        let level = levels.iter().find(|level| level.warehouse == allocation.warehouse).unwrap();
                        prop_assert!(allocation.quantity <= level.available());
                    }
                }
                Err(short) => {
                    prop_assert!(available < wanted);
                    prop_assert_eq!(short[0].1, available);
                }
            }
        }
    }
}
