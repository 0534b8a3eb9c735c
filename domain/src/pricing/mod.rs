//! What an order costs: lines, shipping per seller, tax of the destination, and the sum of it all. Every share adds up to
//! the total to the cent.

mod commission;
mod quote;
mod views;

pub use commission::{Earnings, earnings};
pub use quote::{LineQuote, PricedLine, Quote, SellerQuote, TaxRule};
pub use views::{QuoteView, SellerName, ShippingOption};
