//! The shop through its doors: every test has a database of its own and asks the router as a visitor would.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the message")]

mod admin;
mod api;
mod bad_input;
mod catalogue;
mod commands;
mod configuration;
mod csrf;
mod doors;
mod hammer;
mod headers;
mod hostile;
mod markets;
mod markup;
mod pages;
mod statements;
mod support;
