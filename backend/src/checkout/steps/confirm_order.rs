//! The order is paid: one transaction over everything that follows from it.

use super::{cause_id, placed};
use crate::checkout::purchase::Saga;
use crate::checkout::runner::{Ran, Undone};
use crate::{Handles, cart, catalog, events, orders, payments};
use domain::events::Event;

/// Payment captured, ledger posted, order paid, parts to ship, cart emptied of exactly what was bought. Again: nothing.
pub(in crate::checkout) async fn run(handles: &Handles, saga: &Saga) -> anyhow::Result<Ran> {
    let (_, bill) = placed(handles, saga).await?;
    let mut tx = handles.db.begin().await?;
    if payments::record_capture(&mut tx, &bill, &saga.seller_parts()?, &cause_id(saga)).await? {
        let quantities = saga.purchase.quantities();
        orders::pay(&mut tx, saga.order, "payment_captured").await?;
        events::record(&mut tx, &Event::OrderPaid { order: saga.order, total: bill.total }, &cause_id(saga)).await?;
        let coupon = saga.purchase.coupon.as_ref().map(|coupon| coupon.id);
        cart::remove_ordered(&mut tx, saga.cart, &quantities, coupon).await?;
        catalog::count_sold(&mut tx, &quantities).await?;
        tx.commit().await?;
        metrics::counter!("orders_paid_total").increment(1);
    }
    if let Err(error) = cart::republish(handles, saga.cart).await {
        tracing::warn!(%error, "a cart was not published after its order was paid; its next reader mends it");
    }
    Ok(Ran::Done)
}

/// Money has moved: there is no way back from here, and nobody asks for one.
pub(in crate::checkout) fn undo() -> anyhow::Result<Undone> {
    anyhow::bail!("a paid order is not undone")
}
