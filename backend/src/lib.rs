//! What Souk *does*: the use cases, against PostgreSQL, Redis and the payment gateway. Every door that leads here has its
//! authorisation here. A feature may use those above it, never those below; inventory, payments and orders do not call
//! each other: `checkout` joins them.

pub mod context;
pub mod db;
pub mod failure;
pub mod housekeeping;
pub mod redis;
pub mod secret;

pub mod accounts;
pub mod cart;
pub mod catalog;
pub mod checkout;
pub mod inventory;
pub mod media;
pub mod orders;
pub mod payments;
pub mod pricing;
pub mod reviews;
pub mod sellers;

pub mod check;
pub mod demo;
pub mod events;
pub mod idempotency;
pub mod import;
pub mod jobs;
pub mod mail;

#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use context::{Caller, Client, Context, Handles, Settings};
pub use failure::Failure;
