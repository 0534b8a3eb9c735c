//! The shop through its doors: every test has a database of its own and asks the router as a visitor would.

mod api;
mod catalogue;
mod configuration;
mod csrf;
mod doors;
mod hammer;
mod headers;
mod pages;
mod statements;
mod support;
