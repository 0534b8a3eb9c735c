//! Drives sagas: one runner at a time, each step's outcome stored before the next step begins. A step that fails is tried
//! again later; a runner that dies is found by its lease.

use super::purchase::{Outcome, Saga};
use super::{steps, store};
use crate::Handles;
use anyhow::Context as _;
use domain::checkout::CheckoutRefusal;
use domain::checkout::saga::{Next, SagaState, Step, StepOutcome, UndoReason, next};
use std::time::Duration;
use time::OffsetDateTime;
use tokio::time::Instant;
use uuid::Uuid;

/// Longer than a step takes: the gateway gets 5 s for each of two calls, the database less. A runner that needs longer has
/// lost its lease, and stores nothing any more.
pub(super) const LEASE_S: f64 = 30.0;
/// How often somebody who waits looks whether the saga is free.
const LOOK_EVERY: Duration = Duration::from_millis(40);
/// Between two tries of a failing step: doubled each time, up to the longest.
const RETRY_FIRST_S: f64 = 1.0;
const RETRY_LONGEST_S: f64 = 60.0;

/// When a waiting step is to be run again, if nothing wakes it before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Until {
    Seconds(f64),
    At(OffsetDateTime),
}

/// How one run of a step ended.
#[derive(Clone, Debug)]
pub(super) enum Ran {
    Done,
    Wait(Until),
    Refused { reason: UndoReason, refusal: Option<CheckoutRefusal> },
}

impl Ran {
    pub(super) fn refused(reason: UndoReason) -> Self {
        Ran::Refused { reason, refusal: None }
    }

    fn outcome(&self) -> StepOutcome {
        match self {
            Ran::Done => StepOutcome::Done,
            Ran::Wait(_) => StepOutcome::Wait,
            Ran::Refused { .. } => StepOutcome::Refused,
        }
    }
}

/// How undoing a step ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Undone {
    Done,
    /// The gateway has not agreed yet.
    Later(Until),
}

/// Somebody else has the saga by now.
#[derive(Debug, thiserror::Error)]
#[error("the lease ended before the step did")]
struct LeaseLost;

/// Runs a saga as far as it goes. Waits up to `patience` while somebody else is at it. None: they still are. A saga that
/// has ended is returned as it is.
///
/// # Errors
/// When the database fails, or there is no such saga. A failing step is no error: it is noted and tried again later.
pub(super) async fn run(handles: &Handles, saga: Uuid, patience: Duration) -> anyhow::Result<Option<Saga>> {
    match lease(handles, saga, patience).await? {
        Lease::Taken(saga) => drive(handles, *saga).await.map(Some),
        Lease::Ended(saga) => Ok(Some(*saga)),
        Lease::Busy => Ok(None),
    }
}

#[derive(Debug)]
pub(super) enum Lease {
    Taken(Box<Saga>),
    Ended(Box<Saga>),
    Busy,
}

