//! The sandbox as its users see it: the real program, real HTTP, a journal on disk.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod bank_report;
mod challenge;
mod client_types;
mod frames;
mod harness;
mod idempotency;
mod intents;
mod misbehaviour;
mod refunds;
mod sessions;
mod settings;
mod webhooks;
