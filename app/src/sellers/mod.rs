//! The sellers' part of the marketplace, loaded by nobody else.

mod api;
mod sell_page;

pub use sell_page::SellPage;
