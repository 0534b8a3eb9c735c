//! Payment intents: one per order, from "no card yet" to "money taken" or "canceled".

mod requests;
mod steps;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(crate) use requests::{cancel, capture, confirm, create, list, retrieve, source_cancel, update};
pub(crate) use steps::{Continuation, answer_challenge, attempt, expire_authorization, void};

use crate::book::Book;
use crate::clock::now_seconds;
use crate::form::Metadata;
use crate::ids::{new_id, token};
use crate::payment_methods::Address;

/// Where an intent stands; the names are the API's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    RequiresCapture,
    Succeeded,
    Canceled,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresConfirmation => "requires_confirmation",
            Self::RequiresAction => "requires_action",
            Self::RequiresCapture => "requires_capture",
            Self::Succeeded => "succeeded",
            Self::Canceled => "canceled",
        }
    }
}

/// The check that the card's issuer asks for (3-D Secure), while it is open.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Challenge {
    /// Only who was sent to the page knows it.
    pub(crate) token: String,
    pub(crate) return_url: Option<String>,
    /// Whether the browser script shows the page, in place of a redirect.
    in_script: bool,
}

/// Where the goods go, as the shop said.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Shipping {
    address: Address,
    carrier: Option<String>,
    name: Option<String>,
    phone: Option<String>,
    tracking_number: Option<String>,
}

/// One payment, whatever the number of attempts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Intent {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) client_secret: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) status: Status,
    capture_method: String,
    /// The `allow_redirects` of automatic payment methods, where those are on.
    automatic_payment_methods: Option<String>,
    /// Whether the client named cards as what it allows; then no payment method can need a redirect.
    cards_named: bool,
    pub(crate) payment_method: Option<String>,
    pub(crate) latest_charge: Option<String>,
    pub(crate) amount_capturable: i64,
    amount_received: i64,
    canceled_at: Option<i64>,
    cancellation_reason: Option<String>,
    pub(crate) last_payment_error: Option<Value>,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) metadata: Metadata,
    pub(crate) description: Option<String>,
    pub(crate) receipt_email: Option<String>,
    pub(crate) transfer_group: Option<String>,
    pub(crate) statement_descriptor_suffix: Option<String>,
    shipping: Option<Shipping>,
    /// The Checkout Session that made it.
    pub(crate) checkout_session: Option<String>,
}

impl Intent {
    pub(crate) fn new(amount: i64, currency: String) -> Self {
        let id = new_id("pi");
        Self {
            client_secret: format!("{id}_secret_{}", token(25)),
            id,
            created: now_seconds(),
            amount,
            currency,
            status: Status::RequiresPaymentMethod,
            capture_method: "automatic".to_owned(),
            automatic_payment_methods: None,
            cards_named: false,
            payment_method: None,
            latest_charge: None,
            amount_capturable: 0,
            amount_received: 0,
            canceled_at: None,
            cancellation_reason: None,
            last_payment_error: None,
            challenge: None,
            metadata: Metadata::new(),
            description: None,
            receipt_email: None,
            transfer_group: None,
            statement_descriptor_suffix: None,
            shipping: None,
            checkout_session: None,
        }
    }

    /// An intent whose authorisation waits for the shop's capture.
    pub(crate) fn captured_by_hand(mut self, by_hand: bool) -> Self {
        self.capture_method = if by_hand { "manual" } else { "automatic" }.to_owned();
        self
    }

    fn waits_for_capture(&self) -> bool {
        self.capture_method == "manual"
    }

    pub(crate) fn render(&self, book: &Book) -> Value {
        json!({
            "id": self.id,
            "object": "payment_intent",
            "allowed_payment_method_types": self.cards_named.then_some(["card"]),
            "amount": self.amount,
            "amount_capturable": self.amount_capturable,
            "amount_details": { "tip": {} },
            "amount_received": self.amount_received,
            "application": null,
            "application_fee_amount": null,
            "automatic_payment_methods": self.automatic_payment_methods.as_ref().map(|allow_redirects| json!({
                "allow_redirects": allow_redirects, "enabled": true,
            })),
            "canceled_at": self.canceled_at,
            "cancellation_reason": self.cancellation_reason,
            "capture_method": self.capture_method,
            "client_secret": self.client_secret,
            "confirmation_method": "automatic",
            "created": self.created,
            "currency": self.currency,
            "customer": null,
            "customer_account": null,
            "description": self.description,
            "excluded_payment_method_types": null,
            "last_payment_error": self.last_payment_error,
            "latest_charge": self.latest_charge,
            "livemode": false,
            "metadata": self.metadata,
            "next_action": self.next_action(book.origin()),
            "on_behalf_of": null,
            "payment_method": self.payment_method,
            "payment_method_configuration_details": null,
            "payment_method_options": { "card": { "installments": null, "mandate_options": null, "network": null, "request_three_d_secure": "automatic" } },
            "payment_method_types": ["card"],
            "processing": null,
            "receipt_email": self.receipt_email,
            "review": null,
            "setup_future_usage": null,
            "shipping": self.shipping,
            "source": null,
            "statement_descriptor": null,
            "statement_descriptor_suffix": self.statement_descriptor_suffix,
            "status": self.status.as_str(),
            "transfer_data": null,
            "transfer_group": self.transfer_group,
        })
    }

    fn next_action(&self, origin: &str) -> Option<Value> {
        let challenge = self.challenge.as_ref()?;
        let url = format!("{origin}/3ds/{}/{}", self.id, challenge.token);
        Some(if challenge.in_script {
            json!({ "type": "use_stripe_sdk", "use_stripe_sdk": { "type": "three_d_secure_redirect", "stripe_js": url } })
        } else {
            json!({ "type": "redirect_to_url", "redirect_to_url": { "return_url": challenge.return_url, "url": url } })
        })
    }

    /// What a browser that holds the client secret may see.
    fn render_for_browser(&self, book: &Book) -> Value {
        const VISIBLE: &[&str] = &[
            "id",
            "object",
            "amount",
            "automatic_payment_methods",
            "canceled_at",
            "cancellation_reason",
            "capture_method",
            "client_secret",
            "confirmation_method",
            "created",
            "currency",
            "description",
            "last_payment_error",
            "livemode",
            "next_action",
            "payment_method",
            "payment_method_types",
            "processing",
            "receipt_email",
            "setup_future_usage",
            "shipping",
            "source",
            "status",
        ];
        let mut rendered = self.render(book);
        if let Value::Object(fields) = &mut rendered {
            fields.retain(|name, _| VISIBLE.contains(&name.as_str()));
        }
        rendered
    }
}
