//! The requests on payment intents.

use serde_json::Value;

use super::steps::{self, Continuation, attempt, void};
use super::{Intent, Shipping, Status};
use crate::api::Caller;
use crate::book::Book;
use crate::currencies::{check_amount, parse_currency};
use crate::errors::ApiError;
use crate::events;
use crate::expand;
use crate::form::Parameters;
use crate::listing::{Listing, list_of};
use crate::payment_methods::{Address, PaymentMethod, resolve, take_allowed_types};
use crate::sessions;

/// What a client may ask to have filled in.
pub(crate) const EXPANDABLE: &[&str] = &["latest_charge", "payment_method", "latest_charge.refunds"];

const CAPTURE_METHODS: &[&str] = &["automatic", "automatic_async", "manual"];
const CANCELLATION_REASONS: &[&str] = &["duplicate", "fraudulent", "requested_by_customer", "abandoned"];
const UNEXPECTED_STATE: &str = "payment_intent_unexpected_state";

/// `POST /v1/payment_intents`
pub(crate) fn create(book: &mut Book, mut parameters: Parameters) -> Result<Value, ApiError> {
    let amount = parameters.required_integer("amount")?;
    let currency = parse_currency(&parameters.required_text("currency")?, "currency")?;
    check_amount(amount, &currency, "amount")?;
    let mut intent = Intent::new(amount, currency);
    take_payment_method_types(&mut parameters, &mut intent)?;
    take_details(&mut parameters, &mut intent)?;
    let confirmed = parameters.flag("confirm")?.unwrap_or(false);
    let confirmation = Confirmation::from_parameters(book, &mut parameters)?;
    if !confirmed && (confirmation.then.return_url.is_some() || confirmation.then.in_script) {
        return Err(ApiError::parameter(
            "parameter_invalid",
            "return_url",
            "return_url and use_stripe_sdk can only be used when confirm=true.",
        ));
    }
    let wanted = expand::wanted(&mut parameters, EXPANDABLE)?;
    parameters.finish()?;
    let confirmation = if confirmed {
        Some(confirmation.checked(book, &intent, Caller::Secret)?)
    } else {
        intent_method(book, &mut intent, confirmation);
        None
    };

    book.put(intent.clone());
    events::record(book, "payment_intent.created", intent.render(book));
    if let Some((method, then)) = confirmation {
        intent = attempt(book, intent, method, then)?;
    }
    Ok(expand::fill(book, intent.render(book), &wanted))
}

/// Remembers a payment method that is given without confirming.
fn intent_method(book: &mut Book, intent: &mut Intent, confirmation: Confirmation) {
    if let Some(method) = confirmation.method {
        intent.payment_method = Some(method.id.clone());
        intent.status = Status::RequiresConfirmation;
        book.put(method);
    }
}

/// Which kinds of payment an intent takes: cards, named by the client or by the account's settings, which is what the
/// API goes by when nothing is said.
fn take_payment_method_types(parameters: &mut Parameters, intent: &mut Intent) -> Result<(), ApiError> {
    intent.cards_named = take_allowed_types(parameters)?;
    intent.automatic_payment_methods = match parameters.section("automatic_payment_methods")? {
        None if intent.cards_named => None,
        None => Some("always".to_owned()),
        Some(mut automatic) => {
            let missing = automatic.name_of("enabled");
            let enabled = automatic.flag("enabled")?.ok_or_else(|| ApiError::missing_parameter(&missing))?;
            let allow_redirects = automatic.choice("allow_redirects", &["always", "never"])?.unwrap_or("always");
            automatic.finish()?;
            enabled.then(|| allow_redirects.to_owned())
        }
    };
    Ok(())
}

/// The details that creating and updating share; an empty value clears one.
fn take_details(parameters: &mut Parameters, intent: &mut Intent) -> Result<(), ApiError> {
    if let Some(capture_method) = parameters.choice("capture_method", CAPTURE_METHODS)? {
        intent.capture_method = capture_method.to_owned();
    }
    parameters.choice("confirmation_method", &["automatic"])?;
    for (name, field) in [
        ("description", &mut intent.description),
        ("receipt_email", &mut intent.receipt_email),
        ("transfer_group", &mut intent.transfer_group),
        ("statement_descriptor_suffix", &mut intent.statement_descriptor_suffix),
    ] {
        if let Some(text) = parameters.clearable_text(name)? {
            *field = text;
        }
    }
    if let Some(shipping) = parameters.section("shipping")? {
        intent.shipping = Some(Shipping::from_parameters(shipping)?);
    }
    parameters.metadata()?.apply(&mut intent.metadata);
    Ok(())
}

