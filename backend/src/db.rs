//! PostgreSQL: the pool, ids, migrations.

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::time::Duration;
use uuid::Uuid;

pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// A new UUIDv7: unique, and roughly in the order of making.
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// Connects with limits that keep a stuck statement from holding the shop up.
///
/// # Errors
/// When the URL is not one or the database cannot be reached within the time.
pub async fn connect(url: &str, connections_max: u32) -> anyhow::Result<PgPool> {
    let options: PgConnectOptions = url.parse()?;
    // Nothing a request does takes longer; migrations use a connection of their own.
    let options = options.options([("statement_timeout", "15s"), ("lock_timeout", "2s"), ("idle_in_transaction_session_timeout", "15s"), ("timezone", "UTC")]);
    let pool = PgPoolOptions::new().max_connections(connections_max).acquire_timeout(Duration::from_secs(3)).connect_with(options).await?;
    Ok(pool)
}
