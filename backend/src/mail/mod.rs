//! Mail: asked for in the transaction of what it tells of, and handed over afterwards by a job each, at least once, as the
//! same message under the same name. It is put into a Maildir; whatever sends mail takes it from there.

mod letter;
mod maildir;
mod store;
mod texts;

pub use letter::{Letter, token};
pub use lettre::message::Mailbox;

use crate::jobs::{self, Handler, Next};
use crate::{Handles, db};
use anyhow::Context as _;
use domain::market::Market;
use serde_json::json;
use sqlx::PgConnection;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;
use uuid::Uuid;

const JOB: &str = "mail";
const HANDLERS: &[Handler] =
    &[Handler { kind: JOB, run: |handles, job| Box::pin(async move { hand_over(&handles, job.subject_id).await }) }];

/// Days that a mail is kept once it was handed over, to know what was said; as long as what a webhook told.
const KEPT_DAYS: i32 = 90;
/// Mails deleted in one statement; the next follows soon.
const FORGET_BATCH: i64 = 1_000;

/// How mail leaves the shop.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// The Maildir; it is made with the first mail.
    pub directory: PathBuf,
    /// Who writes.
    pub from: Mailbox,
}

/// A mail to be sent.
#[derive(Clone, Debug)]
pub struct NewMail<'a> {
    /// What it tells of: the same letter about it goes to an address once.
    pub subject: Uuid,
    pub address: &'a str,
    /// Decides the language, and where links lead.
    pub market: Market,
    pub letter: Letter,
}

/// Sends a mail once the caller's transaction is committed. One that was asked for before is not sent again.
///
/// # Errors
/// When the database fails.
pub async fn send(tx: &mut PgConnection, mail: &NewMail<'_>) -> anyhow::Result<()> {
    let id = db::new_id();
    if store::insert(tx, id, mail).await? {
        jobs::schedule(tx, JOB, id, &json!({}), Duration::ZERO).await?;
    }
    Ok(())
}

/// Hands over what is due, up to a bound, and says how much that was. A worker calls it often.
///
/// # Errors
/// When the database fails; a mail that cannot be handed over is tried again later.
pub async fn hand_over_due(handles: &Handles) -> anyhow::Result<u32> {
    jobs::run_due(handles, worker_name(), HANDLERS).await
}

async fn hand_over(handles: &Handles, id: Uuid) -> anyhow::Result<Next> {
    let Some(mail) = store::waiting(&handles.db, id).await? else { return Ok(Next::Done) };
    let message = letter::write(&handles.settings, &mail)?;
    let directory = handles.settings.mail.directory.clone();
    let delivered = tokio::task::spawn_blocking(move || maildir::deliver(&directory, &id.to_string(), message.as_bytes()));
    delivered.await?.context("writing to SOUK_MAIL_DIRECTORY")?;
    store::mark_handed_over(&handles.db, id).await?;
    Ok(Next::Done)
}

/// Deletes mails that were handed over long ago. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn forget_old(handles: &Handles) -> anyhow::Result<u64> {
    Ok(store::delete_old(&handles.db, KEPT_DAYS, FORGET_BATCH).await?)
}

/// Of this process, among all that work on the same database.
fn worker_name() -> &'static str {
    static NAME: LazyLock<String> = LazyLock::new(|| format!("mail-{}", db::new_id()));
    &NAME
}