/// Takes the saga, waiting up to `patience` for whoever has it.
pub(super) async fn lease(handles: &Handles, saga: Uuid, patience: Duration) -> anyhow::Result<Lease> {
    let begun = Instant::now();
    loop {
        if let Some(saga) = store::lease(&handles.db, saga, LEASE_S).await? {
            return Ok(Lease::Taken(Box::new(saga)));
        }
        let Some(saga) = store::load(&handles.db, saga).await? else { anyhow::bail!("there is no saga {saga}") };
        if !saga.state.is_live() {
            return Ok(Lease::Ended(Box::new(saga)));
        }
        if begun.elapsed() >= patience {
            return Ok(Lease::Busy);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Goes on with a leased saga until it waits or ends, and lets go of it.
pub(super) async fn drive(handles: &Handles, mut saga: Saga) -> anyhow::Result<Saga> {
    while saga.state.is_live() {
        let moved = match saga.state {
            SagaState::Undoing => backward(handles, &mut saga).await,
            SagaState::Running | SagaState::Waiting | SagaState::Done | SagaState::Undone => forward(handles, &mut saga).await,
        };
        let wait = match moved {
            Ok(None) => continue,
            Ok(Some(until)) => {
                saga.attempts = 0;
                until
            }
            Err(error) if error.is::<LeaseLost>() => return replaced(handles, &saga).await,
            Err(error) => return failed(handles, saga, &error).await,
        };
        release(handles, &saga, wait, None).await?;
        return Ok(saga);
    }
    Ok(saga)
}

/// Runs one step, alone: what [`drive`] does, and what a test does between two crashes. None: go on.
pub(super) async fn forward(handles: &Handles, saga: &mut Saga) -> anyhow::Result<Option<Until>> {
    let ran = steps::run(handles, saga).await?;
    match (next(saga.step, ran.outcome()), ran) {
        (Next::Run(step), _) => {
            (saga.step, saga.state) = (step, SagaState::Running);
            advance(handles, saga).await?;
            Ok(None)
        }
        (Next::Finished, _) => {
            saga.state = SagaState::Done;
            finish(handles, saga).await?;
            Ok(None)
        }
        (Next::Undo(step), Ran::Refused { reason, refusal }) => {
            tracing::info!(order = %saga.order, step = ?saga.step, reason = reason.as_str(), "a purchase is undone");
            begin_undoing(handles, saga, step, Outcome { reason: Some(reason), refusal }).await?;
            Ok(None)
        }
        (Next::Wait(_) | Next::Undo(_), Ran::Wait(until)) => {
            saga.state = SagaState::Waiting;
            Ok(Some(until))
        }
        (following, ran) => anyhow::bail!("{:?} ended with {ran:?}, which leads to {following:?}", saga.step),
    }
}

/// Undoes one step, alone. None: go on.
pub(super) async fn backward(handles: &Handles, saga: &mut Saga) -> anyhow::Result<Option<Until>> {
    if let Undone::Later(until) = steps::undo(handles, saga).await? {
        return Ok(Some(until));
    }
    match saga.step.preceding() {
        Some(step) => {
            saga.step = step;
            advance(handles, saga).await?;
        }
        None => {
            saga.state = SagaState::Undone;
            finish(handles, saga).await?;
        }
    }
    Ok(None)
}

/// Turns a leased saga around.
pub(super) async fn begin_undoing(handles: &Handles, saga: &mut Saga, step: Step, outcome: Outcome) -> anyhow::Result<()> {
    (saga.step, saga.state, saga.outcome) = (step, SagaState::Undoing, outcome);
    advance(handles, saga).await
}

async fn advance(handles: &Handles, saga: &mut Saga) -> anyhow::Result<()> {
    saga.lease = Some(store::advance(&handles.db, saga, LEASE_S).await?.ok_or(LeaseLost)?);
    Ok(())
}

async fn finish(handles: &Handles, saga: &Saga) -> anyhow::Result<()> {
    if store::finish(&handles.db, saga).await? { Ok(()) } else { Err(LeaseLost.into()) }
}

/// Lets go of a leased saga.
pub(super) async fn release(handles: &Handles, saga: &Saga, until: Until, error: Option<&str>) -> anyhow::Result<()> {
    let wake_at = match until {
        Until::At(at) => at,
        Until::Seconds(seconds) => store::clock_in(&handles.db, seconds).await?,
    };
    // Nothing to let go of when the lease has ended meanwhile: whoever has the saga now says when it goes on.
    store::release(&handles.db, saga, wake_at, error).await?;
    Ok(())
}

/// Where the saga stands now that another runner has it.
async fn replaced(handles: &Handles, saga: &Saga) -> anyhow::Result<Saga> {
    metrics::counter!("checkout_leases_lost_total").increment(1);
    tracing::warn!(order = %saga.order, step = ?saga.step, "a checkout step outlived its lease; another runner has the saga");
    store::load(&handles.db, saga.id).await?.context("a saga that was leased has gone")
}

async fn failed(handles: &Handles, mut saga: Saga, error: &anyhow::Error) -> anyhow::Result<Saga> {
    saga.attempts += 1;
    metrics::counter!("checkout_step_failures_total").increment(1);
    tracing::error!(order = %saga.order, step = ?saga.step, state = ?saga.state, attempts = saga.attempts, error = format!("{error:#}"), "a checkout step failed");
    let seconds = (RETRY_FIRST_S * f64::from(1_u32 << saga.attempts.clamp(1, 10).unsigned_abs() >> 1)).min(RETRY_LONGEST_S);
    release(handles, &saga, Until::Seconds(seconds), Some(&format!("{error:#}"))).await?;
    Ok(saga)
}
