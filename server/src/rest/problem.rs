//! How the API says no: `application/problem+json` (RFC 9457) with a code from one closed list.

use crate::middleware::{fault, request_id};
use axum::Json;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use backend::Failure;
use domain::accounts::{AccountRefusal, PasswordWeakness};
use domain::address::FieldError;
use domain::cart::CartRefusal;
use domain::checkout::CheckoutRefusal;
use domain::id::{OrderId, VariantId};
use domain::orders::{OrderNumber, OrderRefusal};
use domain::payments::PaymentRefusal;
use domain::pricing::{CouponRefusal, QuoteView};
use domain::refusal::NoRefusal;
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::openapi::{Content, Ref, RefOr, Response as DescribedResponse, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

/// What clients should wait when it is not known how long something lasts, in seconds.
const RETRY_AFTER_S: u32 = 2;
/// The window of the sign-in limits, in seconds.
const SIGN_IN_WINDOW_S: u32 = 15 * 60;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $status:literal $title:literal),* $(,)?) => {
        /// Every reason the API can give. Codes may be added, none is removed or changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum ErrorCode { $($(#[$doc])* $name),* }

        impl ErrorCode {
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$name),*];

            /// The status each is sent with.
            pub fn status(self) -> StatusCode {
                let status: u16 = match self { $(ErrorCode::$name => $status),* };
                StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }

            pub fn title(self) -> &'static str {
                match self { $(ErrorCode::$name => $title),* }
            }
        }
    };
}

codes! {
    InvalidJson = 400 "The body is not JSON",
    InvalidRequest = 400 "The request cannot be read",
    IdempotencyKeyRequired = 400 "An Idempotency-Key is required",
    IdempotencyKeyInvalid = 400 "The Idempotency-Key is not one",
    SignatureInvalid = 400 "The signature is not right",
    CredentialsRequired = 401 "Credentials are required",
    InvalidToken = 401 "The token is not valid",
    InvalidCredentials = 401 "The e-mail address or the password is not right",
    Forbidden = 403 "Not allowed",
    NotFound = 404 "Not found",
    CartNotFound = 404 "The cart was not found",
    VariantNotFound = 404 "The variant was not found",
    MethodNotAllowed = 405 "The method is not allowed",
    RequestTimeout = 408 "The request did not arrive in time",
    EmailTaken = 409 "The e-mail address is taken",
    OutOfStock = 409 "Out of stock",
    TotalChanged = 409 "The total has changed",
    OrderPending = 409 "The cart has an order that waits for its payment",
    PaymentInProgress = 409 "A payment is under way",
    LineWithdrawn = 409 "A line is no longer for sale",
    AlreadyPaid = 409 "The order is paid already",
    OrderExpired = 409 "The time to pay the order is over",
    OrderCanceled = 409 "The order was canceled",
    IdempotencyInProgress = 409 "The first request with this key still runs",
    PayloadTooLarge = 413 "The body is too large",
    UnsupportedMediaType = 415 "The body must be application/json",
    ValidationFailed = 422 "Something in the request is not valid",
    IdempotencyKeyReused = 422 "The key was used for another request",
    QuantityLimit = 422 "The cart cannot hold as many",
    CartEmpty = 422 "The cart is empty",
    ShippingOptionUnknown = 422 "The shipping option is not offered",
    NotShipped = 422 "A seller does not ship to the address",
    TotalNotPayable = 422 "The total cannot be paid",
    CouponInvalid = 422 "There is no such coupon",
    CouponExpired = 422 "The coupon has expired",
    CouponNotApplicable = 422 "The coupon is not for what is in the cart",
    CouponUsedUp = 422 "The coupon has been used as often as it may be",
    PaymentMethodInvalid = 422 "The payment method cannot be used",
    TooManyRequests = 429 "Too many requests",
    InternalError = 500 "A fault of ours",
    Unavailable = 503 "Not available for a moment",
}

impl ErrorCode {
    /// The plainest code of a status.
    pub fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 => ErrorCode::CredentialsRequired,
            403 => ErrorCode::Forbidden,
            404 => ErrorCode::NotFound,
            405 => ErrorCode::MethodNotAllowed,
            408 => ErrorCode::RequestTimeout,
            413 => ErrorCode::PayloadTooLarge,
            415 => ErrorCode::UnsupportedMediaType,
            422 => ErrorCode::ValidationFailed,
            429 => ErrorCode::TooManyRequests,
            503 => ErrorCode::Unavailable,
            400..=499 => ErrorCode::InvalidRequest,
            _ => ErrorCode::InternalError,
        }
    }
}

