//! Charges: each attempt to take money, successful or not.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::book::Book;
use crate::cards::{Card, Decline};
use crate::clock::now_seconds;
use crate::errors::ApiError;
use crate::expand;
use crate::form::Parameters;
use crate::ids::new_id;
use crate::intents::Intent;
use crate::listing::{Listing, list_of};
use crate::payment_methods::PaymentMethod;
use crate::refunds;

/// How long a card holds an amount that is not captured.
const AUTHORIZATION_SECONDS: i64 = 7 * 24 * 60 * 60;

/// What a client may ask to have filled in.
pub(crate) const EXPANDABLE: &[&str] = &["payment_intent", "refunds"];

/// One attempt at an intent with one payment method.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Charge {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) payment_intent: String,
    pub(crate) payment_method: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) captured: bool,
    pub(crate) amount_captured: i64,
    /// For a captured charge what went back to the shopper; for a voided authorisation the whole amount.
    pub(crate) amount_refunded: i64,
    pub(crate) voided: bool,
    pub(crate) decline: Option<Decline>,
    /// Whether the shopper passed the issuer's check.
    authenticated: bool,
    description: Option<String>,
    receipt_email: Option<String>,
    pub(crate) transfer_group: Option<String>,
    statement_descriptor_suffix: Option<String>,
    metadata: crate::form::Metadata,
}

impl Charge {
    /// An authorisation, or the record of a decline.
    pub(crate) fn new(intent: &Intent, method: &PaymentMethod, decline: Option<Decline>, authenticated: bool) -> Self {
        Self {
            id: new_id("ch"),
            created: now_seconds(),
            payment_intent: intent.id.clone(),
            payment_method: method.id.clone(),
            amount: intent.amount,
            currency: intent.currency.clone(),
            captured: false,
            amount_captured: 0,
            amount_refunded: 0,
            voided: false,
            decline,
            authenticated,
            description: intent.description.clone(),
            receipt_email: intent.receipt_email.clone(),
            transfer_group: intent.transfer_group.clone(),
            statement_descriptor_suffix: intent.statement_descriptor_suffix.clone(),
            metadata: intent.metadata.clone(),
        }
    }

    /// When the hold on the card ends.
    pub(crate) fn capture_before(&self) -> i64 {
        self.created + AUTHORIZATION_SECONDS
    }

    /// What may still be given back.
    pub(crate) fn refundable(&self) -> i64 {
        if self.captured { self.amount_captured - self.amount_refunded } else { 0 }
    }

    fn refunded_in_full(&self) -> bool {
        self.voided || (self.captured && self.refundable() == 0)
    }

    pub(crate) fn render(&self, book: &Book) -> Value {
        let method = book.payment_methods.get(&self.payment_method);
        json!({
            "id": self.id,
            "object": "charge",
            "amount": self.amount,
            "amount_captured": self.amount_captured,
            "amount_refunded": self.amount_refunded,
            "application": null,
            "application_fee": null,
            "application_fee_amount": null,
            "balance_transaction": null,
            "billing_details": method.map(|method| method.billing_details.render()).unwrap_or_else(|| json!({})),
            "calculated_statement_descriptor": "SOUK SANDBOX",
            "captured": self.captured,
            "created": self.created,
            "currency": self.currency,
            "customer": null,
            "description": self.description,
            "disputed": false,
            "failure_balance_transaction": null,
            "failure_code": self.decline.map(Decline::code),
            "failure_message": self.decline.map(Decline::message),
            "fraud_details": {},
            "livemode": false,
            "metadata": self.metadata,
            "on_behalf_of": null,
            "outcome": self.outcome(),
            "paid": self.decline.is_none(),
            "payment_intent": self.payment_intent,
            "payment_method": self.payment_method,
            "payment_method_details": {
                "card": method.map(|method| self.card_details(&method.card)),
                "type": "card",
            },
            "receipt_email": self.receipt_email,
            "receipt_number": null,
            "receipt_url": null,
            "refunded": self.refunded_in_full(),
            "review": null,
            "shipping": null,
            "source": null,
            "source_transfer": null,
            "statement_descriptor": null,
            "statement_descriptor_suffix": self.statement_descriptor_suffix,
            "status": if self.decline.is_some() { "failed" } else { "succeeded" },
            "transfer_data": null,
            "transfer_group": self.transfer_group,
        })
    }

