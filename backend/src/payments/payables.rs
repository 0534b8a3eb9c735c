//! What an order can be paid by: an intent, or a hosted page. At most one is live; another is opened only after the
//! gateway has agreed that the last one can no longer be paid.

use super::gateway::{GatewayError, Intent, NewIntent, NewSession, Session, SessionLine, SessionState};
use super::store::{self, Kind, Payable};
use super::{Bill, BillLine};
use crate::{Handles, db};
use domain::language::Language;
use domain::payments::{Gateway as GatewayKind, IntentStatus, PaymentStatus, chargeable};

/// The gateway takes a hundred lines; shipping and tax need two.
const HOSTED_LINES_MAX: usize = 98;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// There is something to pay by.
    Open,
    /// The gateway does not answer now.
    Unavailable,
}

/// The address of the hosted page, if there is one to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hosted {
    Page(String),
    Unavailable,
}

/// How the live payable stands at the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// There is none yet.
    Nothing,
    /// A hosted page on which nobody has tried to pay.
    Untouched,
    /// A hosted page whose time is over, without a try.
    Ended,
    Intent(Box<Intent>),
    /// The gateway has never heard of it: its book was lost, or the shop is paid elsewhere now.
    Missing,
    /// The gateway does not answer.
    Unknown,
}

/// Whether an authorisation may be given up with the payable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Void {
    /// What the bank has agreed to stays.
    OnlyUnpaid,
    /// The bank lets go what it has set aside. Money that was taken is never given up.
    Authorized,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    Closed,
    /// The bank has agreed, or is about to.
    InFlight,
    /// The gateway does not answer.
    Unknown,
}

/// Opens an intent unless something is open already.
///
/// # Errors
/// When the database fails, or the gateway's answer is about something else.
pub async fn open_intent(handles: &Handles, bill: &Bill) -> anyhow::Result<Opening> {
    let number = match store::live_payable(&handles.db, bill.payment).await? {
        Some(payable) if payable.is_open() || payable.kind == Kind::Session => return Ok(Opening::Open),
        Some(payable) => payable.number,
        None => store::insert_payable(&handles.db, bill, Kind::Intent).await?,
    };
    let new = NewIntent {
        amount: bill.total,
        order_id: bill.order.to_string(),
        order_number: bill.number.to_string(),
        email: bill.email.clone(),
    };
    match handles.gateway.create_intent(&new, &format!("{}:intent:{number}", bill.order)).await {
        Ok(intent) => {
            check(handles, bill, &intent)?;
            if intent.livemode {
                store::note_live_money(&handles.db).await?;
            }
            let is_open = store::opened_intent(&handles.db, bill.payment, number, &intent).await?;
            Ok(if is_open { Opening::Open } else { Opening::Unavailable })
        }
        Err(error) => unavailable(handles, bill, number, &error).await.map(|()| Opening::Unavailable),
    }
}

/// As [`open_intent`], in place of a hosted page if one is open.
///
/// # Errors
/// When the database fails, or the gateway's answer is about something else.
pub async fn ensure_intent(handles: &Handles, bill: &Bill) -> anyhow::Result<Result<Opening, Closing>> {
    if let Some(payable) = store::live_payable(&handles.db, bill.payment).await?
        && payable.kind == Kind::Session
    {
        match close(handles, bill, Void::OnlyUnpaid).await? {
            Closing::Closed => {}
            other => return Ok(Err(other)),
        }
    }
    open_intent(handles, bill).await.map(Ok)
}

/// Opens the gateway's hosted page, or finds the one that is open. Nothing else may be live.
///
/// # Errors
/// When the database fails, or the gateway's answer is about something else.
pub async fn open_session(handles: &Handles, bill: &Bill) -> anyhow::Result<Hosted> {
    let number = match store::live_payable(&handles.db, bill.payment).await? {
        Some(Payable { kind: Kind::Session, url: Some(url), .. }) => return Ok(Hosted::Page(url)),
        Some(payable) if payable.kind == Kind::Session => payable.number,
        Some(_) => anyhow::bail!("an intent is still live"),
        None => store::insert_payable(&handles.db, bill, Kind::Session).await?,
    };
    let shop = format!("{}{}", handles.settings.public_url, bill.market.prefix());
    let new = NewSession {
        order_id: bill.order.to_string(),
        order_number: bill.number.to_string(),
        email: bill.email.clone(),
        lines: hosted_lines(bill),
        language: bill.market.language,
        success_url: format!("{shop}/checkout/return/{}", bill.number),
        cancel_url: format!("{shop}/checkout/pay/{}", bill.number),
    };
    match handles.gateway.create_session(&new, &format!("{}:session:{number}", bill.order)).await {
        Ok(session) => {
            check_session(handles, bill, &session)?;
            if session.livemode {
                store::note_live_money(&handles.db).await?;
            }
            let is_open = store::opened_session(&handles.db, bill.payment, number, &session).await?;
            Ok(session.url.filter(|_| is_open).map_or(Hosted::Unavailable, Hosted::Page))
        }
        Err(error) => unavailable(handles, bill, number, &error).await.map(|()| Hosted::Unavailable),
    }
}

