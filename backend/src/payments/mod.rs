//! The gateway, webhooks and the ledger. A payment is what an order owes; what the shopper can pay it by is a payable, an
//! intent or a hosted page, of which one is live at a time; each try is an attempt.

pub mod gateway;
mod ledger;
mod payables;
mod store;
mod webhooks;

pub use payables::{Closing, Hosted, Look, Opening, Void, close, close_ended, ensure_intent, look, open_intent, open_session};
pub use store::{attempt_view, has_open_attempt, has_open_page, payment_order};
pub use webhooks::{forget_webhooks, store_webhook, take_webhooks};

use crate::failure::OnConstraint as _;
use crate::{Failure, Handles, events};
use domain::events::Event;
use domain::id::{AttemptId, BuyerId, OrderId, PaymentId};
use domain::market::Market;
use domain::money::Money;
use domain::orders::OrderNumber;
use domain::payments::ledger::{SellerPart, sale};
use domain::payments::{IntentStatus, PaymentRefusal, PaymentStatus};
use gateway::{Decline, GatewayError, Intent};
use sqlx::PgConnection;

/// An attempt that the gateway has never heard of is given up after this: its confirmation got lost on the way.
const ATTEMPT_LOST_AFTER_S: f64 = 30.0;

/// What is to be paid, by whom and for what.
#[derive(Clone, Debug)]
pub struct Bill {
    pub buyer: BuyerId,
    pub order: OrderId,
    pub payment: PaymentId,
    pub number: OrderNumber,
    pub email: String,
    pub total: Money,
    pub lines: Vec<BillLine>,
    pub shipping: Money,
    /// Tax that is not inside the prices.
    pub tax_on_top: Money,
    /// Where it was placed.
    pub market: Market,
}

#[derive(Clone, Debug)]
pub struct BillLine {
    pub title: String,
    pub quantity: u32,
    pub unit_price: Money,
}

/// Who or what moved a payment; stands beside every change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    Checkout,
    Api,
    Worker,
    Expiry,
    Cancel,
}

impl Cause {
    fn as_str(self) -> &'static str {
        match self {
            Cause::Checkout => "checkout",
            Cause::Api => "api",
            Cause::Worker => "worker",
            Cause::Expiry => "expiry",
            Cause::Cancel => "cancel",
        }
    }
}

/// Real money and test money never stand in the same books: what the one has paid, the other would ship or pay out.
///
/// # Errors
/// When the other kind of money has passed through this database, or it does not answer.
pub async fn refuse_mixed_money(handles: &Handles) -> anyhow::Result<()> {
    if payables::expects_live(handles) {
        anyhow::ensure!(
            !store::test_money_seen(&handles.db).await?,
            "real payments are refused: orders in this database were paid with test money"
        );
    } else {
        anyhow::ensure!(
            !store::live_money_seen(&handles.db).await?,
            "test payments are refused: real payments were made with this database"
        );
    }
    Ok(())
}

/// Begins an order's payment, in the transaction that places the order.
pub async fn create(tx: &mut PgConnection, handles: &Handles, bill: &Bill) -> sqlx::Result<()> {
    store::insert_payment(tx, handles.settings.gateway, bill).await?;
    store::log_transition(tx, bill, None, PaymentStatus::Created, Cause::Checkout).await
}

/// Begins a try to pay. It is written before the gateway is asked, so that no two run at once.
///
/// # Errors
/// `PaymentInProgress` while another try is under way.
pub async fn begin_attempt(
    tx: &mut PgConnection,
    bill: &Bill,
    attempt: AttemptId,
    payment_method: &str,
) -> Result<(), Failure<PaymentRefusal>> {
    let status = store::lock_payment(tx, bill.payment).await?;
    store::insert_attempt(tx, bill, attempt, payment_method)
        .await
        .on_constraint("payment_attempt_open_key", || Failure::Refused(PaymentRefusal::PaymentInProgress))?;
    move_to(tx, bill, status, PaymentStatus::Processing, Cause::Api).await?;
    Ok(())
}

/// What became of a confirmation.
#[derive(Debug)]
pub enum Confirmed {
    /// The gateway took it, or said why not: both are written down.
    Recorded,
    /// The gateway does not take this payment method.
    MethodInvalid,
    /// The intent stands otherwise than we thought: to be looked at.
    Moved,
    /// Nobody knows yet.
    Unknown,
}

