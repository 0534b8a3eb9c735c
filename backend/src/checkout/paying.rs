//! Paying an order, and finding out how its payment stands.

use super::purchase::Saga;
use super::runner::{self, Lease, Until};
use super::{PATIENCE, check_payable, detached, steps, store};
use crate::payments::{self, Bill, Closing, Confirmed, Opening};
use crate::{Context, Failure, db, orders};
use anyhow::Context as _;
use domain::id::{AttemptId, OrderId, PaymentId};
use domain::orders::OrderView;
use domain::payments::{AttemptView, PaymentRefusal, is_payment_method};
use domain::refusal::NoRefusal;
use uuid::Uuid;

/// After an unknown outcome: long enough for a slow bank to have answered.
const LOOK_AGAIN_S: f64 = 2.0;

/// Pays with a payment method the gateway knows, from the server (REST). A decline is an answer, not a refusal.
pub async fn pay(ctx: &Context, order: OrderId, payment_method: &str) -> Result<AttemptView, Failure<PaymentRefusal>> {
    pay_once(ctx, db::new_id(), order, payment_method).await
}

/// As [`pay`], under the name of a deed ([`crate::idempotency::Ticket::operation`]): done again after a crash, it tells of
/// the try that was begun, and begins no other.
pub async fn pay_once(
    ctx: &Context,
    operation: Uuid,
    order: OrderId,
    payment_method: &str,
) -> Result<AttemptView, Failure<PaymentRefusal>> {
    let (ctx, payment_method) = (ctx.clone(), payment_method.to_owned());
    detached(async move { try_to_pay(&ctx, AttemptId(operation), order, &payment_method).await }).await
}

async fn try_to_pay(
    ctx: &Context,
    attempt: AttemptId,
    order: OrderId,
    payment_method: &str,
) -> Result<AttemptView, Failure<PaymentRefusal>> {
    let (id, bill) = begin(ctx, order).await?;
    if !is_payment_method(payment_method) {
        return Err(Failure::Refused(PaymentRefusal::PaymentMethodInvalid));
    }
    if payments::attempt_view(&ctx.handles.db, bill.payment, Some(attempt)).await?.is_some() {
        runner::run(&ctx.handles, id, PATIENCE).await?;
        return attempt_view(ctx, &bill, attempt).await;
    }
    check_now(ctx, order).await?;
    if payments::has_open_attempt(&ctx.handles.db, bill.payment).await? {
        return Err(Failure::Refused(PaymentRefusal::PaymentInProgress));
    }
    // Before the try is written: should this process die after it, the end of the lease has a worker look what became of it.
    let saga = take(ctx, id, order).await?;
    // The lease is held: whatever happens now, the saga is let go of, and goes on from what it finds.
    let confirmed = confirm(ctx, &saga, &bill, attempt, payment_method).await;
    let looked_at = match &confirmed {
        Ok(Confirmed::Recorded | Confirmed::Moved | Confirmed::MethodInvalid) => runner::drive(&ctx.handles, saga).await.map(|_| ()),
        Ok(Confirmed::Unknown) => wait_for_the_outcome(ctx, &saga).await,
        Err(_) => runner::release(&ctx.handles, &saga, Until::Seconds(LOOK_AGAIN_S), None).await,
    };
    looked_at?;
    if let Confirmed::MethodInvalid = confirmed? {
        return Err(Failure::Refused(PaymentRefusal::PaymentMethodInvalid));
    }
    attempt_view(ctx, &bill, attempt).await
}

/// The order with its saga, if it is the caller's.
pub(super) async fn begin(ctx: &Context, order: OrderId) -> Result<(Uuid, Bill), Failure<PaymentRefusal>> {
    orders::find::<PaymentRefusal>(ctx, &order.to_string()).await?;
    let id = store::of_order(&ctx.handles.db, order).await?.context("an order without a saga")?;
    let saga = store::load(&ctx.handles.db, id).await?.context("the saga has gone")?;
    let facts = orders::facts(&ctx.handles.db, order).await?.ok_or(Failure::NotFound)?;
    Ok((id, saga.bill(facts.number)?))
}

/// The lease of an order's saga.
pub(super) async fn take(ctx: &Context, id: Uuid, order: OrderId) -> Result<Saga, Failure<PaymentRefusal>> {
    if let Lease::Taken(saga) = runner::lease(&ctx.handles, id, PATIENCE).await? {
        return Ok(*saga);
    }
    check_now(ctx, order).await?;
    Err(Failure::Refused(PaymentRefusal::PaymentInProgress))
}