impl Shipping {
    fn from_parameters(mut parameters: Parameters) -> Result<Self, ApiError> {
        let missing = parameters.name_of("address");
        let shipping = Self {
            address: Address::from_parameters(parameters.section("address")?.ok_or_else(|| ApiError::missing_parameter(&missing))?)?,
            carrier: parameters.clearable_text("carrier")?.flatten(),
            name: parameters.clearable_text("name")?.flatten(),
            phone: parameters.clearable_text("phone")?.flatten(),
            tracking_number: parameters.clearable_text("tracking_number")?.flatten(),
        };
        parameters.finish()?;
        Ok(shipping)
    }
}

/// What a confirmation brings along.
struct Confirmation {
    method: Option<PaymentMethod>,
    then: Continuation,
}

impl Confirmation {
    fn from_parameters(book: &Book, parameters: &mut Parameters) -> Result<Self, ApiError> {
        let named = parameters.text("payment_method")?;
        let data = parameters.section("payment_method_data")?;
        let method = match (named, data) {
            (Some(_), Some(_)) => {
                return Err(ApiError::parameter(
                    "parameter_invalid",
                    "payment_method_data",
                    "You may only specify one of these parameters: payment_method, payment_method_data.",
                ));
            }
            (Some(id), None) => Some(resolve(book, &id, "payment_method")?),
            (None, Some(data)) => Some(PaymentMethod::from_parameters(data, book.fingerprint_key())?),
            (None, None) => None,
        };
        let return_url = parameters.text("return_url")?;
        if return_url.as_ref().is_some_and(|url| !url.starts_with("http://") && !url.starts_with("https://")) {
            return Err(ApiError::parameter("url_invalid", "return_url", "Not a valid URL"));
        }
        let in_script = parameters.flag("use_stripe_sdk")?.unwrap_or(false);
        Ok(Self { method, then: Continuation { return_url, in_script } })
    }

    /// Finds what is to be charged and how the shopper comes back.
    fn checked(self, book: &Book, intent: &Intent, caller: Caller) -> Result<(PaymentMethod, Continuation), ApiError> {
        let known = || intent.payment_method.as_ref().and_then(|id| book.payment_methods.get(id)).cloned();
        let method = self.method.or_else(known).ok_or_else(|| {
            ApiError::state(
                UNEXPECTED_STATE,
                "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method.",
            )
        })?;
        let mut then = self.then;
        let may_redirect = !intent.cards_named && intent.automatic_payment_methods.as_deref() == Some("always");
        if may_redirect && caller == Caller::Secret && then.return_url.is_none() && !then.in_script {
            return Err(ApiError::parameter(
                "parameter_missing",
                "return_url",
                "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
            ));
        }
        then.in_script = then.in_script || then.return_url.is_none();
        Ok((method, then))
    }
}

/// `GET /v1/payment_intents/{id}`; a browser shows its client secret instead of a secret key.
pub(crate) fn retrieve(book: &Book, id: &str, caller: Caller, mut parameters: Parameters) -> Result<Value, ApiError> {
    let secret = parameters.text("client_secret")?;
    let wanted = expand::wanted(&mut parameters, EXPANDABLE)?;
    parameters.finish()?;
    let intent = find(book, id)?;
    check_client_secret(intent, secret.as_deref(), caller)?;
    Ok(match caller {
        Caller::Secret => expand::fill(book, intent.render(book), &wanted),
        Caller::Publishable => intent.render_for_browser(book),
    })
}

