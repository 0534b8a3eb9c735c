use super::store;
use crate::Handles;
use anyhow::Context as _;
use serde_json::Value;
use std::pin::Pin;
use std::time::Duration;
use tracing::Instrument as _;
use uuid::Uuid;

/// A worker that is silent for so long is taken for dead.
const LEASE: Duration = Duration::from_secs(60);
/// Often enough that a few lost beats lose nothing.
const BEAT_EVERY: Duration = Duration::from_secs(15);
/// Tries before a job is put aside for somebody to look at; with the waits below about half a day.
const ATTEMPTS_MAX: i32 = 12;
/// Wait after the first failure; doubled with each, up to the longest.
const RETRY_FIRST: Duration = Duration::from_secs(10);
const RETRY_LONGEST: Duration = Duration::from_secs(2 * 3600);
/// Jobs run in one round, so that a worker also gets to its other duties.
const ROUND_MAX: u32 = 50;

/// A job that this worker holds.
#[derive(Clone, Debug)]
pub struct Job {
    pub job_id: Uuid,
    pub kind: String,
    pub subject_id: Uuid,
    pub payload: Value,
    /// This try included.
    pub attempts: i32,
}

/// What becomes of a job that went well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Done,
    /// The same again, so much later.
    Again(Duration),
}

type Running = Pin<Box<dyn Future<Output = anyhow::Result<Next>> + Send>>;

/// Does the jobs of one kind. May be run twice for the same job: must be safe then.
#[derive(Clone, Copy)]
pub struct Handler {
    pub kind: &'static str,
    pub run: fn(Handles, Job) -> Running,
}

impl std::fmt::Debug for Handler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Handler").field(&self.kind).finish()
    }
}

/// Runs what is due, up to a bound, and says how much that was. `worker` names this process.
///
/// # Errors
/// When the database fails; a job's failure is counted, not returned.
pub async fn run_due(handles: &Handles, worker: &str, handlers: &[Handler]) -> anyhow::Result<u32> {
    let mut count = 0;
    while count < ROUND_MAX && run_one(handles, worker, handlers).await? {
        count += 1;
    }
    Ok(count)
}

/// Runs the job that is due longest. False: there is none.
///
/// # Errors
/// As [`run_due`].
pub async fn run_one(handles: &Handles, worker: &str, handlers: &[Handler]) -> anyhow::Result<bool> {
    let kinds: Vec<String> = handlers.iter().map(|handler| handler.kind.to_owned()).collect();
    let Some(job) = store::take(&handles.db, worker, &kinds, LEASE.as_secs_f64()).await? else { return Ok(false) };
    let handler = handlers.iter().find(|handler| handler.kind == job.kind).context("only jobs of these kinds are taken")?;
    match run_with_heartbeat(handles, worker, handler, &job).await {
        Ok(Next::Done) => store::delete(&handles.db, &job, worker).await?,
        Ok(Next::Again(delay)) => store::put_back(&handles.db, &job, worker, delay.as_secs_f64(), None).await?,
        Err(error) => fail(handles, worker, &job, &error).await?,
    }
    Ok(true)
}

/// A panic of the job is its failure, not the worker's.
async fn run_with_heartbeat(handles: &Handles, worker: &str, handler: &Handler, job: &Job) -> anyhow::Result<Next> {
    let span = tracing::info_span!("job", kind = %job.kind, id = %job.job_id);
    let mut running = tokio::spawn((handler.run)(handles.clone(), job.clone()).instrument(span));
    loop {
        match tokio::time::timeout(BEAT_EVERY, &mut running).await {
            Ok(outcome) => return outcome.context("the job panicked")?,
            Err(_) => {
                if !store::beat(&handles.db, job, worker, LEASE.as_secs_f64()).await? {
                    running.abort();
                    anyhow::bail!("the lease went to another worker");
                }
            }
        }
    }
}

async fn fail(handles: &Handles, worker: &str, job: &Job, error: &anyhow::Error) -> anyhow::Result<()> {
    let text = format!("{error:#}");
    if job.attempts >= ATTEMPTS_MAX {
        tracing::error!(kind = %job.kind, id = %job.job_id, error = text, "a job was put aside");
        store::park(&handles.db, job, worker, &text).await?;
    } else {
        tracing::warn!(kind = %job.kind, id = %job.job_id, attempts = job.attempts, error = text, "a job failed and is tried again");
        store::put_back(&handles.db, job, worker, back_off(job.attempts).as_secs_f64(), Some(&text)).await?;
    }
    Ok(())
}

fn back_off(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(20);
    RETRY_FIRST.saturating_mul(1 << doublings).min(RETRY_LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_waits_twice_as_long_up_to_a_bound() {
        assert_eq!([1, 2, 3].map(back_off), [10, 20, 40].map(Duration::from_secs));
        assert_eq!(back_off(ATTEMPTS_MAX), RETRY_LONGEST);
        assert_eq!(back_off(0), RETRY_FIRST);
    }
}
