//! Stripe's words into ours. Pure: no request is made here.

use super::{Card, Decline, GatewayError, Intent, Session, SessionLine, SessionState};
use domain::language::Language;
use domain::payments::IntentStatus;
use stripe::{ApiErrors, ApiErrorsType, StripeError};
use stripe_checkout::checkout_session::{CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData, ProductData};
use stripe_checkout::{CheckoutSession, CheckoutSessionLocale, CheckoutSessionStatus};
use stripe_core::{Charge, PaymentIntent};

/// Codes after which no card of the shopper's will do better.
const FINAL_CODES: [&str; 2] = ["payment_intent_unexpected_state", "amount_too_large"];

pub(super) fn intent(answer: &PaymentIntent) -> Result<Intent, GatewayError> {
    let Some(status) = IntentStatus::from_gateway(answer.status.as_str()) else {
        return Err(not_understood(format!("intent {} is {}", answer.id, answer.status.as_str())));
    };
    let charge = answer.latest_charge.as_ref().and_then(|charge| charge.as_object());
    let redirect = answer.next_action.as_ref().and_then(|action| action.redirect_to_url.as_ref());
    Ok(Intent {
        id: answer.id.to_string(),
        status,
        amount: answer.amount,
        currency: answer.currency.to_string(),
        captured: answer.amount_received,
        livemode: answer.livemode,
        client_secret: answer.client_secret.clone(),
        order_id: answer.metadata.get("order_id").cloned(),
        next_action_url: redirect.and_then(|redirect| redirect.url.clone()),
        card: charge.and_then(card),
        failure: answer.last_payment_error.as_deref().map(decline),
    })
}

fn card(charge: &Charge) -> Option<Card> {
    let card = charge.payment_method_details.as_ref()?.card.as_ref()?;
    Some(Card { brand: card.brand.clone(), last4: card.last4.clone(), fingerprint: card.fingerprint.clone() })
}

pub(super) fn session(answer: &CheckoutSession) -> Result<Session, GatewayError> {
    let state = match &answer.status {
        Some(CheckoutSessionStatus::Open) => SessionState::Open,
        Some(CheckoutSessionStatus::Complete) => SessionState::Complete,
        Some(CheckoutSessionStatus::Expired) => SessionState::Expired,
        other => return Err(not_understood(format!("session {} is {other:?}", answer.id))),
    };
    let paid_by = answer.payment_intent.as_ref().and_then(|payment| payment.as_object());
    Ok(Session {
        id: answer.id.to_string(),
        state,
        url: answer.url.clone(),
        amount: answer.amount_total,
        currency: answer.currency.as_ref().map(ToString::to_string),
        livemode: answer.livemode,
        order_id: answer.metadata.as_ref().and_then(|metadata| metadata.get("order_id")).cloned(),
        intent: paid_by.map(intent).transpose()?,
    })
}

pub(super) fn session_line(line: &SessionLine, currency: stripe_types::Currency) -> CreateCheckoutSessionLineItems {
    let mut price = CreateCheckoutSessionLineItemsPriceData::new(currency);
    price.product_data = Some(ProductData::new(&line.title));
    price.unit_amount = Some(line.unit_amount.amount);
    let mut item = CreateCheckoutSessionLineItems::new();
    item.price_data = Some(price);
    item.quantity = Some(u64::from(line.quantity));
    item
}

/// The language of the gateway's own page.
pub(super) fn locale(language: Language) -> CheckoutSessionLocale {
    match language {
        Language::English | Language::Mirrored => CheckoutSessionLocale::En,
        Language::German => CheckoutSessionLocale::De,
    }
}

/// What a request's failure means. An answer that says no is a refusal; everything else leaves open what has happened.
pub(super) fn failure(error: StripeError) -> GatewayError {
    match error {
        StripeError::Stripe(error, status) => match (&error.type_, status) {
            (ApiErrorsType::CardError, _) | (_, 402) => GatewayError::Declined(decline(&error)),
            (_, 409 | 429) => GatewayError::Unknown { answered: false, reason: message(&error) },
            (_, 400..=499) => GatewayError::Refused { code: code(&error), message: message(&error) },
            _ => GatewayError::Unknown { answered: true, reason: format!("{status}: {}", message(&error)) },
        },
        StripeError::ConfigError(reason) => GatewayError::Refused { code: "not_configured".to_owned(), message: reason },
        StripeError::JSONDeserialize(reason) => not_understood(reason),
        StripeError::ClientError(reason) => GatewayError::Unknown { answered: false, reason },
        StripeError::Timeout => GatewayError::Unknown { answered: false, reason: "no answer in time".to_owned() },
    }
}

fn not_understood(reason: String) -> GatewayError {
    GatewayError::Unknown { answered: true, reason: format!("not understood: {reason}") }
}

fn code(error: &ApiErrors) -> String {
    error.code.as_ref().map_or_else(|| "unknown".to_owned(), |code| code.as_str().to_owned())
}

fn message(error: &ApiErrors) -> String {
    error.message.clone().unwrap_or_else(|| "The payment could not be made.".to_owned())
}

/// The bank's own reason where it gives one: `insufficient_funds` tells more than `card_declined`.
fn decline(error: &ApiErrors) -> Decline {
    let plain = code(error);
    let code = match &error.decline_code {
        Some(reason) if plain == "card_declined" && reason != "generic_decline" => reason.clone(),
        _ => plain,
    };
    let method = error.payment_method.as_ref().map(|method| method.id.to_string());
    Decline { retryable: !FINAL_CODES.contains(&code.as_str()), message: message(error), reference: error.charge.clone().or(method), code }
}