/// What the hosted page lists: goods, shipping and tax, which sum to the order's total.
fn hosted_lines(bill: &Bill) -> Vec<SessionLine> {
    let (order, shipping, tax) = match bill.market.language {
        Language::English | Language::Mirrored => ("Order", "Shipping", "Tax"),
        Language::German => ("Bestellung", "Versand", "Steuer"),
    };
    let whole = || vec![SessionLine { title: format!("{order} {}", bill.number), unit_amount: bill.total, quantity: 1 }];
    if bill.lines.len() > HOSTED_LINES_MAX {
        return whole();
    }
    let goods = bill.lines.iter().map(|BillLine { title, quantity, unit_price }| SessionLine {
        title: title.clone(),
        unit_amount: *unit_price,
        quantity: *quantity,
    });
    let others = [(shipping, bill.shipping), (tax, bill.tax_on_top)].into_iter().filter(|(_, amount)| amount.amount > 0);
    let lines: Vec<SessionLine> =
        goods.chain(others.map(|(title, amount)| SessionLine { title: title.to_owned(), unit_amount: amount, quantity: 1 })).collect();
    let sum: i64 = lines.iter().map(|line| line.unit_amount.amount * i64::from(line.quantity)).sum();
    // A discount is no line: then the page shows the order as one.
    if sum == bill.total.amount { lines } else { whole() }
}

/// Fetches the live payable anew.
///
/// # Errors
/// When the database fails, or what the gateway has does not match the order: then nothing may be concluded from it.
pub async fn look(handles: &Handles, bill: &Bill) -> anyhow::Result<Look> {
    let Some(payable) = store::live_payable(&handles.db, bill.payment).await? else { return Ok(Look::Nothing) };
    let fetched = match (&payable.checkout_session_id, &payable.payment_intent_id) {
        (Some(session), _) => look_at_session(handles, bill, &payable, session).await,
        (None, Some(intent)) => match handles.gateway.retrieve_intent(intent).await {
            Ok(intent) => Ok(Look::Intent(Box::new(intent))),
            Err(error) => Err(error.into()),
        },
        (None, None) => return Ok(Look::Nothing),
    };
    match fetched {
        Ok(Look::Intent(intent)) => {
            check(handles, bill, &intent)?;
            Ok(Look::Intent(intent))
        }
        Ok(other) => Ok(other),
        Err(error) => match error.downcast_ref::<GatewayError>() {
            Some(GatewayError::Unknown { .. }) => Ok(Look::Unknown),
            Some(missing) if missing.is_missing() => Ok(Look::Missing),
            _ => Err(error),
        },
    }
}

async fn look_at_session(handles: &Handles, bill: &Bill, payable: &Payable, id: &str) -> anyhow::Result<Look> {
    let session = handles.gateway.retrieve_session(id).await?;
    check_session(handles, bill, &session)?;
    match (session.intent, session.state) {
        (Some(intent), _) => {
            if payable.payment_intent_id.is_none() {
                store::note_session_intent(&handles.db, bill.payment, payable.number, &intent.id).await?;
            }
            Ok(Look::Intent(Box::new(intent)))
        }
        (None, SessionState::Open) => Ok(Look::Untouched),
        (None, SessionState::Expired) => Ok(Look::Ended),
        (None, SessionState::Complete) => anyhow::bail!("session {id} is complete without an intent"),
    }
}