async fn check_now(ctx: &Context, order: OrderId) -> Result<(), Failure<PaymentRefusal>> {
    let facts = orders::facts(&ctx.handles.db, order).await?.ok_or(Failure::NotFound)?;
    check_payable(&facts).map_err(Failure::Refused)
}

/// Asks the gateway to charge. The saga is leased: nobody ends the order meanwhile.
async fn confirm(
    ctx: &Context,
    saga: &Saga,
    bill: &Bill,
    attempt: AttemptId,
    payment_method: &str,
) -> Result<Confirmed, Failure<PaymentRefusal>> {
    check_now(ctx, saga.order).await?;
    begin_attempt(ctx, bill, attempt, payment_method).await?;
    match payments::ensure_intent(&ctx.handles, bill).await? {
        Ok(Opening::Open) => {}
        Ok(Opening::Unavailable) | Err(Closing::Unknown) => {
            give_up(ctx, bill, attempt).await?;
            return Err(Failure::Refused(PaymentRefusal::GatewayUnavailable));
        }
        Err(Closing::InFlight | Closing::Closed) => {
            give_up(ctx, bill, attempt).await?;
            return Err(Failure::Refused(PaymentRefusal::PaymentInProgress));
        }
    }
    let return_url = format!("{}/checkout/return/{}", ctx.handles.settings.public_url, bill.number);
    Ok(payments::confirm(&ctx.handles, bill, attempt, payment_method, &return_url, &ctx.request_id).await?)
}

pub(super) async fn begin_attempt(
    ctx: &Context,
    bill: &Bill,
    attempt: AttemptId,
    payment_method: &str,
) -> Result<(), Failure<PaymentRefusal>> {
    let mut tx = ctx.handles.db.begin().await?;
    payments::begin_attempt(&mut tx, bill, attempt, payment_method).await?;
    Ok(tx.commit().await?)
}

/// Ends a try before the gateway was asked.
async fn give_up(ctx: &Context, bill: &Bill, attempt: AttemptId) -> anyhow::Result<()> {
    let mut tx = ctx.handles.db.begin().await?;
    payments::fail_attempt(&mut tx, bill, attempt, "processing_error", "The payment was not begun. Nothing was charged.").await?;
    tx.commit().await?;
    Ok(())
}

/// The units are kept a while longer, and a worker looks soon.
async fn wait_for_the_outcome(ctx: &Context, saga: &Saga) -> anyhow::Result<()> {
    let facts = orders::facts(&ctx.handles.db, saga.order).await?.context("the saga has no order")?;
    steps::authorize_payment::extend_hold(&ctx.handles, saga, &facts).await?;
    runner::release(&ctx.handles, saga, Until::Seconds(LOOK_AGAIN_S), None).await
}

async fn attempt_view(ctx: &Context, bill: &Bill, attempt: AttemptId) -> Result<AttemptView, Failure<PaymentRefusal>> {
    payments::attempt_view(&ctx.handles.db, bill.payment, Some(attempt)).await?.ok_or(Failure::NotFound)
}

/// The payment with its newest try.
pub async fn payment(ctx: &Context, payment: PaymentId) -> Result<AttemptView, Failure<NoRefusal>> {
    let order = payments::payment_order(&ctx.handles.db, payment).await?.ok_or(Failure::NotFound)?;
    orders::find::<NoRefusal>(ctx, &order.to_string()).await?;
    payments::attempt_view(&ctx.handles.db, payment, None).await?.ok_or(Failure::NotFound)
}

/// Asks the gateway how the order's payment stands and moves the order on: what the return page and the payment form call.
/// Safe to call at any time, any number of times.
pub async fn settle(ctx: &Context, order: OrderId) -> Result<OrderView, Failure<PaymentRefusal>> {
    orders::find::<PaymentRefusal>(ctx, &order.to_string()).await?;
    let handles = ctx.handles.clone();
    detached(async move {
        let saga = store::of_order(&handles.db, order).await?.context("an order without a saga")?;
        // Whoever is at it already will have moved it on by then; if not, the page shows how far it is.
        runner::run(&handles, saga, PATIENCE).await?;
        orders::view(&handles, order).await?.ok_or(Failure::NotFound)
    })
    .await
}
