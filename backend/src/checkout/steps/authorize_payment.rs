//! The bank has agreed, and in the transaction that says so the hold becomes firm. Until then this step waits: for the
//! shopper, for the bank, or for the end of the hold.

use super::{cause_id, open_payment, placed};
use crate::checkout::purchase::Saga;
use crate::checkout::runner::{Ran, Undone, Until};
use crate::orders::{self, OrderFacts};
use crate::payments::gateway::Intent;
use crate::payments::{self, Bill, Cause, Closing, Look, Opening, Void};
use crate::{Failure, Handles, inventory};
use domain::checkout::saga::UndoReason;
use domain::inventory::{HOLD_S, StockRefusal};
use domain::payments::IntentStatus;

/// While a bank is thinking, or the gateway is silent.
const POLL_S: f64 = 5.0;
/// When the gateway does not agree to end what is due.
const RETRY_S: f64 = 5.0;

/// Fetches the payment anew and acts on how it stands. Nothing is concluded from silence.
pub(in crate::checkout) async fn run(handles: &Handles, saga: &Saga) -> anyhow::Result<Ran> {
    let (order, bill) = placed(handles, saga).await?;
    match payments::look(handles, &bill).await? {
        Look::Unknown => unknown(handles, saga, &order, &bill).await,
        Look::Nothing => {
            payments::end_unheard_attempts(handles, &bill).await?;
            open_again(handles, &order, &bill).await
        }
        Look::Ended => {
            payments::end_unheard_attempts(handles, &bill).await?;
            payments::close_ended(handles, &bill).await?;
            open_again(handles, &order, &bill).await
        }
        Look::Untouched | Look::Missing => {
            payments::end_unheard_attempts(handles, &bill).await?;
            unpaid(handles, &order, &bill).await
        }
        Look::Intent(intent) => match intent.status {
            IntentStatus::RequiresCapture | IntentStatus::Succeeded => authorized(handles, saga, &bill, &intent).await,
            IntentStatus::Processing => {
                record(handles, saga, &bill, &intent).await?;
                extend_hold(handles, saga, &order).await?;
                Ok(Ran::Wait(Until::Seconds(POLL_S)))
            }
            IntentStatus::RequiresAction | IntentStatus::RequiresPaymentMethod | IntentStatus::RequiresConfirmation => {
                record(handles, saga, &bill, &intent).await?;
                unpaid(handles, &order, &bill).await
            }
            IntentStatus::Canceled => {
                record(handles, saga, &bill, &intent).await?;
                payments::close_ended(handles, &bill).await?;
                open_again(handles, &order, &bill).await
            }
        },
    }
}

async fn record(handles: &Handles, saga: &Saga, bill: &Bill, intent: &Intent) -> anyhow::Result<()> {
    let mut tx = handles.db.begin().await?;
    payments::record(&mut tx, bill, intent, Cause::Worker, &cause_id(saga)).await?;
    tx.commit().await?;
    Ok(())
}

/// One transaction: the payment is authorised, the units are the order's. If they are gone, the authorisation is a fact
/// all the same; it is given up, and no money moves.
async fn authorized(handles: &Handles, saga: &Saga, bill: &Bill, intent: &Intent) -> anyhow::Result<Ran> {
    let mut tx = handles.db.begin().await?;
    payments::record(&mut tx, bill, intent, Cause::Worker, &cause_id(saga)).await?;
    let firm = inventory::make_firm(&mut tx, saga.holder(), &saga.purchase.reserve_lines(), Some(&saga.purchase.destination())).await;
    let ran = match firm {
        Ok(()) => Ran::Done,
        Err(Failure::Refused(StockRefusal::Lapsed | StockRefusal::OutOfStock { .. })) => Ran::refused(UndoReason::StockGone),
        Err(failure) => anyhow::bail!("making the hold firm failed: {failure}"),
    };
    tx.commit().await?;
    Ok(ran)
}

/// Nobody has paid yet. When the time is over the gateway is asked to end it; what it does not end is looked at again.
async fn unpaid(handles: &Handles, order: &OrderFacts, bill: &Bill) -> anyhow::Result<Ran> {
    if order.is_due {
        return match payments::close(handles, bill, Void::OnlyUnpaid).await? {
            Closing::Closed => Ok(Ran::refused(UndoReason::HoldEnded)),
            Closing::InFlight => Ok(Ran::Wait(Until::Seconds(0.0))),
            Closing::Unknown => Ok(Ran::Wait(Until::Seconds(RETRY_S))),
        };
    }
    wait_for_the_shopper(handles, order, bill).await
}

async fn wait_for_the_shopper(handles: &Handles, order: &OrderFacts, bill: &Bill) -> anyhow::Result<Ran> {
    Ok(Ran::Wait(until_somebody_pays(handles, order, bill).await?))
}

/// Until the hold ends; a try that is under way is looked at before.
pub(in crate::checkout) async fn until_somebody_pays(handles: &Handles, order: &OrderFacts, bill: &Bill) -> anyhow::Result<Until> {
    match order.expires_at {
        Some(expires_at) if !payments::has_open_attempt(&handles.db, bill.payment).await? => Ok(Until::At(expires_at)),
        _ => Ok(Until::Seconds(POLL_S)),
    }
}

/// What there was to pay by has come to an end: while there is time, there is another.
async fn open_again(handles: &Handles, order: &OrderFacts, bill: &Bill) -> anyhow::Result<Ran> {
    if order.is_due {
        return match payments::close(handles, bill, Void::OnlyUnpaid).await? {
            Closing::Closed => Ok(Ran::refused(UndoReason::HoldEnded)),
            Closing::InFlight | Closing::Unknown => Ok(Ran::Wait(Until::Seconds(RETRY_S))),
        };
    }
    match payments::open_intent(handles, bill).await? {
        Opening::Open => wait_for_the_shopper(handles, order, bill).await,
        Opening::Unavailable => Ok(Ran::Wait(Until::Seconds(POLL_S))),
    }
}

/// The gateway is silent: if somebody may be paying, their units are kept a while longer.
async fn unknown(handles: &Handles, saga: &Saga, order: &OrderFacts, bill: &Bill) -> anyhow::Result<Ran> {
    if payments::has_open_attempt(&handles.db, bill.payment).await? {
        extend_hold(handles, saga, order).await?;
    }
    Ok(Ran::Wait(Until::Seconds(POLL_S)))
}

/// Once, and never beyond half an hour from the beginning.
pub(in crate::checkout) async fn extend_hold(handles: &Handles, saga: &Saga, order: &OrderFacts) -> anyhow::Result<()> {
    let mut tx = handles.db.begin().await?;
    if let Some(expires_at) = inventory::extend(&mut tx, saga.holder(), HOLD_S).await? {
        orders::extend(&mut tx, order.order, expires_at).await?;
        metrics::counter!("holds_extended_total").increment(1);
    }
    tx.commit().await?;
    Ok(())
}

/// The bank lets go of what it has set aside.
pub(in crate::checkout) async fn undo(handles: &Handles, saga: &Saga) -> anyhow::Result<Undone> {
    open_payment::cancel(handles, saga).await
}
