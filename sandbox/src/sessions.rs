//! Checkout Sessions: the hosted page, for browsers without JavaScript.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::book::Book;
use crate::clock::now_seconds;
use crate::currencies::{check_amount, parse_currency};
use crate::errors::ApiError;
use crate::events;
use crate::expand;
use crate::form::{Metadata, MetadataChange, Parameters};
use crate::ids::{new_id, token};
use crate::intents::{self, Intent, Status};
use crate::listing::list_of;
use crate::payment_methods::take_allowed_types;

/// What a client may ask to have filled in.
const EXPANDABLE: &[&str] = &["line_items", "payment_intent", "payment_intent.latest_charge", "payment_intent.payment_method"];

/// A session lives between half an hour and a day, by Stripe's rule.
const SHORTEST_SECONDS: i64 = 30 * 60;
const LONGEST_SECONDS: i64 = 24 * 60 * 60;
/// Stripe's limit on lines in payment mode.
const LINES_LIMIT: usize = 100;
/// What clients' clocks and the network may take from the shortest life.
const CLOCK_LEEWAY_SECONDS: i64 = 5;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SessionStatus {
    Open,
    Complete,
    Expired,
}

/// One line of what is bought.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LineItem {
    id: String,
    price: String,
    product: String,
    pub(crate) name: String,
    pub(crate) unit_amount: i64,
    pub(crate) quantity: i64,
}

impl LineItem {
    pub(crate) fn total(&self) -> i64 {
        self.unit_amount.saturating_mul(self.quantity)
    }
}

/// One visit to the hosted page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: String,
    created: i64,
    pub(crate) expires_at: i64,
    pub(crate) status: SessionStatus,
    pub(crate) currency: String,
    pub(crate) line_items: Vec<LineItem>,
    pub(crate) success_url: String,
    pub(crate) cancel_url: Option<String>,
    pub(crate) customer_email: Option<String>,
    client_reference_id: Option<String>,
    locale: Option<String>,
    metadata: Metadata,
    intent_data: IntentData,
    /// Made when the shopper first tries to pay.
    pub(crate) payment_intent: Option<String>,
    pub(crate) paid_by: Option<Payer>,
}

/// Who filled in the hosted page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Payer {
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
}

/// What the session's intent will carry.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct IntentData {
    captured_by_hand: bool,
    metadata: Metadata,
    description: Option<String>,
    receipt_email: Option<String>,
    transfer_group: Option<String>,
    statement_descriptor_suffix: Option<String>,
}

impl Session {
    pub(crate) fn total(&self) -> i64 {
        self.line_items.iter().map(LineItem::total).fold(0, i64::saturating_add)
    }

    pub(crate) fn is_open(&self) -> bool {
        self.status == SessionStatus::Open && self.expires_at > now_seconds()
    }

    /// Where the shopper goes once paid.
    pub(crate) fn success_address(&self) -> String {
        self.success_url.replace("{CHECKOUT_SESSION_ID}", &self.id)
    }

    fn new_intent(&self) -> Intent {
        let data = &self.intent_data;
        let mut intent = Intent::new(self.total(), self.currency.clone()).captured_by_hand(data.captured_by_hand);
        intent.metadata.clone_from(&data.metadata);
        intent.description.clone_from(&data.description);
        intent.receipt_email = data.receipt_email.clone().or_else(|| self.customer_email.clone());
        intent.transfer_group.clone_from(&data.transfer_group);
        intent.statement_descriptor_suffix.clone_from(&data.statement_descriptor_suffix);
        intent.checkout_session = Some(self.id.clone());
        intent
    }

