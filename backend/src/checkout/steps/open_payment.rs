//! The gateway has something that the shopper can pay by.

use super::{cause_id, placed};
use crate::Handles;
use crate::checkout::purchase::Saga;
use crate::checkout::runner::{Ran, Undone, Until};
use crate::payments::{self, Cause, Closing, Opening, Void};
use domain::checkout::saga::UndoReason;

/// After silence of the gateway.
const RETRY_S: f64 = 3.0;

/// Opens an intent. The order waits with its hold while the gateway is silent.
pub(in crate::checkout) async fn run(handles: &Handles, saga: &Saga) -> anyhow::Result<Ran> {
    let (order, bill) = placed(handles, saga).await?;
    if order.is_due {
        return Ok(Ran::refused(UndoReason::HoldEnded));
    }
    match payments::open_intent(handles, &bill).await? {
        Opening::Open => Ok(Ran::Done),
        Opening::Unavailable => Ok(Ran::Wait(Until::Seconds(RETRY_S))),
    }
}

/// The gateway agrees first that nothing can be paid any more; then the payment is canceled.
pub(in crate::checkout) async fn undo(handles: &Handles, saga: &Saga) -> anyhow::Result<Undone> {
    cancel(handles, saga).await
}

/// Gives up whatever the shopper could pay by, an authorisation included.
pub(super) async fn cancel(handles: &Handles, saga: &Saga) -> anyhow::Result<Undone> {
    let (_, bill) = placed(handles, saga).await?;
    match payments::close(handles, &bill, Void::Authorized).await? {
        Closing::Closed => {}
        Closing::Unknown => return Ok(Undone::Later(Until::Seconds(RETRY_S))),
        Closing::InFlight => anyhow::bail!("money has moved for an order that is being undone"),
    }
    let (cause, message) = match saga.outcome.reason {
        Some(UndoReason::HoldEnded) => (Cause::Expiry, "The time to pay was over. Nothing was charged."),
        Some(UndoReason::StockGone) => (Cause::Expiry, "Somebody else bought the last of it in the meantime. Nothing was charged."),
        Some(UndoReason::AuthorizationLost) => (Cause::Worker, "The bank took its agreement back. Nothing was charged."),
        Some(UndoReason::CartChanged | UndoReason::Refused) | None => (Cause::Cancel, "The order was canceled. Nothing was charged."),
    };
    let mut tx = handles.db.begin().await?;
    payments::record_cancel(&mut tx, &bill, cause, message, &cause_id(saga)).await?;
    tx.commit().await?;
    Ok(Undone::Done)
}