/// `POST /v1/payment_intents/{id}`
pub(crate) fn update(book: &mut Book, id: &str, mut parameters: Parameters) -> Result<Value, ApiError> {
    let mut intent = find(book, id)?.clone();
    let before = intent.amount;
    if let Some(currency) = parameters.text("currency")? {
        intent.currency = parse_currency(&currency, "currency")?;
    }
    if let Some(amount) = parameters.integer("amount")? {
        check_amount(amount, &intent.currency, "amount")?;
        intent.amount = amount;
    }
    take_details(&mut parameters, &mut intent)?;
    let method = parameters.text("payment_method")?.map(|id| resolve(book, &id, "payment_method")).transpose()?;
    let wanted = expand::wanted(&mut parameters, EXPANDABLE)?;
    parameters.finish()?;
    let stored = find(book, id)?;
    let fixed_changed =
        intent.amount != before || intent.currency != stored.currency || intent.capture_method != stored.capture_method || method.is_some();
    if fixed_changed && !may_be_confirmed(stored.status) {
        return Err(unexpected_state(
            stored,
            "This PaymentIntent's amount, currency, capture_method or payment_method could not be updated",
        ));
    }
    if may_be_confirmed(stored.status) {
        intent.last_payment_error = None;
    }
    if let Some(method) = method {
        intent_method(book, &mut intent, Confirmation { method: Some(method), then: Continuation { return_url: None, in_script: false } });
        intent.challenge = None;
    }
    book.put(intent.clone());
    Ok(expand::fill(book, intent.render(book), &wanted))
}

/// `POST /v1/payment_intents/{id}/confirm`; the browser script calls it with the publishable key.
pub(crate) fn confirm(book: &mut Book, id: &str, caller: Caller, mut parameters: Parameters) -> Result<Value, ApiError> {
    let secret = parameters.text("client_secret")?;
    let mut intent = find(book, id)?.clone();
    check_client_secret(&intent, secret.as_deref(), caller)?;
    let confirmation = Confirmation::from_parameters(book, &mut parameters)?;
    if let Some(email) = parameters.text("receipt_email")? {
        intent.receipt_email = Some(email);
    }
    if let Some(shipping) = parameters.section("shipping")? {
        intent.shipping = Some(Shipping::from_parameters(shipping)?);
    }
    let wanted = expand::wanted(&mut parameters, EXPANDABLE)?;
    parameters.finish()?;
    if !may_be_confirmed(intent.status) {
        let held = matches!(intent.status, Status::RequiresCapture | Status::Succeeded);
        return Err(if held {
            ApiError::state(
                UNEXPECTED_STATE,
                "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.",
            )
            .with_payment_intent(intent.render(book))
        } else {
            unexpected_state(&intent, "You cannot confirm this PaymentIntent")
        });
    }
    let (method, then) = confirmation.checked(book, &intent, caller)?;
    match (attempt(book, intent, method, then), caller) {
        (Ok(intent), Caller::Secret) => Ok(expand::fill(book, intent.render(book), &wanted)),
        (Ok(intent), Caller::Publishable) => Ok(intent.render_for_browser(book)),
        (Err(error), Caller::Secret) => Err(error),
        (Err(error), Caller::Publishable) => Err(match book.intents.get(id) {
            Some(intent) => error.with_payment_intent(intent.render_for_browser(book)),
            None => error,
        }),
    }
}

/// `POST /v1/payment_intents/{id}/source_cancel`: the shopper closed the issuer's check.
pub(crate) fn source_cancel(book: &mut Book, id: &str, caller: Caller, mut parameters: Parameters) -> Result<Value, ApiError> {
    let secret = parameters.text("client_secret")?;
    parameters.finish()?;
    let intent = find(book, id)?.clone();
    check_client_secret(&intent, secret.as_deref(), caller)?;
    if let Some(challenge) = &intent.challenge {
        steps::answer_challenge(book, id, &challenge.token, false);
    }
    Ok(find(book, id)?.render_for_browser(book))
}

