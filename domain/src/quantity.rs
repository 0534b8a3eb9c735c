//! How many of one thing: from 1 to 99.

use serde::{Deserialize, Serialize};

/// More than this of one variant in one cart is a mistake or a reseller.
pub const QUANTITY_MAX: u32 = 99;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Quantity(u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("quantity {0} is outside 1 to {QUANTITY_MAX}")]
pub struct QuantityOutOfRange(pub u32);

impl Quantity {
    pub const ONE: Quantity = Quantity(1);

    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Quantity {
    type Error = QuantityOutOfRange;
    fn try_from(value: u32) -> Result<Self, Self::Error> {
        if (1..=QUANTITY_MAX).contains(&value) { Ok(Self(value)) } else { Err(QuantityOutOfRange(value)) }
    }
}

impl From<Quantity> for u32 {
    fn from(quantity: Quantity) -> u32 {
        quantity.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_to_ninety_nine_is_a_quantity() {
        assert!(Quantity::try_from(1).is_ok() && Quantity::try_from(99).is_ok());
        assert_eq!(Quantity::try_from(0), Err(QuantityOutOfRange(0)));
        assert_eq!(Quantity::try_from(100), Err(QuantityOutOfRange(100)));
    }

    #[test]
    fn the_wire_is_checked_like_the_code() {
        assert!(serde_json::from_str::<Quantity>("100").is_err());
        assert_eq!(serde_json::from_str::<Quantity>("3").unwrap().get(), 3);
    }
}
