//! The shop's clock with an offset. Only the function `souk.clock()` is replaced, so all SQL follows.

use super::MARKER;
use sqlx::PgPool;
use std::time::Duration;

const INSTALL: &str = "
    create table if not exists souk.clock_offset (singleton boolean primary key default true check (singleton), seconds double precision not null);
    insert into souk.clock_offset (seconds) values (0) on conflict do nothing;
    create or replace function souk.clock() returns timestamptz language sql volatile
        as $$ select clock_timestamp() + make_interval(secs => (select seconds from souk.clock_offset)) $$;
";

/// Moves the clock forward, on top of where it is.
///
/// # Errors
/// When the database fails.
pub async fn advance(db: &PgPool, by: Duration) -> sqlx::Result<()> {
    tracing::debug!(door = MARKER, seconds = by.as_secs_f64(), "the clock is moved");
    sqlx::raw_sql(INSTALL).execute(db).await?;
    sqlx::query("update souk.clock_offset set seconds = seconds + $1").bind(by.as_secs_f64()).execute(db).await?;
    Ok(())
}
