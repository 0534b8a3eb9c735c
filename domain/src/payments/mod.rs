//! Moving money: a payment and its states, the attempts to make it, and the double-entry ledger that explains every cent.

mod intent;
pub mod ledger;
mod refusal;
mod transitions;
mod views;

pub use intent::{CHARGE_MAX, IntentStatus, NotChargeable, chargeable, is_payment_method};
pub use refusal::PaymentRefusal;
pub use transitions::{TRANSITIONS, UnknownStatus};
pub use views::{AttemptError, AttemptStatus, AttemptView, Gateway, NextAction, PaymentStatus, PaymentView};
