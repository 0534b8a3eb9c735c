//! The administrators' part of the marketplace, loaded by nobody else.

mod api;
mod admin_page;

pub use admin_page::AdminPage;
