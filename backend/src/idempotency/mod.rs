//! The same request twice is one deed and one answer. The key's row stands before any work is done; the answer is kept
//! sealed, because it may hold what only its first reader may know.
//!
//! The rules are those of the IETF draft "The Idempotency-Key HTTP Header Field" and of Stripe's API, with one difference:
//! an answer that was given before anything was done frees the key, for another body too.

mod seal;
mod store;

use crate::{Context, Handles};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How long a running call may be silent before another may finish its work.
const LEASE_S: f64 = 60.0;
/// How long an answer is replayed.
const ANSWER_LIFE_DAYS: i32 = 30;
/// Answers dropped in one statement, which must end in time however long nobody forgot; the next follows soon.
const FORGET_BATCH: i64 = 5_000;
/// What a caller who is too early should wait.
const RETRY_AFTER_S: u32 = 1;

/// What stands before the work.
#[derive(Debug)]
pub enum Begin {
    /// Go on: nobody else runs this key. Finish with [`complete`], [`free`] or [`let_go`].
    Run(Ticket),
    /// This was done: answer the same again, byte for byte.
    Replay { status: u16, body: Vec<u8> },
    /// The key was used for another request.
    Reused,
    /// The first call still runs.
    InProgress { retry_after_s: u32 },
}

/// The right to do what a key stands for.
#[derive(Debug)]
pub struct Ticket {
    pub scope: String,
    pub key: String,
    /// Names the deed itself. Who takes over from a call that died gets the same one, finds by it what that call had begun,
    /// and resumes it: nothing is begun twice.
    pub operation: Uuid,
}

/// Asks for the right to do a request. `scope`: caller, method and path; `body`: canonical JSON.
pub async fn begin(ctx: &Context, scope: &str, key: &str, body: &[u8]) -> anyhow::Result<Begin> {
    let db = &ctx.handles.db;
    let fingerprint = Sha256::digest(body).to_vec();
    let ticket = |operation| Ticket { scope: scope.to_owned(), key: key.to_owned(), operation };
    let operation = crate::db::new_id();
    // A row that is freed between the two statements makes another round; three in a row is somebody playing.
    for _ in 0..3 {
        if store::insert(db, scope, key, &fingerprint, operation, LEASE_S).await? {
            return Ok(Begin::Run(ticket(operation)));
        }
        let Some(row) = store::find(db, scope, key).await? else { continue };
        if row.fingerprint != fingerprint {
            return Ok(Begin::Reused);
        }
        if let (Some(status), Some(answer)) = (row.status, &row.answer) {
            let body = seal::open(&ctx.handles.settings.secret_key, scope, answer)?;
            return Ok(Begin::Replay { status: u16::try_from(status)?, body });
        }
        if row.is_leased || !store::take_over(db, scope, key, LEASE_S).await? {
            return Ok(Begin::InProgress { retry_after_s: RETRY_AFTER_S });
        }
        tracing::warn!(key, "a request died before its answer; its repetition takes over");
        return Ok(Begin::Run(ticket(row.operation_id)));
    }
    Ok(Begin::InProgress { retry_after_s: RETRY_AFTER_S })
}

/// Keeps the answer for 30 days, sealed.
pub async fn complete(handles: &Handles, ticket: &Ticket, status: u16, body: &[u8]) -> anyhow::Result<()> {
    let sealed = seal::seal(&handles.settings.secret_key, &ticket.scope, body)?;
    Ok(store::complete(&handles.db, &ticket.scope, &ticket.key, i32::from(status), &sealed).await?)
}

/// Nothing was done: the key may be used again, for another body too.
pub async fn free(handles: &Handles, ticket: &Ticket) -> anyhow::Result<()> {
    Ok(store::free(&handles.db, &ticket.scope, &ticket.key).await?)
}

/// Something broke, and nobody knows what was done: the same request may be repeated at once, and goes on with it.
pub async fn let_go(handles: &Handles, ticket: &Ticket) -> anyhow::Result<()> {
    Ok(store::let_go(&handles.db, &ticket.scope, &ticket.key).await?)
}

/// Drops answers that nobody may ask for any more. A worker calls it now and then.
pub async fn forget_old(handles: &Handles) -> anyhow::Result<u64> {
    Ok(store::delete_older(&handles.db, ANSWER_LIFE_DAYS, FORGET_BATCH).await?)
}