/// Pays the live intent with a payment method, and writes the answer down.
///
/// # Errors
/// When the database fails, or there is no intent.
pub async fn confirm(
    handles: &Handles,
    bill: &Bill,
    attempt: AttemptId,
    payment_method: &str,
    return_url: &str,
    request_id: &str,
) -> anyhow::Result<Confirmed> {
    let Some(intent_id) = store::live_intent(&handles.db, bill.payment).await? else { anyhow::bail!("the order has no intent") };
    let key = format!("{}:confirm:{attempt}", bill.order);
    let answer = handles.gateway.confirm_intent(&intent_id, payment_method, return_url, &key).await;
    let mut tx = handles.db.begin().await?;
    let confirmed = match answer {
        Ok(intent) => {
            payables::check(handles, bill, &intent)?;
            record(&mut tx, bill, &intent, Cause::Api, request_id).await?;
            Confirmed::Recorded
        }
        Err(GatewayError::Declined(decline)) => {
            let status = store::lock_payment(&mut tx, bill.payment).await?;
            record_decline(&mut tx, bill, status, Some(attempt), &decline, Cause::Api, request_id).await?;
            Confirmed::Recorded
        }
        Err(error) if error.is_unexpected_state() => Confirmed::Moved,
        Err(GatewayError::Refused { code, message }) => {
            tracing::info!(order = %bill.order, code, message, "the gateway does not take the payment method");
            fail_attempt(&mut tx, bill, attempt, "payment_method_invalid", "This payment method cannot be used.").await?;
            Confirmed::MethodInvalid
        }
        Err(GatewayError::Unknown { reason, .. }) => {
            tracing::warn!(order = %bill.order, reason, "the outcome of a payment is not known");
            Confirmed::Unknown
        }
    };
    tx.commit().await?;
    Ok(confirmed)
}

/// Ends a try that never reached the gateway, or that it refused before asking the bank.
pub async fn fail_attempt(tx: &mut PgConnection, bill: &Bill, attempt: AttemptId, code: &str, message: &str) -> anyhow::Result<()> {
    let status = store::lock_payment(tx, bill.payment).await?;
    store::fail_attempt(tx, bill, attempt, code, message, true, None).await?;
    move_to(tx, bill, status, PaymentStatus::Created, Cause::Api).await?;
    Ok(())
}

/// Writes down how an intent stands: the payment's state as far as it may go there, the attempt, the card. Seeing the same
/// twice changes nothing. Returns the payment's state.
pub async fn record(tx: &mut PgConnection, bill: &Bill, intent: &Intent, cause: Cause, request_id: &str) -> anyhow::Result<PaymentStatus> {
    let status = store::lock_payment(tx, bill.payment).await?;
    if !status.is_open() {
        return Ok(status);
    }
    match intent.status {
        IntentStatus::RequiresPaymentMethod | IntentStatus::RequiresConfirmation => match &intent.failure {
            Some(decline) => {
                let status = record_decline(tx, bill, status, None, decline, cause, request_id).await?;
                end_lost_attempts(tx, bill, status, cause).await
            }
            None => end_lost_attempts(tx, bill, status, cause).await,
        },
        IntentStatus::RequiresAction => {
            store::open_attempt(tx, bill, "requires_action", intent.next_action_url.as_deref()).await?;
            move_to(tx, bill, status, PaymentStatus::RequiresAction, cause).await
        }
        IntentStatus::Processing => {
            store::open_attempt(tx, bill, "processing", None).await?;
            move_to(tx, bill, status, PaymentStatus::Processing, cause).await
        }
        IntentStatus::RequiresCapture | IntentStatus::Succeeded => {
            store::open_attempt(tx, bill, "processing", None).await?;
            store::note_authorization(tx, bill, intent).await?;
            let event = Event::PaymentAuthorized { order: bill.order, payment: bill.payment, amount: bill.total };
            events::record(tx, &event, request_id).await?;
            move_to(tx, bill, status, PaymentStatus::Authorized, cause).await
        }
        // The intent is over, the payment need not be: another may be opened.
        IntentStatus::Canceled => {
            store::fail_open_attempts(tx, bill, "canceled", "The payment was not completed. Nothing was charged.").await?;
            move_to(tx, bill, status, PaymentStatus::Created, cause).await
        }
    }
}

/// The money is taken: state, ledger, attempt and event, in the caller's transaction. False: that was done before.
pub async fn record_capture(tx: &mut PgConnection, bill: &Bill, parts: &[SellerPart], request_id: &str) -> anyhow::Result<bool> {
    let status = store::lock_payment(tx, bill.payment).await?;
    if status.is_captured() {
        return Ok(false);
    }
    anyhow::ensure!(status == PaymentStatus::Authorized, "a {} payment cannot be captured", status.as_str());
    store::note_capture(tx, bill).await?;
    move_to(tx, bill, status, PaymentStatus::Captured, Cause::Checkout).await?;
    ledger::post(tx, bill.order, &sale(bill.payment, bill.total, parts)?).await?;
    events::record(tx, &Event::PaymentCaptured { order: bill.order, payment: bill.payment, amount: bill.total }, request_id).await?;
    Ok(true)
}

