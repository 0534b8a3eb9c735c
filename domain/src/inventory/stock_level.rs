use crate::id::{StockItemId, WarehouseId};

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

/// What a request wants of one stock item, summed over its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
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

/// Where each demand is met: `levels` in order of preference; one warehouse that has all of a demand goes before any
/// split. All demands or none: the error lists every one that cannot be met, with what there is.
pub fn plan(demands: &[Demand], levels: &[StockLevel]) -> Result<Vec<Allocation>, Vec<(StockItemId, u32)>> {
    let mut allocations = Vec::new();
    let mut short = Vec::new();
    for demand in demands {
        let own: Vec<&StockLevel> = levels.iter().filter(|level| level.stock_item == demand.stock_item).collect();
        let available: u32 = own.iter().map(|level| level.available()).sum();
        if available < demand.quantity {
            short.push((demand.stock_item, available));
            continue;
        }
        if let Some(whole) = own.iter().find(|level| level.available() >= demand.quantity) {
            allocations.push(Allocation { stock_item: demand.stock_item, warehouse: whole.warehouse, quantity: demand.quantity });
            continue;
        }
        let mut left = demand.quantity;
        for level in own {
            let quantity = left.min(level.available());
            if quantity > 0 {
                allocations.push(Allocation { stock_item: demand.stock_item, warehouse: level.warehouse, quantity });
                left -= quantity;
            }
        }
    }
    if short.is_empty() { Ok(allocations) } else { Err(short) }
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
        Demand { stock_item: StockItemId(Uuid::from_u128(item)), quantity }
    }

    #[test]
    fn one_warehouse_that_has_all_goes_before_a_split() {
        let levels = [level(1, 1, 2, 0, 0), level(1, 2, 5, 1, 0)];
        let planned = plan(&[demand(1, 3)], &levels).unwrap();
        assert_eq!(planned, [Allocation { stock_item: levels[1].stock_item, warehouse: levels[1].warehouse, quantity: 3 }]);
        let split: Vec<u32> = plan(&[demand(1, 6)], &levels).unwrap().iter().map(|allocation| allocation.quantity).collect();
        assert_eq!(split, [2, 4]);
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
