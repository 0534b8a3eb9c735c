//! From a cart to a paid order: the steps of the purchase, what undoes each, and what a checkout may refuse.

mod refusal;
pub mod saga;
mod views;

pub use refusal::CheckoutRefusal;
pub use views::{PlaceOrder, PlacedOrder};
