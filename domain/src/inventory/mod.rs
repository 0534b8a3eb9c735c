//! Units and who has a claim on them. What is on hand is either free, held for a while by an order being paid, or
//! allocated to a paid one; nothing is ever promised twice.

mod place;
mod reservation;
mod stock_level;

pub use place::{Coordinates, Destination};
pub use reservation::{HOLD_EXTENSIONS_MAX, HOLD_LIFE_MAX_S, HOLD_S, HolderKind, Reservation, ReservationState, Shortage, StockRefusal};
pub use stock_level::{Allocation, Demand, StockLevel, Warehouse, plan};
