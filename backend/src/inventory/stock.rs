use domain::id::{StockItemId, WarehouseId};
use domain::inventory::{Allocation, Demand, Destination, StockLevel, Warehouse, plan};
use std::collections::HashMap;

/// The rows that are locked, and what is taken from them on the way.
#[derive(Default)]
pub(super) struct Stock {
    levels: HashMap<StockItemId, Vec<StockLevel>>,
    warehouses: HashMap<WarehouseId, Warehouse>,
}

impl Stock {
    pub(super) fn add(&mut self, level: StockLevel, warehouse: Warehouse) {
        self.levels.entry(level.stock_item).or_default().push(level);
        self.warehouses.insert(warehouse.id, warehouse);
    }

    /// Units of a hold that has ended.
    pub(super) fn free(&mut self, stock_item: StockItemId, warehouse: WarehouseId, quantity: u32) {
        if let Some(level) = self.level(stock_item, warehouse) {
            level.held = level.held.saturating_sub(quantity);
        }
    }

    /// Where each demand is met, or every item that is short with what there is.
    pub(super) fn plan(&self, demands: &[Demand], destination: Option<&Destination>) -> Result<Vec<Allocation>, Vec<(StockItemId, u32)>> {
        let own = demands.iter().filter_map(|demand| self.levels.get(&demand.stock_item)).flatten();
        let mut levels: Vec<StockLevel> = own.copied().collect();
        levels.sort_by_cached_key(|level| self.warehouses.get(&level.warehouse).map(|warehouse| warehouse.preference(destination)));
        plan(demands, &levels)
    }

    pub(super) fn take(&mut self, allocation: &Allocation) {
        if let Some(level) = self.level(allocation.stock_item, allocation.warehouse) {
            level.held += allocation.quantity;
        }
    }

    fn level(&mut self, stock_item: StockItemId, warehouse: WarehouseId) -> Option<&mut StockLevel> {
        self.levels.get_mut(&stock_item)?.iter_mut().find(|level| level.warehouse == warehouse)
    }
}