/// One thing that is wrong, and what helps to mend it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemError {
    /// Where: `shipping_address.city`, `lines[0]`, a query parameter's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    pub code: String,
    pub message: String,
    /// How many there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant_id: Option<VariantId>,
    /// How many there may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<OrderNumber>,
    /// Opens the order: to be sent as `Order-Token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// The total as it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<Box<QuoteView>>,
}

impl ProblemError {
    pub fn new(field: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: Some(field.into()), code: code.into(), message: message.into(), ..Self::default() }
    }
}

/// The document that is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// Leads to what is written about the code.
    #[schema(value_type = String)]
    r#type: String,
    title: &'static str,
    status: u16,
    code: ErrorCode,
    detail: String,
    errors: Vec<ProblemError>,
    /// The request's id, as it stands in our log.
    trace_id: String,
}

/// A refusal on its way out.
#[derive(Clone, Debug)]
pub struct Problem {
    pub code: ErrorCode,
    pub detail: String,
    pub errors: Vec<ProblemError>,
    headers: Vec<(HeaderName, String)>,
    /// Whether something broke, so that nobody knows what of the request was done.
    pub(super) is_fault: bool,
}

impl Problem {
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        let mut headers = Vec::new();
        match code.status().as_u16() {
            401 => headers.push((WWW_AUTHENTICATE, "Bearer realm=\"souk\"".to_owned())),
            503 => headers.push((RETRY_AFTER, RETRY_AFTER_S.to_string())),
            _ => (),
        }
        Self { code, detail: detail.into(), errors: Vec::new(), headers, is_fault: false }
    }

    /// 422 with the fields it is about.
    pub fn invalid(errors: Vec<ProblemError>) -> Self {
        let detail = errors.first().map_or_else(|| "Something is not valid.".to_owned(), |error| error.message.clone());
        Self::new(ErrorCode::ValidationFailed, detail).with(errors)
    }

    pub fn with(mut self, errors: Vec<ProblemError>) -> Self {
        self.errors = errors;
        self
    }

    /// Of a fault of ours, rather than a refusal.
    pub(crate) fn fault(mut self) -> Self {
        self.is_fault = true;
        self
    }

    /// Tells when to try again.
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.headers.retain(|(name, _)| *name != RETRY_AFTER);
        self.headers.push((RETRY_AFTER, seconds.max(1).to_string()));
        self
    }

    fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((HeaderName::from_static(name), value));
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { code, detail, errors, headers, is_fault: _ } = self;
        let slug = serde_json::to_value(code).ok().and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default();
        let document = ProblemDocument {
            r#type: format!("/api/docs#{slug}"),
            title: code.title(),
            status: code.status().as_u16(),
            code,
            detail,
            errors,
            trace_id: request_id::current(),
        };
        let mut response = (code.status(), Json(document)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// Gives the router's own bare refusals (405) their document.
pub async fn fill_in(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let response = next.run(request).await;
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    let mut answer =
        Problem::new(ErrorCode::MethodNotAllowed, format!("{method} is not possible here; see the header Allow.")).into_response();
    if let Some(allowed) = response.headers().get(ALLOW) {
        answer.headers_mut().insert(ALLOW, allowed.clone());
    }
    answer
}

// Refusals of the features --------------------------------------------------------------------------------------------

/// A feature's refusal as a problem.
pub trait Refusal: std::fmt::Display {
    fn problem(self) -> Problem;
}

impl<R: Refusal> From<Failure<R>> for Problem {
    fn from(failure: Failure<R>) -> Self {
        match failure {
            Failure::Refused(refusal) => refusal.problem(),
            Failure::Unauthorized => Problem::new(ErrorCode::CredentialsRequired, "Sign in, or send the token this needs."),
            Failure::Forbidden => Problem::new(ErrorCode::Forbidden, "This is not open to you."),
            Failure::NotFound => Problem::new(ErrorCode::NotFound, "There is no such thing, or it is somebody else's."),
            Failure::Internal(error) => fault::internal(&error),
        }
    }
}

impl Refusal for NoRefusal {
    fn problem(self) -> Problem {
        match self {}
    }
}

impl Refusal for AccountRefusal {
    fn problem(self) -> Problem {
        let detail = self.to_string();
        let field = |field: &str, code: &str| Problem::invalid(vec![ProblemError::new(field, code, detail.clone())]);
        match self {
            AccountRefusal::EmailTaken => {
                Problem::new(ErrorCode::EmailTaken, detail.clone()).with(vec![ProblemError::new("email", "email_taken", detail)])
            }
            AccountRefusal::InvalidEmail => field("email", "invalid"),
            AccountRefusal::InvalidName => field("name", "invalid"),
            AccountRefusal::WeakPassword { weakness } => field(
                "password",
                match weakness {
                    PasswordWeakness::TooShort => "too_short",
                    PasswordWeakness::TooLong => "too_long",
                    PasswordWeakness::Guessable => "guessable",
                },
            ),
            AccountRefusal::InvalidCredentials => Problem::new(ErrorCode::InvalidCredentials, detail),
            AccountRefusal::LinkInvalid => Problem::new(ErrorCode::NotFound, detail),
            AccountRefusal::TooManyTries { retry_after_s } => Problem::new(ErrorCode::TooManyRequests, detail)
                .retry_after(retry_after_s)
                .header("ratelimit-policy", format!("\"sign-in\";w={SIGN_IN_WINDOW_S}"))
                .header("ratelimit", format!("\"sign-in\";r=0;t={}", retry_after_s.max(1))),
        }
    }
}

impl Refusal for CartRefusal {
    fn problem(self) -> Problem {
        let detail = self.to_string();
        let one = |code: ErrorCode, error: ProblemError| Problem::new(code, detail.clone()).with(vec![error]);
        match self {
            CartRefusal::CartNotFound => Problem::new(ErrorCode::CartNotFound, detail),
            CartRefusal::OutOfStock { available } => {
                let error = ProblemError { available: Some(available), ..ProblemError::new("quantity", "out_of_stock", detail.clone()) };
                one(ErrorCode::OutOfStock, error)
            }
            CartRefusal::QuantityLimit { max } => {
                let error = ProblemError { max: Some(max), ..ProblemError::new("quantity", "quantity_limit", detail.clone()) };
                one(ErrorCode::QuantityLimit, error)
            }
            CartRefusal::LineLimit { max } => {
                let error = ProblemError { max: Some(max), ..ProblemError::new("variant_id", "quantity_limit", detail.clone()) };
                one(ErrorCode::QuantityLimit, error)
            }
            CartRefusal::VariantNotFound => Problem::new(ErrorCode::VariantNotFound, detail),
            CartRefusal::Coupon(refusal) => refusal.problem(),
            CartRefusal::Unavailable => Problem::new(ErrorCode::Unavailable, detail),
        }
    }
}

impl Refusal for CouponRefusal {
    fn problem(self) -> Problem {
        let (code, name) = match self {
            CouponRefusal::CouponInvalid => (ErrorCode::CouponInvalid, "coupon_invalid"),
            CouponRefusal::CouponExpired => (ErrorCode::CouponExpired, "coupon_expired"),
            CouponRefusal::CouponNotApplicable { .. } => (ErrorCode::CouponNotApplicable, "coupon_not_applicable"),
            CouponRefusal::CouponUsedUp => (ErrorCode::CouponUsedUp, "coupon_used_up"),
        };
        Problem::new(code, self.to_string()).with(vec![ProblemError::new("coupon", name, self.to_string())])
    }
}

impl Refusal for CheckoutRefusal {
    fn problem(self) -> Problem {
        let detail = self.to_string();
        let plain = |code| Problem::new(code, detail.clone());
        match self {
            CheckoutRefusal::CartEmpty => plain(ErrorCode::CartEmpty),
            CheckoutRefusal::CartNotFound => plain(ErrorCode::CartNotFound),
            CheckoutRefusal::Invalid { errors } => {
                plain(ErrorCode::ValidationFailed).with(errors.into_iter().map(ProblemError::from).collect())
            }
            CheckoutRefusal::OutOfStock { lines } => {
                let errors = lines.into_iter().map(|line| ProblemError {
                    variant_id: Some(line.variant_id),
                    available: Some(line.available),
                    ..ProblemError::new(format!("lines[{}]", line.line), "out_of_stock", format!("Only {} left.", line.available))
                });
                plain(ErrorCode::OutOfStock).with(errors.collect())
            }
            CheckoutRefusal::TotalChanged { quote } => {
                let error = ProblemError { quote: Some(quote), ..ProblemError::new("expected_total", "total_changed", detail.clone()) };
                plain(ErrorCode::TotalChanged).with(vec![error])
            }
            CheckoutRefusal::OrderPending { order_id, number, access_token } => {
                let error = ProblemError {
                    code: "order_pending".to_owned(),
                    message: detail.clone(),
                    order_id: Some(order_id),
                    number: Some(number),
                    access_token: Some(access_token),
                    ..ProblemError::default()
                };
                plain(ErrorCode::OrderPending).with(vec![error])
            }
            CheckoutRefusal::PaymentInProgress => plain(ErrorCode::PaymentInProgress),
            CheckoutRefusal::ShippingOptionUnknown => plain(ErrorCode::ShippingOptionUnknown),
            CheckoutRefusal::NotShipped { .. } => plain(ErrorCode::NotShipped),
            CheckoutRefusal::LineWithdrawn => plain(ErrorCode::LineWithdrawn),
            CheckoutRefusal::TotalNotPayable { .. } => {
                plain(ErrorCode::TotalNotPayable).with(vec![ProblemError::new("total", "total_not_payable", detail.clone())])
            }
            CheckoutRefusal::Coupon(refusal) => refusal.problem(),
        }
    }
}

impl Refusal for PaymentRefusal {
    fn problem(self) -> Problem {
        let code = match self {
            PaymentRefusal::AlreadyPaid => ErrorCode::AlreadyPaid,
            PaymentRefusal::PaymentInProgress => ErrorCode::PaymentInProgress,
            PaymentRefusal::OrderExpired => ErrorCode::OrderExpired,
            PaymentRefusal::OrderCanceled => ErrorCode::OrderCanceled,
            PaymentRefusal::PaymentMethodInvalid => ErrorCode::PaymentMethodInvalid,
            PaymentRefusal::GatewayUnavailable => ErrorCode::Unavailable,
        };
        Problem::new(code, self.to_string())
    }
}

impl Refusal for OrderRefusal {
    fn problem(self) -> Problem {
        let code = match self {
            OrderRefusal::PaymentInProgress => ErrorCode::PaymentInProgress,
            OrderRefusal::OrderShipped => ErrorCode::Forbidden,
            OrderRefusal::LinkInvalid => ErrorCode::NotFound,
        };
        Problem::new(code, self.to_string())
    }
}

impl From<FieldError> for ProblemError {
    fn from(error: FieldError) -> Self {
        ProblemError::new(error.field, error.code, error.message)
    }
}

// In the description --------------------------------------------------------------------------------------------------

macro_rules! described {
    ($($(#[$doc:meta])* $name:ident = [$($status:literal),*]),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<DescribedResponse>> {
                BTreeMap::from([$(($status.to_string(), RefOr::T(describe($status)))),*])
            }
        }
    )*};
}

