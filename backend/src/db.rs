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
    // Nothing a request does takes longer. The search path is named, because a role that is called like our schema would
    // otherwise find its tables there, and the log of migrations twice.
    let options = options.options([("search_path", "public"), ("statement_timeout", "15s"), ("lock_timeout", "2s"), ("idle_in_transaction_session_timeout", "15s"), ("timezone", "UTC")]);
    let pool = PgPoolOptions::new().max_connections(connections_max).acquire_timeout(Duration::from_secs(3)).connect_with(options).await?;
    Ok(pool)
}

/// Whether the database could not be reached, as opposed to having refused something. What was asked may have happened.
pub fn is_unreachable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => true,
        // Class 08: connection lost; 57P: shutting down or starting; 53300: no connection left.
        sqlx::Error::Database(error) => {
            error.code().is_some_and(|code| code.starts_with("08") || code.starts_with("57P") || code == "53300" || code == "25006")
        }
        _ => false,
    }
}
