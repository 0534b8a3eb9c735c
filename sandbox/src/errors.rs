//! What the API says when it says no, in Stripe's envelope.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::cards::Decline;

/// A refusal, with Stripe's type, code and message.
#[derive(Debug)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    /// Whether the request got as far as being carried out. Only then is the answer kept under its idempotency key.
    pub(crate) executed: bool,
    /// The error object as the API shows it.
    fields: Map<String, Value>,
}

impl ApiError {
    fn new(status: StatusCode, kind: &str, message: impl Into<String>) -> Self {
        let mut error = Self { status, executed: false, fields: Map::new() };
        error.set("type", kind);
        error.set("message", message.into());
        error
    }

    fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.fields.insert(name.to_owned(), value.into());
    }

    fn with_code(mut self, code: &str) -> Self {
        self.set("code", code);
        self.set("doc_url", format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-")));
        self
    }

    fn executed(mut self) -> Self {
        self.executed = true;
        self
    }

    /// A parameter that cannot be accepted.
    pub(crate) fn parameter(code: &str, param: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request_error", message).with_code(code).with_param(param)
    }

    pub(crate) fn unknown_parameter(param: &str) -> Self {
        Self::parameter("parameter_unknown", param, format!("Received unknown parameter: {param}"))
    }

    pub(crate) fn missing_parameter(param: &str) -> Self {
        Self::parameter("parameter_missing", param, format!("Missing required param: {param}."))
    }

    /// An object that is not in the book; `noun` as Stripe writes it, such as `payment_intent`.
    pub(crate) fn no_such(noun: &str, id: &str, param: &str) -> Self {
        let mut error = Self::parameter("resource_missing", param, format!("No such {noun}: '{id}'"));
        error.status = StatusCode::NOT_FOUND;
        error
    }

    pub(crate) fn unknown_address(method: &str, path: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "invalid_request_error", format!("Unrecognized request URL ({method}: {path})."))
    }

    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request_error", message)
    }

    pub(crate) fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_request_error", message)
    }

    /// A secret key is asked for and a publishable one was given.
    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "invalid_request_error", message).with_code("secret_key_required")
    }

    /// The object is in a state that does not allow what was asked.
    pub(crate) fn state(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request_error", message).with_code(code).executed()
    }

    /// An idempotency key that cannot be used for this request.
    pub(crate) fn idempotency(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "idempotency_error", message)
    }

    /// An idempotency key whose first request is still under way.
    pub(crate) fn idempotency_in_use() -> Self {
        let message = "There is currently another in-progress request using this Stripe-Idempotency-Key (that probably means you submitted twice, and the other request is still going through). Please try again later.";
        Self::new(StatusCode::CONFLICT, "invalid_request_error", message).with_code("idempotency_key_in_use")
    }

    pub(crate) fn rate_limited() -> Self {
        let message = "Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "invalid_request_error", message).with_code("rate_limit")
    }

    pub(crate) fn server_fault() -> Self {
        let message = "An unknown error occurred. The sandbox was told to misbehave, or is at fault itself.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "api_error", message).executed()
    }

    /// Card details that cannot be right, found before any bank was asked.
    pub(crate) fn card_details(code: &str, param: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYMENT_REQUIRED, "card_error", message).with_code(code).with_param(param)
    }

    /// The bank said no.
    pub(crate) fn declined(decline: Decline) -> Self {
        let mut error = Self::new(StatusCode::PAYMENT_REQUIRED, "card_error", decline.message()).with_code(decline.code());
        error.set("decline_code", decline.decline_code());
        error.executed()
    }

    /// The shopper did not pass the card issuer's check.
    pub(crate) fn authentication_failed() -> Self {
        Self::state(
            "payment_intent_authentication_failure",
            "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
        )
    }

    pub(crate) fn with_param(mut self, param: impl Into<String>) -> Self {
        self.set("param", param.into());
        self
    }

    pub(crate) fn with_charge(mut self, charge: &str) -> Self {
        self.set("charge", charge);
        self
    }

    pub(crate) fn with_payment_method(mut self, payment_method: Value) -> Self {
        self.set("payment_method", payment_method);
        self
    }

    pub(crate) fn with_payment_intent(mut self, payment_intent: Value) -> Self {
        self.set("payment_intent", payment_intent);
        self
    }

    pub(crate) fn message(&self) -> &str {
        self.fields["message"].as_str().unwrap_or_default()
    }

    /// The parameter at fault, if it is one.
    pub(crate) fn param(&self) -> Option<&str> {
        self.fields.get("param")?.as_str()
    }

    /// The error object itself, as it stands in `last_payment_error`.
    pub(crate) fn object(&self) -> Value {
        Value::Object(self.fields.clone())
    }

    /// The whole body of the answer.
    pub(crate) fn body(&self) -> Value {
        json!({ "error": self.object() })
    }
}
