//! Every unit is held, or none.

use crate::checkout::purchase::Saga;
use crate::checkout::runner::{Ran, Undone};
use crate::{Failure, Handles, inventory};
use domain::checkout::CheckoutRefusal;
use domain::checkout::saga::UndoReason;
use domain::inventory::{HOLD_S, StockRefusal};

/// The order holds its units; asking again gets the same ones.
pub(in crate::checkout) async fn run(handles: &Handles, saga: &Saga) -> anyhow::Result<Ran> {
    let lines = saga.purchase.reserve_lines();
    match inventory::reserve(handles, saga.holder(), &lines, HOLD_S, Some(saga.purchase.destination())).await {
        Ok(_) => Ok(Ran::Done),
        Err(Failure::Refused(StockRefusal::OutOfStock { lines })) => {
            Ok(Ran::Refused { reason: UndoReason::Refused, refusal: Some(CheckoutRefusal::OutOfStock { lines }) })
        }
        // Only a saga that was asleep for half an hour comes here: nobody waits for it any more.
        Err(Failure::Refused(StockRefusal::Lapsed)) => Ok(Ran::refused(UndoReason::Refused)),
        Err(failure) => anyhow::bail!("reserving failed: {failure}"),
    }
}

/// The units go back.
pub(in crate::checkout) async fn undo(handles: &Handles, saga: &Saga) -> anyhow::Result<Undone> {
    let mut tx = handles.db.begin().await?;
    inventory::release(&mut tx, saga.holder()).await?;
    tx.commit().await?;
    Ok(Undone::Done)
}
