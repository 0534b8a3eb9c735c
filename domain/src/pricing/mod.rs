//! What an order costs: lines, shipping per seller, tax of the destination, and the sum of it all. Every share adds up to
//! the total to the cent.

mod commission;
mod coupon;
mod discount;
mod quote;
mod shipping;
#[cfg(test)]
mod tests;
mod views;

pub use commission::commission;
pub use coupon::{CODE_LENGTH_MAX, CODE_LENGTH_MIN, Coupon, CouponRefusal, Standing, code, goods_discount};
pub use discount::{Discount, Funder, OrderCut};
pub use quote::{Charge, LineQuote, PricedLine, Quote, Rounding, SellerQuote, TaxRule};
pub use shipping::{ShippingFee, calendar_days};
pub use views::{QuoteView, SellerName, ShippingOption};
