//! The administrators' part of the marketplace, loaded by nobody else.

mod admin_page;
mod api;

pub(crate) use admin_page::admin_page;