/// The gateway has agreed that nothing can be paid any more. Again: nothing changes.
pub async fn record_cancel(tx: &mut PgConnection, bill: &Bill, cause: Cause, message: &str, request_id: &str) -> anyhow::Result<()> {
    let status = store::lock_payment(tx, bill.payment).await?;
    if status == PaymentStatus::Canceled {
        return Ok(());
    }
    store::fail_open_attempts(tx, bill, "canceled", message).await?;
    move_to(tx, bill, status, PaymentStatus::Canceled, cause).await?;
    events::record(tx, &Event::PaymentCanceled { order: bill.order, payment: bill.payment }, request_id).await
}

/// What the gateway said when it was asked to take the money.
#[derive(Debug, PartialEq, Eq)]
pub enum Capture {
    Taken,
    /// The bank has let the authorisation go: nothing was taken, and nothing can be.
    Lost,
}

/// Takes the authorised money. `number` makes the key of this try: where the gateway keeps an error under the last one, the
/// next number asks anew. An intent can be captured once, whatever the key.
///
/// # Errors
/// The outcome is not known: to be tried again.
pub async fn capture(handles: &Handles, bill: &Bill, number: i32) -> anyhow::Result<Capture> {
    let intent = match look(handles, bill).await? {
        Look::Intent(intent) => intent,
        other => anyhow::bail!("an authorised payment cannot be captured: {other:?}"),
    };
    match intent.status {
        IntentStatus::Succeeded => {}
        IntentStatus::Canceled => return Ok(Capture::Lost),
        IntentStatus::RequiresCapture => {
            let taken = handles.gateway.capture(&intent.id, &format!("{}:capture:{number}", bill.order)).await?;
            payables::check(handles, bill, &taken)?;
            anyhow::ensure!(taken.captured == bill.total.amount, "{} was captured of {}", taken.captured, bill.total);
            return Ok(Capture::Taken);
        }
        status => anyhow::bail!("an authorised intent is {}", status.as_str()),
    }
    anyhow::ensure!(intent.captured == bill.total.amount, "{} was captured of {}", intent.captured, bill.total);
    Ok(Capture::Taken)
}

/// Ends the tries that never reached the gateway, where it knows of no intent that they could have paid.
///
/// # Errors
/// When the database fails.
pub async fn end_unheard_attempts(handles: &Handles, bill: &Bill) -> anyhow::Result<()> {
    let mut tx = handles.db.begin().await?;
    let status = store::lock_payment(&mut tx, bill.payment).await?;
    if status.is_open() {
        end_lost_attempts(&mut tx, bill, status, Cause::Worker).await?;
    }
    Ok(tx.commit().await?)
}

/// A try that the gateway has not heard of in time is over, whatever became of the tries before it.
async fn end_lost_attempts(tx: &mut PgConnection, bill: &Bill, status: PaymentStatus, cause: Cause) -> anyhow::Result<PaymentStatus> {
    let lost = store::fail_lost_attempts(tx, bill, ATTEMPT_LOST_AFTER_S).await?;
    if lost > 0 { move_to(tx, bill, status, PaymentStatus::Created, cause).await } else { Ok(status) }
}

async fn record_decline(
    tx: &mut PgConnection,
    bill: &Bill,
    status: PaymentStatus,
    attempt: Option<AttemptId>,
    decline: &Decline,
    cause: Cause,
    request_id: &str,
) -> anyhow::Result<PaymentStatus> {
    let is_new = match attempt {
        Some(attempt) => {
            let reference = decline.reference.as_deref();
            store::fail_attempt(tx, bill, attempt, &decline.code, &decline.message, decline.retryable, reference).await?
        }
        None => store::note_decline(tx, bill, decline).await?,
    };
    if !is_new {
        return Ok(status);
    }
    let event = Event::PaymentFailed { order: bill.order, payment: bill.payment, code: decline.code.clone() };
    events::record(tx, &event, request_id).await?;
    move_to(tx, bill, status, PaymentStatus::Created, cause).await
}

/// Changes the state if that may happen, with its line in the log. Returns the state afterwards. The row is locked.
async fn move_to(
    tx: &mut PgConnection,
    bill: &Bill,
    from: PaymentStatus,
    to: PaymentStatus,
    cause: Cause,
) -> anyhow::Result<PaymentStatus> {
    if from == to || !from.may_become(to) {
        return Ok(from);
    }
    store::set_status(tx, bill.payment, to).await?;
    store::log_transition(tx, bill, Some(from), to, cause).await?;
    Ok(to)
}