    fn card_details(&self, card: &Card) -> Value {
        json!({
            "amount_authorized": self.decline.is_none().then_some(self.amount),
            "authorization_code": null,
            "brand": card.brand,
            "capture_before": (self.decline.is_none() && !self.captured && !self.voided).then(|| self.capture_before()),
            "checks": {
                "address_line1_check": null,
                "address_postal_code_check": null,
                "cvc_check": if self.decline == Some(Decline::IncorrectCvc) { "fail" } else { "pass" },
            },
            "country": card.country,
            "exp_month": card.exp_month,
            "exp_year": card.exp_year,
            "fingerprint": card.fingerprint,
            "funding": card.funding,
            "installments": null,
            "last4": card.last4,
            "mandate": null,
            "network": card.brand,
            "network_token": { "used": false },
            "three_d_secure": self.authenticated.then(|| json!({
                "authentication_flow": "challenge",
                "electronic_commerce_indicator": "05",
                "exemption_indicator": null,
                "result": "authenticated",
                "result_reason": null,
                "transaction_id": self.id,
                "version": "2.2.0",
            })),
            "wallet": null,
        })
    }

    fn outcome(&self) -> Value {
        match self.decline {
            None => json!({
                "advice_code": null, "network_advice_code": null, "network_decline_code": null,
                "network_status": "approved_by_network", "reason": null, "risk_level": "normal", "risk_score": 7,
                "seller_message": "Payment complete.", "type": "authorized",
            }),
            Some(decline) => json!({
                "advice_code": null, "network_advice_code": null, "network_decline_code": null,
                "network_status": "declined_by_network", "reason": decline.decline_code(), "risk_level": "normal", "risk_score": 7,
                "seller_message": "The bank did not approve this payment.", "type": "issuer_declined",
            }),
        }
    }
}

/// `GET /v1/charges/{id}`
pub(crate) fn retrieve(book: &Book, id: &str, mut parameters: Parameters) -> Result<Value, ApiError> {
    let wanted = expand::wanted(&mut parameters, EXPANDABLE)?;
    parameters.finish()?;
    let charge = book.charges.get(id).ok_or_else(|| ApiError::no_such("charge", id, "charge"))?;
    Ok(expand::fill(book, charge.render(book), &wanted))
}

/// `GET /v1/charges`
pub(crate) fn list(book: &Book, mut parameters: Parameters) -> Result<Value, ApiError> {
    let wanted = expand::wanted_in_list(&mut parameters, EXPANDABLE)?;
    let payment_intent = parameters.text("payment_intent")?;
    let transfer_group = parameters.text("transfer_group")?;
    let listing = Listing::from_parameters(&mut parameters)?;
    parameters.finish()?;
    let matching = book.charges.newest_first().filter(|charge| {
        payment_intent.as_ref().is_none_or(|id| charge.payment_intent == *id)
            && transfer_group.as_ref().is_none_or(|group| charge.transfer_group.as_ref() == Some(group))
    });
    let (page, has_more) = listing.page(matching, |charge| (&charge.id, charge.created), "charge")?;
    let rendered = page.into_iter().map(|charge| expand::fill(book, charge.render(book), &wanted)).collect();
    Ok(list_of(rendered, has_more, "/v1/charges"))
}

/// The refunds of a charge, as the `refunds` field shows them.
pub(crate) fn refunds_of(book: &Book, charge: &str) -> Value {
    let rendered = book.refunds.newest_first().filter(|refund| refund.charge == charge).map(refunds::Refund::render).collect();
    list_of(rendered, false, &format!("/v1/charges/{charge}/refunds"))
}
