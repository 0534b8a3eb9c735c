//! The order stands: with its lines, its seller orders and its payment.

use super::cause_id;
use crate::checkout::purchase::Saga;
use crate::checkout::runner::{Ran, Undone};
use crate::pricing::coupons;
use crate::{Handles, events, inventory, orders, payments};
use domain::checkout::CheckoutRefusal;
use domain::checkout::saga::UndoReason;
use domain::events::Event;
use domain::orders::OrderStatus;

/// Writes the order, once. It can be paid as long as its units are held.
pub(in crate::checkout) async fn run(handles: &Handles, saga: &Saga) -> anyhow::Result<Ran> {
    let mut tx = handles.db.begin().await?;
    if orders::facts(&mut *tx, saga.order).await?.is_some() {
        return Ok(Ran::Done);
    }
    let Some(expires_at) = inventory::held_until(&mut tx, saga.holder()).await? else { return Ok(Ran::refused(UndoReason::Refused)) };
    let number = match orders::place(&mut tx, &saga.new_order(expires_at)?).await {
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("customer_order_open_cart_key") => {
            let refusal = Some(CheckoutRefusal::PaymentInProgress);
            return Ok(Ran::Refused { reason: UndoReason::Refused, refusal });
        }
        other => other?,
    };
    if let Some(coupon) = &saga.purchase.coupon
        && let Err(refusal) = coupons::take(&mut tx, coupon.id, saga.order).await?
    {
        return Ok(Ran::Refused { reason: UndoReason::Refused, refusal: Some(CheckoutRefusal::Coupon(refusal)) });
    }
    let bill = saga.bill(number)?;
    payments::create(&mut tx, handles, &bill).await?;
    events::record(&mut tx, &Event::OrderPlaced { order: saga.order, total: bill.total }, &cause_id(saga)).await?;
    tx.commit().await?;
    Ok(Ran::Done)
}

/// The order ends, and in the same moment its units and its coupon go back. An order that was never written only gives back units.
pub(in crate::checkout) async fn undo(handles: &Handles, saga: &Saga) -> anyhow::Result<Undone> {
    let mut tx = handles.db.begin().await?;
    if orders::facts(&mut *tx, saga.order).await?.is_some() {
        let reason = saga.outcome.reason.unwrap_or(UndoReason::Refused);
        let (status, event) = match reason {
            UndoReason::HoldEnded | UndoReason::StockGone => (OrderStatus::Expired, Event::OrderExpired { order: saga.order }),
            UndoReason::AuthorizationLost | UndoReason::CartChanged | UndoReason::Refused => {
                (OrderStatus::Canceled, Event::OrderCanceled { order: saga.order })
            }
        };
        if orders::close(&mut tx, saga.order, status, reason.as_str()).await? {
            coupons::give_back(&mut tx, saga.order).await?;
            events::record(&mut tx, &event, &cause_id(saga)).await?;
        }
    }
    inventory::release(&mut tx, saga.holder()).await?;
    tx.commit().await?;
    Ok(Undone::Done)
}
