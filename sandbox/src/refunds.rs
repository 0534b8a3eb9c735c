//! Refunds: never more than was captured, however many arrive at once.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::book::Book;
use crate::charges::Charge;
use crate::clock::now_seconds;
use crate::currencies::format_amount;
use crate::errors::ApiError;
use crate::events;
use crate::expand;
use crate::form::{Metadata, Parameters};
use crate::ids::new_id;
use crate::listing::{Listing, list_of};

/// What a client may ask to have filled in.
const EXPANDABLE: &[&str] = &["charge", "payment_intent"];

/// Money that went back to a card.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Refund {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) charge: String,
    pub(crate) payment_intent: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    reason: Option<String>,
    pub(crate) metadata: Metadata,
}

impl Refund {
    pub(crate) fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "refund",
            "amount": self.amount,
            "balance_transaction": null,
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency,
            "destination_details": {
                "card": { "reference": null, "reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund" },
                "type": "card",
            },
            "failure_balance_transaction": null,
            "failure_reason": null,
            "metadata": self.metadata,
            "payment_intent": self.payment_intent,
            "reason": self.reason,
            "receipt_number": null,
            "source_transfer_reversal": null,
            "status": "succeeded",
            "transfer_reversal": null,
        })
    }
}

/// `POST /v1/refunds`
pub(crate) fn create(book: &mut Book, mut parameters: Parameters) -> Result<Value, ApiError> {
    let charge = parameters.text("charge")?;
    let payment_intent = parameters.text("payment_intent")?;
    let amount = parameters.integer("amount")?;
    let reason = parameters.choice("reason", &["duplicate", "fraudulent", "requested_by_customer"])?;
    let metadata = parameters.metadata()?.initial();
    let wanted = expand::wanted(&mut parameters, EXPANDABLE)?;
    parameters.finish()?;
    let mut charge = charge_to_refund(book, charge, payment_intent)?;
    let amount = check_refund_amount(&charge, amount)?;

    let refund = Refund {
        id: new_id("re"),
        created: now_seconds(),
        charge: charge.id.clone(),
        payment_intent: charge.payment_intent.clone(),
        amount,
        currency: charge.currency.clone(),
        reason: reason.map(str::to_owned),
        metadata,
    };
    charge.amount_refunded += amount;
    let rendered = refund.render();
    book.put(refund);
    book.put(charge.clone());
    events::record(book, "charge.refunded", charge.render(book));
    Ok(expand::fill(book, rendered, &wanted))
}

fn charge_to_refund(book: &Book, charge: Option<String>, payment_intent: Option<String>) -> Result<Charge, ApiError> {
    let id = match (charge, payment_intent) {
        (Some(charge), None) => charge,
        (None, Some(intent)) => {
            let found = book.intents.get(&intent).ok_or_else(|| ApiError::no_such("payment_intent", &intent, "payment_intent"))?;
            found.latest_charge.clone().ok_or_else(|| {
                ApiError::state(
                    "payment_intent_unexpected_state",
                    format!("This PaymentIntent ({intent}) does not have a successful charge to refund."),
                )
            })?
        }
        (Some(charge), Some(intent)) => {
            let belongs = book.charges.get(&charge).is_some_and(|found| found.payment_intent == intent);
            if !belongs {
                return Err(ApiError::parameter(
                    "parameter_invalid",
                    "charge",
                    format!("Charge {charge} does not belong to PaymentIntent {intent}."),
                ));
            }
            charge
        }
        (None, None) => {
            return Err(ApiError::parameter(
                "parameter_missing",
                "charge",
                "One of the following params should be provided for this request: payment_intent or charge.",
            ));
        }
    };
    book.charges.get(&id).cloned().ok_or_else(|| ApiError::no_such("charge", &id, "charge"))
}

fn check_refund_amount(charge: &Charge, amount: Option<i64>) -> Result<i64, ApiError> {
    if !charge.captured {
        return Err(ApiError::state(
            "charge_not_refundable",
            format!("Charge {} has not been captured and cannot be refunded. Cancel its PaymentIntent to release the hold.", charge.id),
        ));
    }
    let refundable = charge.refundable();
    if refundable == 0 {
        return Err(
            ApiError::state("charge_already_refunded", format!("Charge {} has already been refunded.", charge.id)).with_charge(&charge.id)
        );
    }
    let amount = amount.unwrap_or(refundable);
    if amount < 1 {
        return Err(ApiError::parameter("parameter_invalid_integer", "amount", "This value must be greater than or equal to 1."));
    }
    if amount > refundable {
        let message = format!(
            "Refund amount ({}) is greater than unrefunded amount on charge ({})",
            format_amount(amount, &charge.currency),
            format_amount(refundable, &charge.currency)
        );
        return Err(ApiError::state("amount_too_large", message).with_param("amount"));
    }
    Ok(amount)
}

/// `GET /v1/refunds/{id}`
pub(crate) fn retrieve(book: &Book, id: &str, mut parameters: Parameters) -> Result<Value, ApiError> {
    let wanted = expand::wanted(&mut parameters, EXPANDABLE)?;
    parameters.finish()?;
    let refund = book.refunds.get(id).ok_or_else(|| ApiError::no_such("refund", id, "refund"))?;
    Ok(expand::fill(book, refund.render(), &wanted))
}

/// `GET /v1/refunds`
pub(crate) fn list(book: &Book, mut parameters: Parameters) -> Result<Value, ApiError> {
    let wanted = expand::wanted_in_list(&mut parameters, EXPANDABLE)?;
    let charge = parameters.text("charge")?;
    let payment_intent = parameters.text("payment_intent")?;
    let listing = Listing::from_parameters(&mut parameters)?;
    parameters.finish()?;
    let matching = book.refunds.newest_first().filter(|refund| {
        charge.as_ref().is_none_or(|id| refund.charge == *id) && payment_intent.as_ref().is_none_or(|id| refund.payment_intent == *id)
    });
    let (page, has_more) = listing.page(matching, |refund| (&refund.id, refund.created), "refund")?;
    let rendered = page.into_iter().map(|refund| expand::fill(book, refund.render(), &wanted)).collect();
    Ok(list_of(rendered, has_more, "/v1/refunds"))
}
