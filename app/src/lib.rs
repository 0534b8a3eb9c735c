//! What Souk *shows*: pages and the server functions they call. Each feature's screens stand in the folder of its name;
//! `ui` holds the parts that know no feature. Rendered on the server, taken over by the browser.

#![expect(unreachable_pub, reason = "the component macro writes its functions as `pub` whatever the component's own visibility")]

mod app;
pub mod error;
pub mod routes;
pub mod ui;

#[cfg(feature = "ssr")]
pub mod assets;
#[cfg(feature = "ssr")]
pub mod context;
#[cfg(feature = "ssr")]
pub mod policy;
#[cfg(feature = "ssr")]
mod shell;

mod footer;
mod header;
mod not_found_page;
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
#[cfg(feature = "ssr")]
pub use shell::shell;
pub use visitor::{Visitor, use_visitor};
