//! The administrators' part of the marketplace.

mod admin_page;
mod api;

pub(crate) use admin_page::admin_page;
