//! The money is taken.

use super::placed;
use crate::Handles;
use crate::checkout::purchase::Saga;
use crate::checkout::runner::{Ran, Undone};
use crate::payments::{self, Capture};
use domain::checkout::saga::UndoReason;

/// Takes what the bank has set aside, once: an intent that is captured stays captured. Not knowing is an error, and the
/// step is run again until it knows.
pub(in crate::checkout) async fn run(handles: &Handles, saga: &Saga) -> anyhow::Result<Ran> {
    let (_, bill) = placed(handles, saga).await?;
    match payments::capture(handles, &bill, saga.attempts).await? {
        Capture::Taken => Ok(Ran::Done),
        Capture::Lost => Ok(Ran::refused(UndoReason::AuthorizationLost)),
    }
}

/// Only a capture that took nothing is undone: there is nothing to give back.
pub(in crate::checkout) async fn undo(_: &Handles, _: &Saga) -> anyhow::Result<Undone> {
    Ok(Undone::Done)
}
