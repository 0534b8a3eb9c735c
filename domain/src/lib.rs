//! What Souk *decides*: rules, states and sums. No I/O, no clock, no randomness, no async; the same code runs in the
//! server and in the browser. Features stand here in the order in which they may use each other: a feature may use those
//! above it, never those below.

// Shared vocabulary
pub mod address;
pub mod country;
pub mod email;
pub mod id;
pub mod language;
pub mod market;
pub mod money;
pub mod page;
pub mod quantity;
pub mod refusal;

// Features, in dependency order
pub mod accounts;
pub mod cart;
pub mod catalog;
pub mod checkout;
pub mod inventory;
pub mod orders;
pub mod payments;
pub mod pricing;
pub mod reviews;
pub mod sellers;

pub mod events;
