//! Moving money: a payment and its states, the attempts to make it, and the double-entry ledger that explains every cent.

mod refusal;
mod views;

pub use refusal::PaymentRefusal;
pub use views::{AttemptError, AttemptStatus, AttemptView, Gateway, NextAction, PaymentStatus, PaymentView};
