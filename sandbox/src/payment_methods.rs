//! Payment methods: what a shopper pays with. Cards only.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::book::Book;
use crate::cards::Card;
use crate::clock::now_seconds;
use crate::errors::ApiError;
use crate::form::{Metadata, Parameters};
use crate::ids::new_id;

/// A card that may be used for one payment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PaymentMethod {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) card: Card,
    pub(crate) billing_details: BillingDetails,
    metadata: Metadata,
    /// The intent that it paid; without a customer it cannot pay another one.
    pub(crate) spent_on: Option<String>,
}

/// Whose card it is, as far as they said.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct BillingDetails {
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    phone: Option<String>,
    address: Option<Address>,
}

/// A postal address, in Stripe's fields.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Address {
    city: Option<String>,
    country: Option<String>,
    line1: Option<String>,
    line2: Option<String>,
    postal_code: Option<String>,
    state: Option<String>,
}

impl Address {
    pub(crate) fn from_parameters(mut parameters: Parameters) -> Result<Self, ApiError> {
        let mut field = |name| Ok::<_, ApiError>(parameters.clearable_text(name)?.flatten());
        let address = Self {
            city: field("city")?,
            country: field("country")?,
            line1: field("line1")?,
            line2: field("line2")?,
            postal_code: field("postal_code")?,
            state: field("state")?,
        };
        parameters.finish()?;
        Ok(address)
    }
}

impl BillingDetails {
    pub(crate) fn new(name: Option<String>, email: Option<String>) -> Self {
        Self { name, email, ..Self::default() }
    }

    fn from_parameters(mut parameters: Parameters) -> Result<Self, ApiError> {
        let details = Self {
            name: parameters.clearable_text("name")?.flatten(),
            email: parameters.clearable_text("email")?.flatten(),
            phone: parameters.clearable_text("phone")?.flatten(),
            address: parameters.section("address")?.map(Address::from_parameters).transpose()?,
        };
        parameters.finish()?;
        Ok(details)
    }

    pub(crate) fn render(&self) -> Value {
        let address = self.address.clone().unwrap_or_default();
        json!({ "address": address, "email": self.email, "name": self.name, "phone": self.phone, "tax_id": null })
    }
}

impl PaymentMethod {
    pub(crate) fn new(card: Card, billing_details: BillingDetails, metadata: Metadata) -> Self {
        Self { id: new_id("pm"), created: now_seconds(), card, billing_details, metadata, spent_on: None }
    }

    /// Reads the parameters of a new payment method; used on its own and inside an intent's confirmation.
    pub(crate) fn from_parameters(mut parameters: Parameters, fingerprint_key: &[u8]) -> Result<Self, ApiError> {
        let kind = parameters.name_of("type");
        if parameters.required_text("type")? != "card" {
            return Err(ApiError::parameter("parameter_invalid", kind, "The sandbox takes cards only: type must be card."));
        }
        let billing_details = parameters.section("billing_details")?.map(BillingDetails::from_parameters).transpose()?;
        let metadata = parameters.metadata()?.initial();
        let missing = parameters.name_of("card");
        let card = parameters.section("card")?.ok_or_else(|| ApiError::missing_parameter(&missing))?;
        parameters.finish()?;
        let card = Card::from_parameters(card, fingerprint_key)?;
        Ok(Self::new(card, billing_details.unwrap_or_default(), metadata))
    }

    pub(crate) fn render(&self) -> Value {
        let card = &self.card;
        json!({
            "id": self.id,
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": self.billing_details.render(),
            "card": {
                "brand": card.brand,
                "checks": { "address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass" },
                "country": card.country,
                "display_brand": card.brand,
                "exp_month": card.exp_month,
                "exp_year": card.exp_year,
                "fingerprint": card.fingerprint,
                "funding": card.funding,
                "generated_from": null,
                "last4": card.last4,
                "networks": { "available": [card.brand], "preferred": null },
                "regulated_status": "unregulated",
                "three_d_secure_usage": { "supported": true },
                "wallet": null,
            },
            "created": self.created,
            "customer": null,
            "customer_account": null,
            "livemode": false,
            "metadata": self.metadata,
            "type": "card",
        })
    }
}

/// Reads the types of payment that a client allows, under the current name of the parameter and under the one that
/// versions before 2026-09-30 use; whether any were named.
///
/// # Errors
/// A type other than card.
pub(crate) fn take_allowed_types(parameters: &mut Parameters) -> Result<bool, ApiError> {
    let mut named = false;
    for name in ["allowed_payment_method_types", "payment_method_types"] {
        let Some(types) = parameters.texts(name)? else { continue };
        if let Some(other) = types.iter().find(|kind| *kind != "card") {
            let message = format!("The payment method type provided: {other} is invalid. The sandbox takes cards only.");
            return Err(ApiError::parameter("parameter_invalid", name, message));
        }
        named = true;
    }
    Ok(named)
}

/// `POST /v1/payment_methods`
pub(crate) fn create(book: &mut Book, parameters: Parameters) -> Result<Value, ApiError> {
    let method = PaymentMethod::from_parameters(parameters, book.fingerprint_key())?;
    let rendered = method.render();
    book.put(method);
    Ok(rendered)
}

/// `GET /v1/payment_methods/{id}`
pub(crate) fn retrieve(book: &Book, id: &str, parameters: Parameters) -> Result<Value, ApiError> {
    parameters.finish()?;
    let method = resolve(book, id, "payment_method")?;
    Ok(method.render())
}

/// The payment method that a request names: one in the book, or a new one for a public test name.
pub(crate) fn resolve(book: &Book, id: &str, param: &str) -> Result<PaymentMethod, ApiError> {
    if let Some(card) = Card::by_test_name(id, book.fingerprint_key()) {
        return Ok(PaymentMethod::new(card, BillingDetails::default(), Metadata::new()));
    }
    book.payment_methods.get(id).cloned().ok_or_else(|| ApiError::no_such("PaymentMethod", id, param))
}