/// Makes sure that nothing can be paid any more: the gateway agrees first.
///
/// # Errors
/// When the database fails, or what the gateway has does not match the order.
pub async fn close(handles: &Handles, bill: &Bill, void: Void) -> anyhow::Result<Closing> {
    let Some(payable) = store::live_payable(&handles.db, bill.payment).await? else { return Ok(Closing::Closed) };
    if !payable.is_open() {
        // Nobody was ever told what to pay by: whatever the gateway made of the request, it cannot be paid.
        store::close_payable(&handles.db, bill.payment, payable.number).await?;
        return Ok(Closing::Closed);
    }
    let seen = look(handles, bill).await?;
    let asked = match &seen {
        Look::Unknown => return Ok(Closing::Unknown),
        Look::Nothing | Look::Ended => Asked::Agreed,
        Look::Missing => give_up_missing(handles, bill).await?,
        Look::Intent(intent) if intent.status == IntentStatus::Canceled => Asked::Agreed,
        Look::Intent(intent) if !may_be_given_up(intent.status, void) => return Ok(Closing::InFlight),
        Look::Intent(_) | Look::Untouched => ask_to_close(handles, bill, &payable, &seen).await,
    };
    match asked {
        Asked::Agreed => {
            store::close_payable(&handles.db, bill.payment, payable.number).await?;
            Ok(Closing::Closed)
        }
        Asked::StandsOtherwise => Ok(Closing::InFlight),
        Asked::NoAnswer => Ok(Closing::Unknown),
    }
}

/// What the gateway does not know cannot be paid there. An authorisation that we know of is not forgotten so: somebody has
/// to find out where it went.
async fn give_up_missing(handles: &Handles, bill: &Bill) -> anyhow::Result<Asked> {
    let mut tx = handles.db.begin().await?;
    let status = store::lock_payment(&mut tx, bill.payment).await?;
    tx.rollback().await?;
    anyhow::ensure!(status != PaymentStatus::Authorized, "the gateway does not know the authorised payment of order {}", bill.order);
    tracing::error!(order = %bill.order, "the gateway does not know what this order was to be paid by");
    Ok(Asked::Agreed)
}

/// Notes that the live payable has come to its end at the gateway by itself.
pub async fn close_ended(handles: &Handles, bill: &Bill) -> anyhow::Result<()> {
    if let Some(payable) = store::live_payable(&handles.db, bill.payment).await? {
        store::close_payable(&handles.db, bill.payment, payable.number).await?;
    }
    Ok(())
}

fn may_be_given_up(status: IntentStatus, void: Void) -> bool {
    match status {
        IntentStatus::Succeeded | IntentStatus::Processing => false,
        IntentStatus::RequiresCapture => void == Void::Authorized,
        IntentStatus::RequiresPaymentMethod
        | IntentStatus::RequiresConfirmation
        | IntentStatus::RequiresAction
        | IntentStatus::Canceled => true,
    }
}

enum Asked {
    Agreed,
    /// It has moved between our looking and our asking.
    StandsOtherwise,
    NoAnswer,
}

/// An open session is ended as such, and its intent with it; a bare intent, or one whose session is over, is canceled.
/// Both are done once whatever the key, so every call has its own.
async fn ask_to_close(handles: &Handles, bill: &Bill, payable: &Payable, seen: &Look) -> Asked {
    let key = format!("{}:cancel:{}:{}", bill.order, payable.number, db::new_id());
    let authorized = matches!(seen, Look::Intent(intent) if intent.status == IntentStatus::RequiresCapture);
    let answer = match (&payable.checkout_session_id, seen) {
        (Some(session), _) if !authorized => handles.gateway.expire_session(session, &key).await.map(|_| ()),
        (_, Look::Intent(intent)) => handles.gateway.cancel(&intent.id, &key).await.map(|_| ()),
        _ => Ok(()),
    };
    match answer {
        Ok(()) => Asked::Agreed,
        Err(error) if error.is_unexpected_state() => Asked::StandsOtherwise,
        Err(error) => {
            tracing::warn!(order = %bill.order, %error, "the gateway did not agree to end a payment");
            Asked::NoAnswer
        }
    }
}

/// An answer that is kept under its key for ever makes room for the next number; after silence the same is asked again.
async fn unavailable(handles: &Handles, bill: &Bill, number: i32, error: &GatewayError) -> anyhow::Result<()> {
    tracing::warn!(order = %bill.order, %error, "the gateway opened nothing to pay by");
    if error.burns_key() {
        store::close_payable(&handles.db, bill.payment, number).await?;
    }
    Ok(())
}

