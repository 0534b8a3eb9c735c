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
    let options = options.options([
        ("search_path", "public"),
        ("statement_timeout", "15s"),
        ("lock_timeout", "2s"),
        ("idle_in_transaction_session_timeout", "15s"),
        ("timezone", "UTC"),
    ]);
    let limits = PgPoolOptions::new().max_connections(connections_max).acquire_timeout(Duration::from_secs(3));
    // A connection stays until it breaks: opening one is what is dear, see below.
    Ok(limits.idle_timeout(None).max_lifetime(None).connect_with(options).await?)
}

/// Opens every connection of the pool, before there is anything to do. Opening one takes a dozen turns with the database; on
/// a machine that is busy with the first visitors, each turn waits for them, and they wait for the connection.
///
/// # Errors
/// When the database does not take as many.
pub async fn warm(pool: &PgPool) -> anyhow::Result<()> {
    let mut opened = Vec::new();
    for _ in 0..pool.options().get_max_connections() {
        opened.push(pool.acquire().await?);
    }
    Ok(())
}

/// Brings the database to the schema that this program expects, over a connection of its own: a migration may take longer
/// than any request.
///
/// # Errors
/// When the database cannot be reached, or a migration fails; then it has not happened.
pub async fn migrate(url: &str) -> anyhow::Result<()> {
    let options: PgConnectOptions = url.parse()?;
    let options = options.options([("search_path", "public"), ("timezone", "UTC")]);
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await?;
    MIGRATIONS.run(&pool).await?;
    pool.close().await;
    Ok(())
}

/// Whether the database answers and has the schema that this program expects.
pub async fn is_ready(db: &PgPool) -> bool {
    let newest = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default();
    let done = sqlx::query_scalar::<_, bool>("select exists (select from _sqlx_migrations where version = $1 and success)").bind(newest);
    done.fetch_one(db).await.unwrap_or(false)
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

/// Whether a failure comes from a database that could not be reached: it is worth trying again.
pub fn is_outage(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|cause| cause.downcast_ref::<sqlx::Error>()).any(is_unreachable)
}