/// `POST /v1/payment_intents/{id}/capture`
pub(crate) fn capture(book: &mut Book, id: &str, mut parameters: Parameters) -> Result<Value, ApiError> {
    let amount = parameters.integer("amount_to_capture")?;
    let final_capture = parameters.flag("final_capture")?;
    let metadata = parameters.metadata()?;
    let wanted = expand::wanted(&mut parameters, EXPANDABLE)?;
    parameters.finish()?;
    if final_capture == Some(false) {
        return Err(ApiError::parameter("parameter_invalid", "final_capture", "This PaymentIntent does not support multicapture."));
    }
    let mut intent = find(book, id)?.clone();
    if intent.status != Status::RequiresCapture {
        let message = format!(
            "This PaymentIntent could not be captured because it has a status of {}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.",
            intent.status.as_str()
        );
        return Err(ApiError::state(UNEXPECTED_STATE, message).with_payment_intent(intent.render(book)));
    }
    let amount = amount.unwrap_or(intent.amount_capturable);
    if amount < 1 {
        return Err(ApiError::parameter(
            "parameter_invalid_integer",
            "amount_to_capture",
            "This value must be greater than or equal to 1.",
        ));
    }
    if amount > intent.amount_capturable {
        return Err(ApiError::parameter(
            "amount_too_large",
            "amount_to_capture",
            "The amount to capture is greater than the amount that can be captured on this PaymentIntent.",
        ));
    }
    metadata.apply(&mut intent.metadata);
    let intent = steps::capture(book, intent, amount);
    Ok(expand::fill(book, intent.render(book), &wanted))
}

/// `POST /v1/payment_intents/{id}/cancel`
pub(crate) fn cancel(book: &mut Book, id: &str, mut parameters: Parameters) -> Result<Value, ApiError> {
    let reason = parameters.choice("cancellation_reason", CANCELLATION_REASONS)?;
    let wanted = expand::wanted(&mut parameters, EXPANDABLE)?;
    parameters.finish()?;
    let intent = find(book, id)?.clone();
    if matches!(intent.status, Status::Succeeded | Status::Canceled) {
        let message = format!(
            "You cannot cancel this PaymentIntent because it has a status of {}. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action, processing.",
            intent.status.as_str()
        );
        return Err(ApiError::state(UNEXPECTED_STATE, message).with_payment_intent(intent.render(book)));
    }
    if intent.checkout_session.as_ref().is_some_and(|session| sessions::is_open(book, session)) {
        return Err(ApiError::state(
            UNEXPECTED_STATE,
            "You cannot cancel this PaymentIntent because it was created by a Checkout Session that is still open. Expire the session instead.",
        ));
    }
    let intent = void(book, intent, reason);
    Ok(expand::fill(book, intent.render(book), &wanted))
}

/// `GET /v1/payment_intents`
pub(crate) fn list(book: &Book, mut parameters: Parameters) -> Result<Value, ApiError> {
    let wanted = expand::wanted_in_list(&mut parameters, EXPANDABLE)?;
    let listing = Listing::from_parameters(&mut parameters)?;
    parameters.finish()?;
    let (page, has_more) = listing.page(book.intents.newest_first(), |intent| (&intent.id, intent.created), "payment_intent")?;
    let rendered = page.into_iter().map(|intent| expand::fill(book, intent.render(book), &wanted)).collect();
    Ok(list_of(rendered, has_more, "/v1/payment_intents"))
}

fn find<'a>(book: &'a Book, id: &str) -> Result<&'a Intent, ApiError> {
    book.intents.get(id).ok_or_else(|| ApiError::no_such("payment_intent", id, "intent"))
}

fn may_be_confirmed(status: Status) -> bool {
    match status {
        Status::RequiresPaymentMethod | Status::RequiresConfirmation | Status::RequiresAction => true,
        Status::RequiresCapture | Status::Succeeded | Status::Canceled => false,
    }
}

fn unexpected_state(intent: &Intent, what: &str) -> ApiError {
    let message = format!(
        "{what} because it has a status of {}. Only a PaymentIntent with one of the following statuses allows that: requires_payment_method, requires_confirmation, requires_action.",
        intent.status.as_str()
    );
    ApiError::state(UNEXPECTED_STATE, message)
}

/// A browser must show the client secret; a server may.
fn check_client_secret(intent: &Intent, shown: Option<&str>, caller: Caller) -> Result<(), ApiError> {
    match (shown, caller) {
        (None, Caller::Publishable) => Err(ApiError::missing_parameter("client_secret")),
        (None, Caller::Secret) => Ok(()),
        (Some(shown), _) if shown == intent.client_secret => Ok(()),
        (Some(_), _) => Err(ApiError::parameter(
            "parameter_invalid",
            "client_secret",
            "The client_secret provided does not match any associated PaymentIntent. Ensure the publishable key used belongs to the same account that created the PaymentIntent.",
        )),
    }
}
