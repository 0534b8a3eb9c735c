//! The loops that work while nobody waits. Any number of processes may run them: what a loop takes, it takes under a lock
//! or a lease.

use crate::serve::{Shutdown, asked};
use backend::{Handles, cart, check, checkout, housekeeping, idempotency, inventory, mail};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use time::OffsetDateTime;
use tokio::task::JoinSet;

type Run = Pin<Box<dyn Future<Output = anyhow::Result<u64>> + Send>>;

/// A loop that found something to do goes on without waiting, but at most this often in a row.
const RUNS_IN_A_ROW_MAX: u32 = 20;

struct Worker {
    name: &'static str,
    /// Between two runs, give or take a fifth: many processes must not all come at the same moment.
    every: Duration,
    /// Does a batch; says how many things it dealt with.
    run: Box<dyn Fn(Handles) -> Run + Send + Sync>,
}

impl Worker {
    fn new(name: &'static str, every: Duration, run: impl Fn(Handles) -> Run + Send + Sync + 'static) -> Self {
        Self { name, every, run: Box::new(run) }
    }
}

fn workers() -> Vec<Worker> {
    let (ms, s) = (Duration::from_millis, Duration::from_secs);
    vec![
        Worker::new("checkout", ms(500), |handles| Box::pin(async move { Ok(u64::from(checkout::resume(&handles).await?)) })),
        Worker::new("holds", s(5), |handles| Box::pin(async move { Ok(u64::from(inventory::expire_due(&handles).await?)) })),
        Worker::new("carts", s(2), |handles| Box::pin(async move { Ok(u64::from(cart::drain(&handles).await?)) })),
        Worker::new("mail", s(1), |handles| Box::pin(async move { Ok(u64::from(mail::hand_over_due(&handles).await?)) })),
        Worker::new("housekeeping", s(10), |handles| Box::pin(async move { Ok(u64::from(housekeeping::run(&handles).await?)) })),
        Worker::new("old_answers", s(600), |handles| Box::pin(async move { idempotency::forget_old(&handles).await })),
        light_check(),
    ]
}

/// Runs every loop until asked to end; a run that has begun is finished.
pub async fn run(handles: Handles, shutdown: Shutdown) {
    let mut loops = JoinSet::new();
    for worker in workers() {
        loops.spawn(turn(worker, handles.clone(), shutdown.clone()));
    }
    while loops.join_next().await.is_some() {}
}

async fn turn(worker: Worker, handles: Handles, mut shutdown: Shutdown) {
    let mut in_a_row = 0;
    loop {
        let pause = if in_a_row > 0 { Duration::ZERO } else { jittered(worker.every) };
        tokio::select! {
            () = tokio::time::sleep(pause) => (),
            () = asked(&mut shutdown) => return,
        }
        let dealt_with = run_once(&worker, handles.clone()).await;
        in_a_row = if dealt_with > 0 && in_a_row < RUNS_IN_A_ROW_MAX { in_a_row + 1 } else { 0 };
    }
}

/// One run, counted. What goes wrong in it ends the run, never the loop.
async fn run_once(worker: &Worker, handles: Handles) -> u64 {
    let outcome = tokio::spawn((worker.run)(handles)).await;
    let (label, dealt_with) = match outcome {
        Ok(Ok(dealt_with)) => ("done", dealt_with),
        Ok(Err(error)) => {
            tracing::error!(worker = worker.name, error = format!("{error:#}"), "a background run failed");
            ("failed", 0)
        }
        // The panic itself was logged where it happened.
        Err(_) => ("panicked", 0),
    };
    metrics::counter!("worker_runs_total", "worker" => worker.name, "outcome" => label).increment(1);
    metrics::counter!("worker_items_total", "worker" => worker.name).increment(dealt_with);
    dealt_with
}

fn jittered(every: Duration) -> Duration {
    every.mul_f64(rand::random_range(0.8..1.2))
}

/// Looks each minute at what has changed since the last look; a broken promise is shouted about.
fn light_check() -> Worker {
    let seen = Arc::new(Mutex::new(OffsetDateTime::now_utc()));
    Worker::new("light_check", Duration::from_secs(60), move |handles| {
        let seen = seen.clone();
        Box::pin(async move {
            let since = *seen.lock().unwrap_or_else(PoisonError::into_inner);
            let until = look_lightly(&handles, since).await;
            *seen.lock().unwrap_or_else(PoisonError::into_inner) = until;
            Ok(0)
        })
    })
}

/// Looks at what changed since then; returns the moment to look from next time. A look that fails, mostly because there was too
/// much to look at in its time, is given up: a longer stretch next time would only fail again. `souk check` looks at all of it.
async fn look_lightly(handles: &Handles, since: OffsetDateTime) -> OffsetDateTime {
    let (violations, until) = match check::run_light(handles, since).await {
        Ok(seen) => seen,
        Err(error) => {
            metrics::counter!("invariant_checks_skipped_total").increment(1);
            tracing::warn!(%since, error = format!("{error:#}"), "a minute's changes were not checked");
            return OffsetDateTime::now_utc() - check::LOOK_BACK;
        }
    };
    for violation in violations {
        metrics::counter!("invariant_violations_total", "invariant" => violation.invariant).increment(1);
        tracing::error!(invariant = violation.invariant, ids = ?violation.ids, "an invariant does not hold");
    }
    until
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_failed_look_does_not_make_the_next_one_longer() {
        let db = sqlx::PgPool::connect_lazy("postgres://nobody@127.0.0.1/none").unwrap();
        let shop = backend::testing::Shop::new(db).without_database();
        let hour_ago = OffsetDateTime::now_utc() - Duration::from_secs(3_600);
        let next = look_lightly(&shop.handles, hour_ago).await;
        assert!(next > OffsetDateTime::now_utc() - 2 * check::LOOK_BACK, "{next}");
    }

    #[test]
    fn loops_of_many_processes_do_not_keep_step() {
        let every = Duration::from_secs(10);
        let pauses: Vec<Duration> = (0..50).map(|_| jittered(every)).collect();
        assert!(pauses.iter().all(|pause| (Duration::from_secs(8)..Duration::from_secs(12)).contains(pause)));
        assert!(pauses.iter().any(|pause| *pause != pauses[0]));
    }
}
