//! From the cart to a paid order: one page for contact, address and shipping, one for the payment. Everything works as a
//! plain form; the browser's script saves reloads and pays in place.

mod api;
mod browser;
mod checkout_page;
mod declines;
mod form;
mod hold_timer;
mod order_summary;
mod outcome;
mod pay_page;
mod payment_form;
mod return_page;
mod shipping_choice;
mod step;
mod stripe_js;
mod trouble;

#[cfg(feature = "ssr")]
mod draft;
#[cfg(feature = "ssr")]
mod once;

pub(crate) use checkout_page::checkout_page;
pub use form::{CheckoutForm, Press};
pub use hold_timer::HoldTimer;
pub use order_summary::{SummaryLine, SummaryLines, Totals, TotalsList};
pub use outcome::{Outcome, outcome};
pub(crate) use pay_page::pay_page;
pub(crate) use return_page::return_page;

#[cfg(feature = "ssr")]
pub(crate) use once::seconds_until;

use browser::{open_page, open_page_instead};
use trouble::trouble_of;
