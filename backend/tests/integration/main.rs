//! What the use cases promise, against a real PostgreSQL (a database for each test) and a real Redis.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the message")]

mod accounts;
mod bank;
mod cart;
mod catalog;
mod check;
mod checkout;
mod demo;
mod events;
mod idempotency;
mod import;
mod inventory;
mod jobs;
mod migrations;
mod orders;
mod payments;
mod reviews;
mod verification;

/// The connections of a shop over this database.
fn handles(db: sqlx::PgPool) -> backend::Handles {
    backend::testing::Shop::new(db).handles
}
