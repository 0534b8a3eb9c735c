//! What was bought, as its buyer sees it: one order with its parcels, and the way back to it.

mod api;
mod badge;
mod order_page;
mod progress;
mod when;

pub use badge::OrderBadge;
pub(crate) use order_page::order_page;
pub use when::{date_range_text, date_text, moment_text, unix_seconds};