    pub(crate) fn render(&self, book: &Book) -> Value {
        let total = self.total();
        let intent = self.payment_intent.as_ref().and_then(|id| book.intents.get(id));
        let paid = intent.is_some_and(|intent| intent.status == Status::Succeeded);
        let email = self.paid_by.as_ref().and_then(|payer| payer.email.as_ref()).or(self.customer_email.as_ref());
        json!({
            "id": self.id,
            "object": "checkout.session",
            "adaptive_pricing": { "enabled": false },
            "after_expiration": null,
            "allow_promotion_codes": null,
            "amount_subtotal": total,
            "amount_total": total,
            "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
            "billing_address_collection": null,
            "cancel_url": self.cancel_url,
            "client_reference_id": self.client_reference_id,
            "client_secret": null,
            "collected_information": null,
            "consent": null,
            "consent_collection": null,
            "created": self.created,
            "currency": self.currency,
            "currency_conversion": null,
            "custom_fields": [],
            "custom_text": { "after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null },
            "customer": null,
            "customer_account": null,
            "customer_creation": "if_required",
            "customer_details": (email.is_some() || self.paid_by.is_some()).then(|| json!({
                "address": null, "business_name": null, "email": email, "individual_name": null,
                "name": self.paid_by.as_ref().and_then(|payer| payer.name.as_ref()),
                "phone": null, "tax_exempt": "none", "tax_ids": null,
            })),
            "customer_email": self.customer_email,
            "discounts": [],
            "expires_at": self.expires_at,
            "invoice": null,
            "invoice_creation": null,
            "livemode": false,
            "locale": self.locale,
            "metadata": self.metadata,
            "mode": "payment",
            "origin_context": null,
            "payment_intent": self.payment_intent,
            "payment_link": null,
            "payment_method_collection": "always",
            "payment_method_configuration_details": null,
            "payment_method_options": { "card": { "request_three_d_secure": "automatic" } },
            "payment_method_types": ["card"],
            "payment_status": if paid { "paid" } else { "unpaid" },
            "permissions": null,
            "phone_number_collection": { "enabled": false },
            "recovered_from": null,
            "saved_payment_method_options": null,
            "setup_intent": null,
            "shipping_address_collection": null,
            "shipping_cost": null,
            "shipping_options": [],
            "status": self.status,
            "submit_type": null,
            "subscription": null,
            "success_url": self.success_url,
            "total_details": { "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 },
            "ui_mode": "hosted_page",
            "url": (self.status == SessionStatus::Open).then(|| format!("{}/c/pay/{}", book.origin(), self.id)),
            "wallet_options": null,
        })
    }
}

/// The `line_items` of a session, which are shown only on request.
pub(crate) fn line_items_of(session: &Session) -> Value {
    let rendered = session.line_items.iter().map(|line| {
        json!({
            "id": line.id,
            "object": "item",
            "adjustable_quantity": null,
            "amount_discount": 0,
            "amount_subtotal": line.total(),
            "amount_tax": 0,
            "amount_total": line.total(),
            "currency": session.currency,
            "description": line.name,
            "metadata": {},
            "price": {
                "id": line.price,
                "object": "price",
                "active": false,
                "billing_scheme": "per_unit",
                "created": session.created,
                "currency": session.currency,
                "custom_unit_amount": null,
                "livemode": false,
                "lookup_key": null,
                "metadata": {},
                "nickname": null,
                "product": line.product,
                "recurring": null,
                "tax_behavior": "unspecified",
                "tiers_mode": null,
                "transform_quantity": null,
                "type": "one_time",
                "unit_amount": line.unit_amount,
                "unit_amount_decimal": line.unit_amount.to_string(),
            },
            "quantity": line.quantity,
        })
    });
    list_of(rendered.collect(), false, &format!("/v1/checkout/sessions/{}/line_items", session.id))
}

/// `POST /v1/checkout/sessions`
pub(crate) fn create(book: &mut Book, mut parameters: Parameters) -> Result<Value, ApiError> {
    require_supported(&mut parameters)?;
    let (currency, line_items) = line_items(&mut parameters)?;
    let now = now_seconds();
    let session = Session {
        id: format!("cs_test_{}", token(58)),
        created: now,
        expires_at: expiry(&mut parameters, now)?,
        status: SessionStatus::Open,
        currency,
        line_items,
        success_url: address(&mut parameters, "success_url")?.ok_or_else(|| ApiError::missing_parameter("success_url"))?,
        cancel_url: address(&mut parameters, "cancel_url")?,
        customer_email: parameters.text("customer_email")?,
        client_reference_id: parameters.text("client_reference_id")?,
        locale: parameters.text("locale")?,
        metadata: parameters.metadata()?.initial(),
        intent_data: parameters.section("payment_intent_data")?.map(IntentData::from_parameters).transpose()?.unwrap_or_default(),
        payment_intent: None,
        paid_by: None,
    };
    let wanted = expand::wanted(&mut parameters, EXPANDABLE)?;
    parameters.finish()?;
    check_amount(session.total(), &session.currency, "line_items")?;
    let rendered = session.render(book);
    book.put(session);
    Ok(expand::fill(book, rendered, &wanted))
}

/// Payment by card on the hosted page is all there is; saying so is allowed.
fn require_supported(parameters: &mut Parameters) -> Result<(), ApiError> {
    if parameters.required_text("mode")? != "payment" {
        return Err(ApiError::parameter("parameter_invalid", "mode", "The sandbox knows mode=payment only."));
    }
    parameters.choice("ui_mode", &["hosted", "hosted_page"])?;
    parameters.choice("submit_type", &["auto", "pay", "book"])?;
    take_allowed_types(parameters)?;
    Ok(())
}

fn line_items(parameters: &mut Parameters) -> Result<(String, Vec<LineItem>), ApiError> {
    let sections = parameters.sections("line_items")?;
    if sections.is_empty() {
        return Err(ApiError::missing_parameter("line_items"));
    }
    if sections.len() > LINES_LIMIT {
        return Err(ApiError::parameter("parameter_invalid", "line_items", "A session can have up to 100 line items."));
    }
    let mut common: Option<String> = None;
    let mut lines = Vec::with_capacity(sections.len());
    for section in sections {
        let (currency, line) = line_item(section)?;
        if common.get_or_insert_with(|| currency.clone()) != &currency {
            return Err(ApiError::parameter("parameter_invalid", "line_items", "All line items must have the same currency."));
        }
        lines.push(line);
    }
    Ok((common.unwrap_or_default(), lines))
}

fn line_item(mut section: Parameters) -> Result<(String, LineItem), ApiError> {
    if let Some(price) = section.text("price")? {
        return Err(ApiError::no_such("price", &price, &section.name_of("price")));
    }
    let quantity_name = section.name_of("quantity");
    let quantity = section.required_integer("quantity")?;
    if !(1..=999_999).contains(&quantity) {
        return Err(ApiError::parameter("parameter_invalid_integer", quantity_name, "This value must be between 1 and 999999."));
    }
    let missing = section.name_of("price_data");
    let mut price = section.section("price_data")?.ok_or_else(|| ApiError::missing_parameter(&missing))?;
    section.finish()?;
    let currency_name = price.name_of("currency");
    let currency = parse_currency(&price.required_text("currency")?, &currency_name)?;
    let amount_name = price.name_of("unit_amount");
    let unit_amount = price.required_integer("unit_amount")?;
    if unit_amount < 0 {
        return Err(ApiError::parameter("parameter_invalid_integer", amount_name, "This value must be greater than or equal to 0."));
    }
    let missing = price.name_of("product_data");
    let mut product = price.section("product_data")?.ok_or_else(|| ApiError::missing_parameter(&missing))?;
    price.finish()?;
    let name = product.required_text("name")?;
    product.text("description")?;
    product.texts("images")?;
    product.metadata()?;
    product.finish()?;
    let line = LineItem { id: new_id("li"), price: new_id("price"), product: new_id("prod"), name, unit_amount, quantity };
    Ok((currency, line))
}

impl IntentData {
    fn from_parameters(mut parameters: Parameters) -> Result<Self, ApiError> {
        let data = Self {
            captured_by_hand: parameters.choice("capture_method", &["automatic", "automatic_async", "manual"])? == Some("manual"),
            metadata: parameters.metadata().map(MetadataChange::initial)?,
            description: parameters.text("description")?,
            receipt_email: parameters.text("receipt_email")?,
            transfer_group: parameters.text("transfer_group")?,
            statement_descriptor_suffix: parameters.text("statement_descriptor_suffix")?,
        };
        parameters.finish()?;
        Ok(data)
    }
}

fn expiry(parameters: &mut Parameters, now: i64) -> Result<i64, ApiError> {
    let Some(expires_at) = parameters.integer("expires_at")? else { return Ok(now + LONGEST_SECONDS) };
    if expires_at < now + SHORTEST_SECONDS - CLOCK_LEEWAY_SECONDS || expires_at > now + LONGEST_SECONDS + CLOCK_LEEWAY_SECONDS {
        return Err(ApiError::parameter(
            "parameter_invalid",
            "expires_at",
            "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from Checkout Session creation.",
        ));
    }
    Ok(expires_at)
}

fn address(parameters: &mut Parameters, name: &str) -> Result<Option<String>, ApiError> {
    let Some(url) = parameters.text(name)? else { return Ok(None) };
    if url.starts_with("http://") || url.starts_with("https://") {
        return Ok(Some(url));
    }
    Err(ApiError::parameter("url_invalid", name, "Not a valid URL"))
}

/// `GET /v1/checkout/sessions/{id}`
pub(crate) fn retrieve(book: &Book, id: &str, mut parameters: Parameters) -> Result<Value, ApiError> {
    let wanted = expand::wanted(&mut parameters, EXPANDABLE)?;
    parameters.finish()?;
    Ok(expand::fill(book, find(book, id)?.render(book), &wanted))
}

/// `POST /v1/checkout/sessions/{id}/expire`
pub(crate) fn expire(book: &mut Book, id: &str, mut parameters: Parameters) -> Result<Value, ApiError> {
    let wanted = expand::wanted(&mut parameters, EXPANDABLE)?;
    parameters.finish()?;
    let session = find(book, id)?;
    if session.status != SessionStatus::Open {
        let status = json!(session.status);
        let message = format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of {}.",
            status.as_str().unwrap_or_default()
        );
        return Err(ApiError::state("resource_state_invalid", message));
    }
    close(book, id);
    Ok(expand::fill(book, find(book, id)?.render(book), &wanted))
}

/// Ends a session that nobody paid, and its intent with it.
pub(crate) fn close(book: &mut Book, id: &str) {
    let Some(mut session) = book.sessions.get(id).filter(|session| session.status == SessionStatus::Open).cloned() else { return };
    session.status = SessionStatus::Expired;
    book.put(session.clone());
    if let Some(intent) = session.payment_intent.as_ref().and_then(|id| book.intents.get(id)).cloned() {
        intents::void(book, intent, Some("automatic"));
    }
    events::record(book, "checkout.session.expired", session.render(book));
}

/// Ends the session of an intent that has just been authorised or paid.
pub(crate) fn complete(book: &mut Book, intent: &Intent) {
    let session = intent.checkout_session.as_ref().and_then(|id| book.sessions.get(id)).cloned();
    if let Some(mut session) = session {
        session.status = SessionStatus::Complete;
        book.put(session.clone());
        events::record(book, "checkout.session.completed", session.render(book));
    }
}

/// The intent that the hosted page charges, made on the first try.
pub(crate) fn intent_to_pay(book: &mut Book, session: &mut Session, payer: Payer) -> Intent {
    session.paid_by = Some(payer);
    let known = session.payment_intent.as_ref().and_then(|id| book.intents.get(id)).cloned();
    let intent = known.unwrap_or_else(|| {
        let intent = session.new_intent();
        session.payment_intent = Some(intent.id.clone());
        book.put(intent.clone());
        events::record(book, "payment_intent.created", intent.render(book));
        intent
    });
    book.put(session.clone());
    intent
}

pub(crate) fn is_open(book: &Book, id: &str) -> bool {
    book.sessions.get(id).is_some_and(|session| session.status == SessionStatus::Open)
}

fn find<'a>(book: &'a Book, id: &str) -> Result<&'a Session, ApiError> {
    book.sessions.get(id).ok_or_else(|| ApiError::no_such("checkout.session", id, "session"))
}
