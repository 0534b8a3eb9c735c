//! What somebody means to buy, from any number of sellers. A cart holds variants and quantities, and remembers the price
//! at which each was added, so that it can say what has changed; it promises nothing until an order is placed.

mod merge;
mod refusal;
mod views;

pub use merge::{CartItem, Growth, Merged, merge};
pub use refusal::CartRefusal;
pub use views::{CartLineView, CartView, LineProblem, MergeNotice};

/// More lines than this is a program, not a shopper.
pub const CART_LINES_MAX: usize = 100;
