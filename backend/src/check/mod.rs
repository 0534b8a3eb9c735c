//! `souk check`: the promises of the shop as queries that must find nothing. They run in one snapshot, so that what they
//! see is one moment, and name what they find.

mod invariants;
mod journal;

use crate::Handles;
use anyhow::Context as _;
use sqlx::{Connection, PgConnection};
use std::time::Duration;
use time::OffsetDateTime;

pub use invariants::INVARIANTS;
pub use journal::JOURNAL_INVARIANTS;

/// Ids named of one broken promise; more only make the report longer.
const IDS_MAX: i64 = 20;
/// The minutely check must not get in anybody's way.
const LIGHT_TIMEOUT: &str = "2s";

/// A promise that does not hold, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub invariant: &'static str,
    pub ids: Vec<String>,
}

/// A promise, the query that finds where it is broken (one column `id`, as text), and, where it can be told from the rows
/// changed since a moment (`$1`), the query of the minutely check.
#[derive(Clone, Copy, Debug)]
pub struct Invariant {
    pub name: &'static str,
    pub promise: &'static str,
    pub sql: &'static str,
    pub light_sql: Option<&'static str>,
}

/// Runs every invariant in one snapshot. `journal_url`: the sandbox's journal to compare with, where there is one.
pub async fn run(handles: &Handles, journal_url: Option<&str>) -> anyhow::Result<Vec<Violation>> {
    let mut connection = handles.db.acquire().await?;
    let mut snapshot = begin_snapshot(&mut connection, "5min").await?;
    let mut violations = Vec::new();
    for invariant in INVARIANTS {
        let ids = sqlx::query_scalar::<_, String>(invariant.sql).fetch_all(&mut *snapshot).await.with_context(|| invariant.name)?;
        violations.extend(violation(invariant.name, ids));
    }
    let ours = if journal_url.is_some() { journal::our_payments(&mut snapshot).await? } else { Vec::new() };
    // The bank may take longer than a transaction may stand idle.
    snapshot.rollback().await?;
    drop(connection);
    if let Some(url) = journal_url {
        let theirs = journal::fetch(url).await.with_context(|| format!("reading the bank's book at {url}"))?;
        violations.extend(journal::compare(&ours, &theirs).into_iter().filter_map(|(name, ids)| violation(name, ids)));
    }
    Ok(violations)
}

/// Rows carry the time at which their transaction began: one that committed after the last look may bear an earlier time
/// than that look. No transaction lives longer than this.
pub const LOOK_BACK: Duration = Duration::from_secs(30);

/// Looks only at what changed since `since`, within two seconds. Returns the moment to look from next time.
pub async fn run_light(handles: &Handles, since: OffsetDateTime) -> anyhow::Result<(Vec<Violation>, OffsetDateTime)> {
    let mut connection = handles.db.acquire().await?;
    let mut snapshot = begin_snapshot(&mut connection, LIGHT_TIMEOUT).await?;
    let now = sqlx::query_scalar::<_, OffsetDateTime>("select souk.clock()").fetch_one(&mut *snapshot).await?;
    let mut violations = Vec::new();
    for invariant in INVARIANTS {
        let Some(sql) = invariant.light_sql else { continue };
        let ids = sqlx::query_scalar::<_, String>(sql).bind(since).fetch_all(&mut *snapshot).await.with_context(|| invariant.name)?;
        violations.extend(violation(invariant.name, ids));
    }
    snapshot.rollback().await?;
    Ok((violations, now - LOOK_BACK))
}

async fn begin_snapshot<'a>(connection: &'a mut PgConnection, timeout: &str) -> anyhow::Result<sqlx::Transaction<'a, sqlx::Postgres>> {
    let mut snapshot = connection.begin_with("begin isolation level repeatable read read only").await?;
    sqlx::query("select set_config('statement_timeout', $1, true)").bind(timeout).execute(&mut *snapshot).await?;
    Ok(snapshot)
}

fn violation(invariant: &'static str, mut ids: Vec<String>) -> Option<Violation> {
    ids.truncate(IDS_MAX as usize);
    if ids.is_empty() { None } else { Some(Violation { invariant, ids }) }
}
