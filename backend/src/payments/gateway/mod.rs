//! The payment gateway behind Stripe's protocol: one client, whether Stripe itself or the sandbox answers. Everything
//! that changes something carries a key, so that asking again is asking for the same.

mod stripe;
mod stripe_mapping;

pub use stripe::Gateway;

use domain::language::Language;
use domain::money::Money;
use domain::payments::IntentStatus;

/// An intent as the gateway tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    pub id: String,
    pub status: IntentStatus,
    /// In the gateway's minor units.
    pub amount: i64,
    /// ISO code, lower case, as the gateway writes it.
    pub currency: String,
    pub captured: i64,
    pub livemode: bool,
    pub client_secret: Option<String>,
    /// What we wrote into its metadata.
    pub order_id: Option<String>,
    pub next_action_url: Option<String>,
    pub card: Option<Card>,
    /// Why the last try failed, if it did.
    pub failure: Option<Decline>,
}

/// What may be known of a card: never its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    pub brand: Option<String>,
    pub last4: Option<String>,
    pub fingerprint: Option<String>,
}

/// The bank said no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decline {
    /// As Stripe names it: `card_declined`, `insufficient_funds`, …
    pub code: String,
    pub message: String,
    /// Whether the same or another card may be tried.
    pub retryable: bool,
    /// The charge or the payment method of the try, so that it is counted once.
    pub reference: Option<String>,
}

/// The hosted page of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: String,
    pub state: SessionState,
    pub url: Option<String>,
    pub amount: Option<i64>,
    pub currency: Option<String>,
    pub livemode: bool,
    pub order_id: Option<String>,
    /// Made when the shopper first tries to pay.
    pub intent: Option<Intent>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    Open,
    Complete,
    Expired,
}

/// What an intent is made of.
#[derive(Clone, Debug)]
pub struct NewIntent {
    pub amount: Money,
    pub order_id: String,
    pub order_number: String,
    pub email: String,
}

/// What a hosted page is made of: its lines sum to the order's total.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub order_id: String,
    pub order_number: String,
    pub email: String,
    pub lines: Vec<SessionLine>,
    pub language: Language,
    pub success_url: String,
    pub cancel_url: String,
}

#[derive(Clone, Debug)]
pub struct SessionLine {
    pub title: String,
    pub unit_amount: Money,
    pub quantity: u32,
}

#[derive(Clone, Debug, thiserror::Error)]
pub enum GatewayError {
    #[error("the bank declined: {}", .0.code)]
    Declined(Decline),
    /// The request cannot succeed as it is; nothing was done.
    #[error("the gateway refused ({code}): {message}")]
    Refused { code: String, message: String },
    /// Nobody knows whether it was done: to be found out by looking.
    #[error("the gateway's answer is not known: {reason}")]
    Unknown {
        /// The gateway did answer, and keeps that answer: the same key would only bring it again.
        answered: bool,
        reason: String,
    },
}

impl GatewayError {
    /// The intent or session is in a state that does not allow what was asked. (A payment method has such a state as well:
    /// that is the method's fault, and says nothing of the payment.)
    pub fn is_unexpected_state(&self) -> bool {
        matches!(self, GatewayError::Refused { code, .. } if ["payment_intent_unexpected_state", "resource_state_invalid"].contains(&code.as_str()))
    }

    /// The gateway has no such object.
    pub fn is_missing(&self) -> bool {
        matches!(self, GatewayError::Refused { code, .. } if code == "resource_missing")
    }

    /// The same key brings the same error for ever: the next try needs another.
    pub fn burns_key(&self) -> bool {
        match self {
            GatewayError::Declined(_) | GatewayError::Refused { .. } => true,
            GatewayError::Unknown { answered, .. } => *answered,
        }
    }
}