described! {
    /// What any operation can answer.
    Always = [401, 404, 422, 500, 503],
    /// What any operation that changes something can answer beside [`Always`].
    Changing = [403, 408, 413],
    /// Operations with a body.
    WithBody = [400, 415],
    /// A conflict with what is.
    Conflict = [409],
    /// Throttled operations.
    Throttled = [429],
}

/// The problem documents of one status, with the codes that it may have.
fn describe(status: u16) -> DescribedResponse {
    let codes = ErrorCode::ALL.iter().filter(|code| code.status().as_u16() == status);
    let titles: Vec<&str> = codes.map(|code| code.title()).collect();
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    ResponseBuilder::new().description(titles.join(" · ")).content("application/problem+json", content).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_of_errors() {
        let mut names: Vec<String> = ErrorCode::ALL.iter().map(|code| serde_json::to_string(code).unwrap()).collect();
        assert!(ErrorCode::ALL.iter().all(|code| code.status().is_client_error() || code.status().is_server_error()));
        names.sort();
        names.dedup();
        assert_eq!(names.len(), ErrorCode::ALL.len());
    }

    #[test]
    fn each_short_line_is_named() {
        let variant = VariantId(uuid::Uuid::from_u128(7));
        let line = domain::inventory::Shortage { line: 1, variant_id: variant, available: 2 };
        let problem = CheckoutRefusal::OutOfStock { lines: vec![line] }.problem();
        assert_eq!(problem.code, ErrorCode::OutOfStock);
        let error = serde_json::to_value(&problem.errors[0]).unwrap();
        assert_eq!(error["field"], "lines[1]");
        assert_eq!((&error["available"], &error["variant_id"]), (&2.into(), &variant.to_string().into()));
        assert!(error.get("quote").is_none());
    }

    #[test]
    fn nobody_learns_what_went_wrong_inside() {
        let failure: Failure<NoRefusal> = anyhow::anyhow!("relation \"souk_secret\" does not exist").into();
        let problem = Problem::from(failure);
        assert_eq!(problem.code, ErrorCode::InternalError);
        assert!(!format!("{problem:?}").contains("souk_secret"));
    }
}
