//! The sellers' part of the marketplace.

mod api;
mod sell_page;

pub(crate) use sell_page::sell_page;
