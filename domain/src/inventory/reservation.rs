use crate::id::{ReservationId, StockItemId, VariantId, WarehouseId};
use serde::{Deserialize, Serialize};

/// How long an order may take to be paid before its units go back.
pub const HOLD_S: u32 = 15 * 60;
/// While a payment's outcome is unknown its hold is made longer, once.
pub const HOLD_EXTENSIONS_MAX: u32 = 1;
/// Whatever happens, no hold outlives this, counted from the first.
pub const HOLD_LIFE_MAX_S: u32 = 30 * 60;

/// Who holds units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum HolderKind {
    /// An order being paid; its hold becomes firm when the payment is authorised.
    Order,
    /// Another program's, through the API.
    External,
}

impl HolderKind {
    /// As it stands in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            HolderKind::Order => "order",
            HolderKind::External => "external",
        }
    }
}

/// held → firm → shipped; or released by its holder, or expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum ReservationState {
    /// Counted in `held`; ends at its time.
    Held,
    /// Counted in `allocated`; cannot expire.
    Firm,
    Shipped,
    Released,
    Expired,
}

impl ReservationState {
    /// Whether `self → next` may happen.
    pub fn may_become(self, next: ReservationState) -> bool {
        use ReservationState::{Expired, Firm, Held, Released, Shipped};
        match self {
            Held => matches!(next, Firm | Released | Expired),
            Firm => matches!(next, Shipped | Released),
            Shipped | Released | Expired => false,
        }
    }
}

/// Units of one stock item in one warehouse, promised to one holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    pub id: ReservationId,
    pub stock_item: StockItemId,
    pub warehouse: WarehouseId,
    pub quantity: u32,
    pub state: ReservationState,
}

/// One line that cannot be met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortage {
    /// The line's place in the request, from 0.
    pub line: u32,
    pub variant_id: VariantId,
    pub available: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StockRefusal {
    #[error("Some of this is no longer available.")]
    OutOfStock { lines: Vec<Shortage> },
    /// The hold had ended and its units were taken by somebody else.
    #[error("The reservation has ended.")]
    Lapsed,
}

#[cfg(test)]
mod tests {
    use super::ReservationState::{self, Expired, Firm, Held, Released, Shipped};

    #[test]
    fn only_the_listed_steps_are_possible() {
        let all = [Held, Firm, Shipped, Released, Expired];
        let allowed: Vec<(ReservationState, ReservationState)> =
            all.iter().flat_map(|from| all.iter().map(move |to| (*from, *to))).filter(|(from, to)| from.may_become(*to)).collect();
        assert_eq!(allowed, [(Held, Firm), (Held, Released), (Held, Expired), (Firm, Shipped), (Firm, Released)]);
    }
}
