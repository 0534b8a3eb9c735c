//! The steps of a purchase: one file each, with `run` and `undo`, both safe to run twice.

pub(in crate::checkout) mod authorize_payment;
pub(in crate::checkout) mod capture_payment;
pub(in crate::checkout) mod confirm_order;
pub(in crate::checkout) mod open_payment;
pub(in crate::checkout) mod place_order;
pub(in crate::checkout) mod quote;
pub(in crate::checkout) mod reserve_stock;

use super::purchase::Saga;
use super::runner::{Ran, Undone};
use crate::Handles;
use crate::orders::{self, OrderFacts};
use crate::payments::Bill;
use anyhow::Context as _;
use domain::checkout::saga::Step;

pub(in crate::checkout) async fn run(handles: &Handles, saga: &Saga) -> anyhow::Result<Ran> {
    match saga.step {
        Step::Quote => Ok(quote::run()),
        Step::ReserveStock => reserve_stock::run(handles, saga).await,
        Step::PlaceOrder => place_order::run(handles, saga).await,
        Step::OpenPayment => open_payment::run(handles, saga).await,
        Step::AuthorizePayment => authorize_payment::run(handles, saga).await,
        Step::CapturePayment => capture_payment::run(handles, saga).await,
        Step::ConfirmOrder => confirm_order::run(handles, saga).await,
    }
}

pub(in crate::checkout) async fn undo(handles: &Handles, saga: &Saga) -> anyhow::Result<Undone> {
    match saga.step {
        Step::Quote => Ok(quote::undo()),
        Step::ReserveStock => reserve_stock::undo(handles, saga).await,
        Step::PlaceOrder => place_order::undo(handles, saga).await,
        Step::OpenPayment => open_payment::undo(handles, saga).await,
        Step::AuthorizePayment => authorize_payment::undo(handles, saga).await,
        Step::CapturePayment => capture_payment::undo(handles, saga).await,
        Step::ConfirmOrder => confirm_order::undo(),
    }
}

/// The order of a saga that has placed one.
async fn placed(handles: &Handles, saga: &Saga) -> anyhow::Result<(OrderFacts, Bill)> {
    let facts = orders::facts(&handles.db, saga.order).await?.context("the saga has no order")?;
    let bill = saga.bill(facts.number.clone())?;
    Ok((facts, bill))
}

/// Stands in the events that a saga records: it has no request of its own.
fn cause_id(saga: &Saga) -> String {
    format!("saga-{}", saga.id)
}
