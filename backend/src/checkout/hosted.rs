//! The gateway's own page, for browsers without JavaScript.

use super::purchase::Saga;
use super::runner::{self, Lease, Until};
use super::steps::authorize_payment;
use super::{PATIENCE, check_payable, detached, store};
use crate::payments::{self, Closing, Hosted, Void};
use crate::{Context, Failure, Handles, orders};
use anyhow::Context as _;
use domain::checkout::saga::Step;
use domain::id::OrderId;
use domain::orders::OrderView;
use domain::payments::PaymentRefusal;
use domain::refusal::NoRefusal;

/// The gateway's hosted page for this order, for browsers without JavaScript. Any intent that could still be paid is
/// canceled first: one payable object at a time.
pub async fn open_hosted_page(ctx: &Context, order: OrderId) -> Result<String, Failure<PaymentRefusal>> {
    orders::find::<PaymentRefusal>(ctx, &order.to_string()).await?;
    let handles = ctx.handles.clone();
    detached(async move { open(&handles, order).await }).await
}

/// Whether the order is being paid on the gateway's hosted page: then there is no intent for a form of our own.
pub async fn is_hosted_page_open(ctx: &Context, order: &OrderView) -> Result<bool, Failure<NoRefusal>> {
    orders::find::<NoRefusal>(ctx, &order.id.to_string()).await?;
    Ok(payments::has_open_page(&ctx.handles.db, order.payment.id).await?)
}

async fn open(handles: &Handles, order: OrderId) -> Result<String, Failure<PaymentRefusal>> {
    let id = store::of_order(&handles.db, order).await?.context("an order without a saga")?;
    let saga = match runner::lease(handles, id, PATIENCE).await? {
        Lease::Taken(saga) => *saga,
        Lease::Ended(_) => {
            let facts = orders::facts(&handles.db, order).await?.ok_or(Failure::NotFound)?;
            return Err(Failure::Refused(check_payable(&facts).err().unwrap_or(PaymentRefusal::AlreadyPaid)));
        }
        Lease::Busy => return Err(Failure::Refused(PaymentRefusal::PaymentInProgress)),
    };
    let opened = open_leased(handles, &saga).await;
    match &opened {
        // Somebody is paying: the saga goes on from what it finds.
        Err(Failure::Refused(_)) => drop(runner::drive(handles, saga).await?),
        Err(_) => runner::release(handles, &saga, Until::Seconds(0.0), None).await?,
        Ok(_) => {
            let facts = orders::facts(&handles.db, order).await?.ok_or(Failure::NotFound)?;
            let bill = saga.bill(facts.number.clone())?;
            let until = authorize_payment::until_somebody_pays(handles, &facts, &bill).await?;
            runner::release(handles, &Saga { step: Step::AuthorizePayment, ..saga }, until, None).await?;
        }
    }
    opened
}

async fn open_leased(handles: &Handles, saga: &Saga) -> Result<String, Failure<PaymentRefusal>> {
    let facts = orders::facts(&handles.db, saga.order).await?.ok_or(Failure::NotFound)?;
    check_payable(&facts).map_err(Failure::Refused)?;
    if !matches!(saga.step, Step::OpenPayment | Step::AuthorizePayment) {
        return Err(Failure::Refused(PaymentRefusal::PaymentInProgress));
    }
    let bill = saga.bill(facts.number)?;
    if !payments::has_open_page(&handles.db, bill.payment).await? {
        match payments::close(handles, &bill, Void::OnlyUnpaid).await? {
            Closing::Closed => {}
            Closing::InFlight => return Err(Failure::Refused(PaymentRefusal::PaymentInProgress)),
            Closing::Unknown => return Err(Failure::Refused(PaymentRefusal::GatewayUnavailable)),
        }
    }
    match payments::open_session(handles, &bill).await? {
        Hosted::Page(url) => Ok(url),
        Hosted::Unavailable => Err(Failure::Refused(PaymentRefusal::GatewayUnavailable)),
    }
}
