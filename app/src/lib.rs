//! What Souk *shows*: pages and the server functions they call. Each feature's screens stand in the folder of its name;
//! `ui` holds the parts that know no feature. Rendered on the server, taken over by the browser.

// A page's type names every element in it; the deepest are deeper than the compiler expects of hand-written code.
#![recursion_limit = "256"]
#![expect(unreachable_pub, reason = "the component macro writes its functions as `pub` whatever the component's own visibility")]

mod app;
pub mod error;
pub mod market;
pub mod refusals;
pub mod routes;
pub mod t;
pub mod ui;

#[cfg(feature = "ssr")]
pub mod assets;
#[cfg(feature = "ssr")]
pub mod context;
#[cfg(feature = "ssr")]
pub mod fault;
#[cfg(feature = "ssr")]
mod shell;

mod address_fields;
mod countries;
mod footer;
mod header;
mod not_found_page;
mod page_data;
mod parts;
mod theme;
mod visitor;

pub mod accounts;
pub mod admin;
pub mod cart;
pub mod catalog;
pub mod checkout;
pub mod orders;
pub mod sellers;

pub use app::App;
pub use page_data::{PageData, page_data};
#[cfg(feature = "ssr")]
pub use shell::shell;
pub use visitor::{Visitor, use_visitor};
