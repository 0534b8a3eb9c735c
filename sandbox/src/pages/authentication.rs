//! The issuer's check (3-D Secure): one question, two buttons, then back to where the shopper came from.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde::Deserialize;

use super::{Framing, escape, page, see_other};
use crate::bank::Bank;
use crate::book::Cause;
use crate::currencies::format_amount;
use crate::form::Parameters;
use crate::intents::{self, Intent, Status};
use crate::settings::is_loopback_host;

/// Set when the browser script shows the page in a frame.
#[derive(Debug, Deserialize)]
pub(super) struct Frame {
    /// The origin of the shop's page around it.
    parent: Option<String>,
}

impl Frame {
    fn framing(&self) -> Framing {
        if self.parent.is_some() { Framing::Framed } else { Framing::Allowed }
    }
}

/// `GET /3ds/{intent}/{challenge}`
pub(super) async fn show(
    State(bank): State<Arc<Bank>>,
    Path((intent, challenge)): Path<(String, String)>,
    Query(frame): Query<Frame>,
) -> Response {
    bank.transact(Cause::default(), |book| {
        let open = book.intents.get(&intent).filter(|intent| intent.challenge.as_ref().is_some_and(|open| open.token == challenge));
        let Some(intent) = open else { return nothing_to_do(&frame) };
        let last4 =
            intent.payment_method.as_ref().and_then(|id| book.payment_methods.get(id)).map_or("????", |method| method.card.last4.as_str());
        question(intent, last4, &frame)
    })
    .await
}

/// `POST /3ds/{intent}/{challenge}`
pub(super) async fn answer(
    State(bank): State<Arc<Bank>>,
    Path((intent, challenge)): Path<(String, String)>,
    Query(frame): Query<Frame>,
    body: Bytes,
) -> Response {
    let outcome = Parameters::parse(&body).and_then(|mut form| form.choice("outcome", &["authorize", "fail"]));
    let Ok(Some(outcome)) = outcome else {
        return page(
            StatusCode::BAD_REQUEST,
            "No answer",
            "<h1>No answer</h1><p>Please go back and choose one of the two buttons.</p>",
            frame.framing(),
        );
    };
    bank.transact(Cause::default(), |book| {
        let return_url =
            book.intents.get(&intent).and_then(|intent| intent.challenge.as_ref()).and_then(|challenge| challenge.return_url.clone());
        let Some(intent) = intents::answer_challenge(book, &intent, &challenge, outcome == "authorize") else {
            return nothing_to_do(&frame);
        };
        match return_url {
            _ if frame.parent.is_some() => done(&frame),
            Some(url) => see_other(&with_outcome(&url, &intent)),
            None => done(&frame),
        }
    })
    .await
}

fn question(intent: &Intent, last4: &str, frame: &Frame) -> Response {
    let amount = escape(&format_amount(intent.amount, &intent.currency));
    let last4 = escape(last4);
    let main = format!(
        r#"<h1>Is this you?</h1>
<p>Your bank asks you to approve a payment of <strong>{amount}</strong> with the card ending in <strong>{last4}</strong>.</p>
<form method="post" class="choices">
<button type="submit" name="outcome" value="authorize">Authorise payment</button>
<button type="submit" name="outcome" value="fail" class="quiet">Fail authentication</button>
</form>{}"#,
        script(frame, "open")
    );
    page(StatusCode::OK, "Approve your payment", &main, frame.framing())
}

fn done(frame: &Frame) -> Response {
    let main = format!("<h1>Thank you</h1><p>You can go back to the shop.</p>{}", script(frame, "answered"));
    page(StatusCode::OK, "Done", &main, frame.framing())
}

fn nothing_to_do(frame: &Frame) -> Response {
    let main = format!("<h1>Nothing to approve</h1><p>This payment needs no answer any more.</p>{}", script(frame, "answered"));
    page(StatusCode::OK, "Nothing to approve", &main, frame.framing())
}

/// The script of a framed page, which tells the page around it that the shopper has answered, or wants to leave an
/// `open` question; only a shop on this machine is told.
fn script(frame: &Frame, state: &str) -> String {
    let parent = frame.parent.as_deref().filter(|parent| is_local_origin(parent));
    parent.map_or_else(String::new, |parent| {
        format!(r#"<script src="/pages/authentication.js" data-parent="{}" data-state="{state}"></script>"#, escape(parent))
    })
}

fn is_local_origin(origin: &str) -> bool {
    origin.parse::<Uri>().is_ok_and(|uri| uri.host().is_some_and(is_loopback_host))
}

/// The return address with what Stripe appends to it.
fn with_outcome(url: &str, intent: &Intent) -> String {
    let redirect_status = match intent.status {
        Status::RequiresCapture | Status::Succeeded => "succeeded",
        Status::RequiresPaymentMethod | Status::RequiresConfirmation | Status::RequiresAction | Status::Canceled => "failed",
    };
    let outcome = form_urlencoded::Serializer::new(String::new())
        .append_pair("payment_intent", &intent.id)
        .append_pair("payment_intent_client_secret", &intent.client_secret)
        .append_pair("redirect_status", redirect_status)
        .finish();
    let (address, fragment) = match url.split_once('#') {
        Some((address, fragment)) => (address, format!("#{fragment}")),
        None => (url, String::new()),
    };
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}{outcome}{fragment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outcome_joins_whatever_the_return_address_holds() {
        let mut intent = Intent::new(1_000, "eur".to_owned());
        intent.status = Status::Succeeded;
        let plain = with_outcome("http://localhost/done", &intent);
        assert!(plain.starts_with(&format!("http://localhost/done?payment_intent={}&", intent.id)), "{plain}");
        let full = with_outcome("http://localhost/done?a=1#top", &intent);
        assert!(full.starts_with("http://localhost/done?a=1&payment_intent=") && full.ends_with("redirect_status=succeeded#top"), "{full}");
    }

    #[test]
    fn only_pages_of_this_machine_are_told() {
        assert!(is_local_origin("http://127.0.0.1:3000"));
        assert!(is_local_origin("http://localhost:3000"));
        assert!(!is_local_origin("http://example.org"));
        assert!(!is_local_origin("*"));
    }
}
