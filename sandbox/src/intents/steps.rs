//! The state machine: each function is one step of an intent, with everything that follows from it.

use super::{Challenge, Intent, Status};
use crate::book::Book;
use crate::cards::{Conduct, Decline};
use crate::charges::Charge;
use crate::clock::now_seconds;
use crate::errors::ApiError;
use crate::events;
use crate::ids::token;
use crate::payment_methods::PaymentMethod;
use crate::sessions;

/// Where the shopper goes on if the issuer asks for a check.
#[derive(Debug, Clone)]
pub(crate) struct Continuation {
    pub(crate) return_url: Option<String>,
    pub(crate) in_script: bool,
}

/// Tries a payment method on an intent that still needs one.
///
/// # Errors
/// The decline, which the book records as well.
pub(crate) fn attempt(book: &mut Book, mut intent: Intent, method: PaymentMethod, then: Continuation) -> Result<Intent, ApiError> {
    if method.spent_on.is_some() {
        return Err(ApiError::state(
            "payment_method_unexpected_state",
            "This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, and may not be used again.",
        ));
    }
    intent.payment_method = Some(method.id.clone());
    intent.last_payment_error = None;
    intent.challenge = None;
    book.put(method.clone());
    match method.card.conduct {
        Conduct::Approve => Ok(authorize(book, intent, method, false)),
        Conduct::Decline(decline) => Err(refuse(book, intent, &method, decline, false)),
        Conduct::Challenge | Conduct::ChallengeThenDecline(_) => {
            intent.status = Status::RequiresAction;
            intent.challenge = Some(Challenge { token: token(32), return_url: then.return_url, in_script: then.in_script });
            Ok(save(book, intent, "payment_intent.requires_action"))
        }
    }
}

/// Takes the shopper's answer to the issuer's check; `None` when no such check is open.
pub(crate) fn answer_challenge(book: &mut Book, intent: &str, challenge: &str, passed: bool) -> Option<Intent> {
    let mut intent = book.intents.get(intent)?.clone();
    let method = book.payment_methods.get(intent.payment_method.as_deref()?)?.clone();
    intent.challenge.take_if(|open| open.token == challenge)?;
    if !passed {
        return Some(fail_authentication(book, intent, &method));
    }
    match method.card.conduct {
        Conduct::ChallengeThenDecline(decline) => {
            let id = intent.id.clone();
            refuse(book, intent, &method, decline, true);
            book.intents.get(&id).cloned()
        }
        Conduct::Approve | Conduct::Challenge | Conduct::Decline(_) => Some(authorize(book, intent, method, true)),
    }
}

fn authorize(book: &mut Book, mut intent: Intent, mut method: PaymentMethod, authenticated: bool) -> Intent {
    let mut charge = Charge::new(&intent, &method, None, authenticated);
    method.spent_on = Some(intent.id.clone());
    book.put(method);
    intent.latest_charge = Some(charge.id.clone());
    let by_hand = intent.waits_for_capture();
    if by_hand {
        intent.status = Status::RequiresCapture;
        intent.amount_capturable = intent.amount;
    } else {
        take_money(&mut intent, &mut charge);
    }
    book.put(charge.clone());
    events::record(book, "charge.succeeded", charge.render(book));
    let intent = save(book, intent, if by_hand { "payment_intent.amount_capturable_updated" } else { "payment_intent.succeeded" });
    sessions::complete(book, &intent);
    intent
}

fn take_money(intent: &mut Intent, charge: &mut Charge) {
    charge.captured = true;
    charge.amount_captured = charge.amount;
    intent.status = Status::Succeeded;
    intent.amount_capturable = 0;
    intent.amount_received = charge.amount_captured;
}

/// Records a decline and returns it as the answer for the caller.
fn refuse(book: &mut Book, mut intent: Intent, method: &PaymentMethod, decline: Decline, authenticated: bool) -> ApiError {
    let charge = Charge::new(&intent, method, Some(decline), authenticated);
    let error = ApiError::declined(decline).with_charge(&charge.id).with_payment_method(method.render());
    intent.latest_charge = Some(charge.id.clone());
    book.put(charge.clone());
    events::record(book, "charge.failed", charge.render(book));
    let intent = back_to_start(book, intent, &error);
    error.with_payment_intent(intent.render(book))
}

fn fail_authentication(book: &mut Book, intent: Intent, method: &PaymentMethod) -> Intent {
    let error = ApiError::authentication_failed().with_payment_method(method.render());
    back_to_start(book, intent, &error)
}

fn back_to_start(book: &mut Book, mut intent: Intent, error: &ApiError) -> Intent {
    intent.status = Status::RequiresPaymentMethod;
    intent.payment_method = None;
    intent.challenge = None;
    intent.last_payment_error = Some(error.object());
    save(book, intent, "payment_intent.payment_failed")
}

/// Takes `amount` of what is held, and releases the rest. The caller has checked state and amount.
pub(super) fn capture(book: &mut Book, mut intent: Intent, amount: i64) -> Intent {
    let held = intent.latest_charge.as_ref().and_then(|id| book.charges.get(id)).cloned();
    let mut charge = held.expect("an intent that waits for capture has its charge");
    take_money(&mut intent, &mut charge);
    charge.amount_captured = amount;
    intent.amount_received = amount;
    book.put(charge.clone());
    events::record(book, "charge.captured", charge.render(book));
    save(book, intent, "payment_intent.succeeded")
}

/// Ends an intent that has taken no money, and releases what it holds.
pub(crate) fn void(book: &mut Book, mut intent: Intent, reason: Option<&str>) -> Intent {
    let held = intent.latest_charge.as_ref().and_then(|id| book.charges.get(id)).filter(|charge| charge.decline.is_none());
    if let Some(mut charge) = held.cloned() {
        charge.voided = true;
        charge.amount_refunded = charge.amount;
        book.put(charge.clone());
        events::record(book, "charge.refunded", charge.render(book));
    }
    intent.status = Status::Canceled;
    intent.amount_capturable = 0;
    intent.challenge = None;
    intent.canceled_at = Some(now_seconds());
    intent.cancellation_reason = reason.map(str::to_owned);
    save(book, intent, "payment_intent.canceled")
}

/// Releases an authorisation whose time is up.
pub(crate) fn expire_authorization(book: &mut Book, id: &str) {
    if let Some(intent) = book.intents.get(id).filter(|intent| intent.status == Status::RequiresCapture).cloned() {
        void(book, intent, Some("expired"));
    }
}

fn save(book: &mut Book, intent: Intent, event: &str) -> Intent {
    book.put(intent.clone());
    events::record(book, event, intent.render(book));
    intent
}
