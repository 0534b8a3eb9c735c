//! A purchase one step at a time, as a crash between two steps leaves it. For tests: a release has no such door.

use super::purchase::Saga;
use super::{paying, placing, runner, steps, store};
use crate::{Context, Failure, Handles, db};
use domain::checkout::saga::{SagaState, Step};
use domain::checkout::{CheckoutRefusal, PlaceOrder};
use domain::id::{AttemptId, OrderId};
use domain::payments::PaymentRefusal;
use uuid::Uuid;

/// A purchase whose runner is the test. It is leased like any other: once the test stops, a worker takes it over when the
/// lease has ended.
#[derive(Debug)]
pub struct Stepwise {
    handles: Handles,
    saga: Saga,
}

impl Stepwise {
    /// Stores what is to be done, and does nothing of it.
    ///
    /// # Errors
    /// As [`super::place_order`], before its first step.
    pub async fn begin(ctx: &Context, operation: Uuid, request: &PlaceOrder) -> Result<Self, Failure<CheckoutRefusal>> {
        tracing::debug!(door = "souk-testing-door", "a purchase is run step by step");
        Ok(Self { handles: ctx.handles.clone(), saga: placing::begin(ctx, operation, request).await? })
    }

    pub fn order(&self) -> OrderId {
        self.saga.order
    }

    /// The step that is next, to be run or to be undone.
    pub fn step(&self) -> Step {
        self.saga.step
    }

    pub fn state(&self) -> SagaState {
        self.saga.state
    }

    /// Runs the next step and stores its outcome.
    ///
    /// # Errors
    /// When the step fails.
    pub async fn forward(&mut self) -> anyhow::Result<()> {
        runner::forward(&self.handles, &mut self.saga).await.map(|_| ())
    }

    /// Runs the next step as a runner that dies before it has stored the outcome.
    ///
    /// # Errors
    /// When the step fails.
    pub async fn run_and_die(&self) -> anyhow::Result<()> {
        steps::run(&self.handles, &self.saga).await.map(|_| ())
    }

    /// Turns around: from now on steps are undone.
    pub fn turn_around(&mut self) {
        self.saga.state = SagaState::Undoing;
    }

    /// Undoes the next step and stores that.
    ///
    /// # Errors
    /// When undoing fails.
    pub async fn backward(&mut self) -> anyhow::Result<()> {
        runner::backward(&self.handles, &mut self.saga).await.map(|_| ())
    }

    /// Undoes the next step as a runner that dies before it has stored that.
    ///
    /// # Errors
    /// When undoing fails.
    pub async fn undo_and_die(&self) -> anyhow::Result<()> {
        steps::undo(&self.handles, &self.saga).await.map(|_| ())
    }

    /// Begins a try to pay, as a process that dies before it asks the gateway.
    ///
    /// # Errors
    /// As [`super::pay`], before the gateway is asked.
    pub async fn die_while_paying(ctx: &Context, order: OrderId) -> Result<(), Failure<PaymentRefusal>> {
        let (id, bill) = paying::begin(ctx, order).await?;
        paying::take(ctx, id, order).await?;
        paying::begin_attempt(ctx, &bill, AttemptId(db::new_id()), "pm_card_visa").await
    }

    /// Has the order looked after at the worker's next round, as a webhook does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wake(handles: &Handles, order: OrderId) -> sqlx::Result<()> {
        store::wake(&handles.db, &[order]).await
    }
}
