//! The bank's report: what it knows of every payment, for whoever compares it with the shop's books.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::book::Book;
use crate::intents::Intent;
use crate::refunds::Refund;

/// One line per intent, oldest first.
pub(crate) fn payments(book: &Book) -> Vec<Value> {
    let mut refunds: HashMap<&str, Vec<&Refund>> = HashMap::new();
    for refund in book.refunds.oldest_first() {
        refunds.entry(&refund.payment_intent).or_default().push(refund);
    }
    let refunds_of = |intent: &Intent| refunds.get(intent.id.as_str()).map_or(&[][..], Vec::as_slice);
    book.intents.oldest_first().map(|intent| payment(book, intent, refunds_of(intent))).collect()
}

fn payment(book: &Book, intent: &Intent, refunds: &[&Refund]) -> Value {
    let charge = intent.latest_charge.as_ref().and_then(|id| book.charges.get(id)).filter(|charge| charge.decline.is_none());
    json!({
        "payment_intent": intent.id,
        "order_id": intent.metadata.get("order_id"),
        "metadata": intent.metadata,
        "amount": intent.amount,
        "currency": intent.currency,
        "authorized": intent.amount_capturable,
        "captured": charge.map_or(0, |charge| charge.amount_captured),
        "refunded": charge.filter(|charge| charge.captured).map_or(0, |charge| charge.amount_refunded),
        "status": intent.status.as_str(),
        "charge": charge.map(|charge| &charge.id),
        "refunds": refunds.iter().map(|refund| json!({
            "refund": refund.id, "amount": refund.amount, "metadata": refund.metadata,
        })).collect::<Vec<_>>(),
        "checkout_session": intent.checkout_session,
    })
}
