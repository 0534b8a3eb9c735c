//! The administrators' part of the marketplace, loaded by nobody else.

mod admin_page;
mod api;

pub use admin_page::AdminPage;