/// Amount, currency, order and mode must be those of the order: anything else is somebody else's payment.
pub(super) fn check(handles: &Handles, bill: &Bill, intent: &Intent) -> anyhow::Result<()> {
    let matches = Some(intent.amount) == chargeable(bill.total).ok()
        && intent.currency.eq_ignore_ascii_case(bill.total.currency.code())
        && intent.order_id.as_deref() == Some(bill.order.to_string().as_str())
        && intent.livemode == expects_live(handles);
    mismatch(matches, bill, &intent.id)
}

fn check_session(handles: &Handles, bill: &Bill, session: &Session) -> anyhow::Result<()> {
    let matches = session.amount == chargeable(bill.total).ok()
        && session.currency.as_deref().is_some_and(|currency| currency.eq_ignore_ascii_case(bill.total.currency.code()))
        && session.order_id.as_deref() == Some(bill.order.to_string().as_str())
        && session.livemode == expects_live(handles);
    mismatch(matches, bill, &session.id)
}

fn mismatch(matches: bool, bill: &Bill, id: &str) -> anyhow::Result<()> {
    if !matches {
        metrics::counter!("gateway_mismatches_total").increment(1);
        anyhow::bail!("{id} at the gateway does not match order {}", bill.order);
    }
    Ok(())
}

pub(super) fn expects_live(handles: &Handles) -> bool {
    match handles.settings.gateway {
        GatewayKind::Sandbox => false,
        GatewayKind::Stripe => handles.settings.publishable_key.starts_with("pk_live_"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::{BuyerId, OrderId, PaymentId};
    use domain::market::Market;
    use domain::money::{Currency, Money};
    use uuid::Uuid;

    fn usd(amount: i64) -> Money {
        Money::new(amount, Currency::Usd)
    }

    fn bill(lines: usize, shipping: i64, tax: i64, total: i64) -> Bill {
        let line = |number| BillLine { title: format!("Thing {number}"), quantity: 2, unit_price: usd(500) };
        Bill {
            buyer: BuyerId(Uuid::nil()),
            order: OrderId(Uuid::nil()),
            payment: PaymentId(Uuid::nil()),
            number: "SK-7F3K-Q2MD".parse().unwrap(),
            email: "ada@example.org".to_owned(),
            total: usd(total),
            lines: (0..lines).map(line).collect(),
            shipping: usd(shipping),
            tax_on_top: usd(tax),
            market: Market::default(),
        }
    }

    fn listed(bill: &Bill) -> (Vec<String>, i64) {
        let lines = hosted_lines(bill);
        let sum = lines.iter().map(|line| line.unit_amount.amount * i64::from(line.quantity)).sum();
        (lines.into_iter().map(|line| line.title).collect(), sum)
    }

    #[test]
    fn the_hosted_page_lists_what_is_bought_and_sums_to_the_total() {
        assert_eq!(listed(&bill(2, 700, 160, 2_860)), (["Thing 0", "Thing 1", "Shipping", "Tax"].map(str::to_owned).to_vec(), 2_860));
        let german = Bill { market: Market::of(Language::German), ..bill(1, 700, 160, 1_860) };
        assert_eq!(listed(&german), (["Thing 0", "Versand", "Steuer"].map(str::to_owned).to_vec(), 1_860));
        assert_eq!(listed(&bill(1, 0, 0, 1_000)), (vec!["Thing 0".to_owned()], 1_000));
    }

    #[test]
    fn an_order_of_too_many_lines_or_with_a_discount_is_listed_as_one() {
        let whole = vec!["Order SK-7F3K-Q2MD".to_owned()];
        assert_eq!(listed(&bill(99, 700, 160, 99_860)), (whole.clone(), 99_860));
        assert_eq!(listed(&bill(2, 700, 0, 2_500)), (whole, 2_500));
    }

    #[test]
    fn only_what_is_unpaid_is_given_up_unless_an_authorisation_is_meant() {
        for status in IntentStatus::ALL {
            let unpaid = !status.is_in_flight();
            assert_eq!(may_be_given_up(status, Void::OnlyUnpaid), unpaid, "{status:?}");
            assert_eq!(may_be_given_up(status, Void::Authorized), unpaid || status == IntentStatus::RequiresCapture, "{status:?}");
        }
    }
}
