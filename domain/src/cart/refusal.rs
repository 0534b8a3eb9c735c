use crate::pricing::CouponRefusal;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CartRefusal {
    /// The token is unknown or has expired.
    #[error("This cart is no longer there.")]
    CartNotFound,
    #[error("{}", if *available == 0 { "This is sold out.".to_owned() } else { format!("Only {available} left.") })]
    OutOfStock { available: u32 },
    #[error("At most {max} of these fit in the cart.")]
    QuantityLimit { max: u32 },
    /// The cart holds as many different things as it can.
    #[error("The cart is full: at most {max} different things.")]
    LineLimit { max: u32 },
    /// No such variant, or no longer for sale.
    #[error("This is not for sale any more.")]
    VariantNotFound,
    #[error(transparent)]
    Coupon(CouponRefusal),
    /// The store that has the truth cannot be reached, and this cart is not in the fast one.
    #[error("Your cart cannot be reached for a moment. It is safe: try again soon.")]
    Unavailable,
}

impl CartRefusal {
    /// Whether it is about the one thing that was to be changed, and not about the cart.
    pub fn is_of_line(&self) -> bool {
        matches!(self, CartRefusal::OutOfStock { .. } | CartRefusal::QuantityLimit { .. } | CartRefusal::VariantNotFound)
    }
}
