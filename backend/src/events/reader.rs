use super::store;
use crate::Handles;
use domain::events::Event;
use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;

/// Events taken in one go.
const BATCH: i64 = 100;
/// How long a reader of a shared cursor may be silent before another takes over.
const LEASE_S: f64 = 30.0;
/// Tries of one event before it is put aside, so that one bad event does not hold up all that follow.
const ATTEMPTS_MAX: i32 = 5;
/// Wait after the first failure; doubled with each.
const RETRY_BASE_S: f64 = 0.5;

/// A place in the log: after this transaction's event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    /// PostgreSQL's 64-bit transaction id, in decimal.
    pub(super) transaction_id: String,
    pub(super) event_id: i64,
}

pub(super) struct Row {
    pub(super) event_id: i64,
    pub(super) transaction_id: String,
    pub(super) payload: Value,
    pub(super) request_id: Option<String>,
    pub(super) created_at: OffsetDateTime,
}

/// An event as it stands in the log.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub id: i64,
    pub event: Event,
    pub request_id: Option<String>,
    pub at: OffsetDateTime,
}

impl Row {
    fn position(&self) -> Position {
        Position { transaction_id: self.transaction_id.clone(), event_id: self.event_id }
    }

    fn recorded(self) -> anyhow::Result<Recorded> {
        Ok(Recorded { id: self.event_id, event: serde_json::from_value(self.payload)?, request_id: self.request_id, at: self.created_at })
    }
}

/// Reacts to events, one process at a time: each event's effect and the cursor's move are one transaction, so that an
/// effect in the database happens exactly once. Effects elsewhere belong into a job that the transaction schedules.
pub trait Consumer: Send + Sync {
    /// Names the cursor; never changes.
    fn name(&self) -> &'static str;

    /// # Errors
    /// The event is tried again a few times, then put aside as a dead letter.
    fn handle(&self, tx: &mut PgConnection, recorded: &Recorded) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// What one round of [`consume`] came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many events are behind the cursor now.
    Read(u32),
    /// Another process reads this cursor, or the next try is not due.
    Waiting,
}

/// One round of a shared cursor. `reader` names this process.
///
/// # Errors
/// When the database fails; a failure of the consumer is counted, not returned.
pub async fn consume(handles: &Handles, consumer: &impl Consumer, reader: &str) -> anyhow::Result<Progress> {
    let name = consumer.name();
    store::begin_cursor(&handles.db, name).await?;
    let Some(position) = store::lease(&handles.db, name, reader, LEASE_S).await? else { return Ok(Progress::Waiting) };
    let mut read = 0;
    for row in store::after(&handles.db, &position, BATCH).await? {
        let (event_id, next) = (row.event_id, row.position());
        match handle(handles, consumer, reader, row).await {
            Ok(true) => read += 1,
            Ok(false) => return Ok(Progress::Waiting),
            Err(error) => {
                tracing::warn!(consumer = name, event_id, error = format!("{error:#}"), "a consumer failed at an event");
                if !give_up(handles, name, reader, &next, &error).await? {
                    break;
                }
                read += 1;
            }
        }
    }
    Ok(Progress::Read(read))
}

/// One event: its effect, its mark in the inbox and the cursor's move. False: the lease is lost, nothing was done.
async fn handle(handles: &Handles, consumer: &impl Consumer, reader: &str, row: Row) -> anyhow::Result<bool> {
    let next = row.position();
    let recorded = row.recorded()?;
    let mut tx = handles.db.begin().await?;
    // The cursor first: its row lock keeps a second reader out until this transaction ends.
    if !store::advance(&mut tx, consumer.name(), reader, &next).await? {
        return Ok(false);
    }
    if store::note_done(&mut tx, consumer.name(), recorded.id).await? {
        consumer.handle(&mut tx, &recorded).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// After a failure: counts it; at the last one the event becomes a dead letter and the cursor goes on.
async fn give_up(handles: &Handles, name: &str, reader: &str, next: &Position, error: &anyhow::Error) -> anyhow::Result<bool> {
    let Some(attempts) = store::note_failure(&handles.db, name, reader, RETRY_BASE_S).await? else { return Ok(false) };
    if attempts < ATTEMPTS_MAX {
        return Ok(false);
    }
    let mut tx = handles.db.begin().await?;
    store::put_aside(&mut tx, name, next.event_id, attempts, &format!("{error:#}")).await?;
    let advanced = store::advance(&mut tx, name, reader, next).await?;
    tx.commit().await?;
    tracing::error!(consumer = name, event_id = next.event_id, "an event was put aside");
    Ok(advanced)
}

/// A cursor of this process alone, for what each process keeps in memory: a search index, a page cache. Begins at the
/// log's head; whoever builds from the tables takes the cursor first, so that nothing falls between.
#[derive(Clone, Debug)]
pub struct OwnCursor {
    position: Position,
}

impl OwnCursor {
    /// # Errors
    /// When the database fails.
    pub async fn at_head(handles: &Handles) -> anyhow::Result<Self> {
        Ok(Self { position: store::head(&handles.db).await? })
    }

    /// The next events, and moves past them. One that this version cannot read is logged and left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self, handles: &Handles) -> anyhow::Result<Vec<Recorded>> {
        let rows = store::after(&handles.db, &self.position, BATCH).await?;
        if let Some(last) = rows.last() {
            self.position = last.position();
        }
        let read = rows.into_iter().filter_map(|row| {
            let id = row.event_id;
            row.recorded().inspect_err(|error| tracing::error!(event_id = id, %error, "an event cannot be read")).ok()
        });
        Ok(read.collect())
    }
}
