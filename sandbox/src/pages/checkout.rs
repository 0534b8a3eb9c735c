//! The hosted page of a Checkout Session: what is bought, one card form, a second try after a decline.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::{Framing, escape, page, see_other};
use crate::bank::Bank;
use crate::book::{Book, Cause};
use crate::cards::Card;
use crate::currencies::format_amount;
use crate::errors::ApiError;
use crate::form::{Metadata, Parameters};
use crate::intents::{self, Continuation, Intent, Status};
use crate::payment_methods::{BillingDetails, PaymentMethod};
use crate::sessions::{self, Payer, Session, SessionStatus};

/// What the shopper typed, apart from the card, so that it is still there after a mistake.
#[derive(Default)]
struct Typed {
    email: String,
    name: String,
}

/// What went wrong with the last try.
struct Mistake {
    /// The field to mend, when it is one.
    field: Option<&'static str>,
    message: String,
}

/// `GET /c/pay/{session}`
pub(super) async fn show(State(bank): State<Arc<Bank>>, Path(id): Path<String>) -> Response {
    bank.transact(Cause::default(), |book| {
        let Some(session) = book.sessions.get(&id) else { return no_session() };
        if let Some(elsewhere) = already_over(session) {
            return elsewhere;
        }
        let last_error =
            session.payment_intent.as_ref().and_then(|id| book.intents.get(id)).and_then(|intent| intent.last_payment_error.as_ref());
        let mistake =
            last_error.and_then(|error| error["message"].as_str()).map(|message| Mistake { field: None, message: message.to_owned() });
        let typed = Typed {
            email: session
                .paid_by
                .as_ref()
                .and_then(|payer| payer.email.clone())
                .or_else(|| session.customer_email.clone())
                .unwrap_or_default(),
            name: session.paid_by.as_ref().and_then(|payer| payer.name.clone()).unwrap_or_default(),
        };
        form(session, &typed, mistake.as_ref())
    })
    .await
}

/// `POST /c/pay/{session}`
pub(super) async fn pay(State(bank): State<Arc<Bank>>, Path(id): Path<String>, body: Bytes) -> Response {
    bank.transact(Cause::default(), |book| {
        let Some(session) = book.sessions.get(&id).cloned() else { return no_session() };
        if let Some(elsewhere) = already_over(&session) {
            return elsewhere;
        }
        let (typed, card) = match read_form(&body, book.fingerprint_key()) {
            Ok(read) => read,
            Err(error) => return form(&session, &Typed::default(), Some(&Mistake { field: None, message: error.message().to_owned() })),
        };
        match card.and_then(|card| charge(book, session.clone(), &typed, card)) {
            Ok(intent) => go_on(book, &session, &intent),
            Err(error) => form(&session, &typed, Some(&Mistake { field: field_of(&error), message: error.message().to_owned() })),
        }
    })
    .await
}

/// `GET /c/pay/{session}/return`: the shopper comes back from the issuer's check.
pub(super) async fn returned(State(bank): State<Arc<Bank>>, Path(id): Path<String>) -> Response {
    bank.transact(Cause::default(), |book| match book.sessions.get(&id) {
        None => no_session(),
        Some(session) if session.status == SessionStatus::Complete => see_other(&session.success_address()),
        Some(session) => see_other(&format!("/c/pay/{}", session.id)),
    })
    .await
}

/// The form's texts, and the card if its details are right.
fn read_form(body: &[u8], fingerprint_key: &[u8]) -> Result<(Typed, Result<Card, ApiError>), ApiError> {
    let mut fields = Parameters::parse(body)?;
    let mut text = |name| Ok::<_, ApiError>(fields.clearable_text(name)?.flatten().unwrap_or_default());
    let (email, name, number, expiry, cvc) = (text("email")?, text("name")?, text("number")?, text("expiry")?, text("cvc")?);
    let number: String = number.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let (month, year) = read_expiry(&expiry).unwrap_or((0, 0));
    let card = Card::from_details(&number, month, year, Some(cvc.trim()), fingerprint_key);
    Ok((Typed { email, name }, card))
}

/// `12/34`, `12 / 2034` or `1234`.
fn read_expiry(text: &str) -> Option<(i64, i64)> {
    let bare: String = text.split_whitespace().collect();
    let (month, year) = match bare.split_once(['/', '-', '.']) {
        Some(parts) => parts,
        None => bare.split_at_checked(2)?,
    };
    Some((month.parse().ok()?, year.parse().ok()?))
}

fn charge(book: &mut Book, mut session: Session, typed: &Typed, card: Card) -> Result<Intent, ApiError> {
    let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let payer = Payer { name: said(&typed.name), email: said(&typed.email).or_else(|| session.customer_email.clone()) };
    let billing = BillingDetails::new(payer.name.clone(), payer.email.clone());
    let intent = sessions::intent_to_pay(book, &mut session, payer);
    let return_url = Some(format!("{}/c/pay/{}/return", book.origin(), session.id));
    let method = PaymentMethod::new(card, billing, Metadata::new());
    intents::attempt(book, intent, method, Continuation { return_url, in_script: false })
}

fn go_on(book: &Book, session: &Session, intent: &Intent) -> Response {
    match (&intent.challenge, intent.status) {
        (Some(challenge), Status::RequiresAction) => see_other(&format!("{}/3ds/{}/{}", book.origin(), intent.id, challenge.token)),
        _ => see_other(&session.success_address()),
    }
}

fn field_of(error: &ApiError) -> Option<&'static str> {
    match error.param()? {
        "number" => Some("number"),
        "exp_month" | "exp_year" => Some("expiry"),
        "cvc" => Some("cvc"),
        _ => None,
    }
}

/// Where a shopper belongs whose session is paid or expired.
fn already_over(session: &Session) -> Option<Response> {
    if session.status == SessionStatus::Complete {
        return Some(see_other(&session.success_address()));
    }
    (!session.is_open()).then(|| {
        let main = format!("<h1>This payment page has expired</h1><p>Nothing was charged.</p>{}", way_back(session, "Back to the shop"));
        page(StatusCode::GONE, "Expired", &main, Framing::Forbidden)
    })
}

fn no_session() -> Response {
    page(
        StatusCode::NOT_FOUND,
        "Not found",
        "<h1>No such payment page</h1><p>Please go back to the shop and try again.</p>",
        Framing::Forbidden,
    )
}

fn way_back(session: &Session, label: &str) -> String {
    match &session.cancel_url {
        Some(url) => format!(r#"<p><a class="back" href="{}">{label}</a></p>"#, escape(url)),
        None => String::new(),
    }
}

fn form(session: &Session, typed: &Typed, mistake: Option<&Mistake>) -> Response {
    let total = escape(&format_amount(session.total(), &session.currency));
    let lines: String = session.line_items.iter().map(|line| line_markup(line, &session.currency)).collect();
    let alert = mistake
        .map_or_else(String::new, |mistake| format!(r#"<p class="alert" id="mistake" role="alert">{}</p>"#, escape(&mistake.message)));
    let wrong = mistake.and_then(|mistake| mistake.field);
    let fields: String = [
        input("email", "Email", "email", "email", "", &typed.email, wrong),
        input(
            "number",
            "Card number",
            "text",
            "cc-number",
            r#" inputmode="numeric" required placeholder="1234 1234 1234 1234" maxlength="23""#,
            "",
            wrong,
        ),
        r#"<div class="pair">"#.to_owned(),
        input(
            "expiry",
            "Expiry (MM / YY)",
            "text",
            "cc-exp",
            r#" inputmode="numeric" required placeholder="MM / YY" maxlength="9""#,
            "",
            wrong,
        ),
        input(
            "cvc",
            "Security code (CVC)",
            "text",
            "cc-csc",
            r#" inputmode="numeric" required placeholder="CVC" maxlength="4""#,
            "",
            wrong,
        ),
        "</div>".to_owned(),
        input("name", "Name on card", "text", "cc-name", " required", &typed.name, wrong),
    ]
    .concat();
    let id = escape(&session.id);
    let back = way_back(session, "Cancel and go back to the shop");
    let main = format!(
        r#"<h1>Pay {total}</h1>
<section aria-labelledby="summary"><h2 id="summary">Your order</h2>
<ul class="lines">{lines}</ul>
<p class="total"><span>Total</span> <strong>{total}</strong></p></section>
<section aria-labelledby="card"><h2 id="card">Pay by card</h2>
{alert}
<form method="post" action="/c/pay/{id}">
{fields}
<button type="submit">Pay {total}</button>
</form>
{back}
<details><summary>Test cards</summary>
<p>Any expiry in the future and any security code will do.</p>
<dl>
<dt><code>4242 4242 4242 4242</code></dt><dd>is accepted</dd>
<dt><code>4000 0027 6000 3184</code></dt><dd>asks for 3-D Secure</dd>
<dt><code>4000 0000 0000 0002</code></dt><dd>is declined</dd>
<dt><code>4000 0000 0000 9995</code></dt><dd>has insufficient funds</dd>
</dl></details></section>"#
    );
    page(StatusCode::OK, &format!("Pay {}", format_amount(session.total(), &session.currency)), &main, Framing::Forbidden)
}

fn line_markup(line: &sessions::LineItem, currency: &str) -> String {
    let name = escape(&line.name);
    let total = escape(&format_amount(line.total(), currency));
    let each = escape(&format_amount(line.unit_amount, currency));
    let detail = if line.quantity > 1 { format!(r#" <span class="detail">{} × {each}</span>"#, line.quantity) } else { String::new() };
    format!(r#"<li><span>{name}{detail}</span> <span class="amount">{total}</span></li>"#)
}

fn input(name: &str, label: &str, kind: &str, autocomplete: &str, more: &str, value: &str, wrong: Option<&str>) -> String {
    let value = escape(value);
    let state = if wrong == Some(name) { r#" aria-invalid="true" aria-describedby="mistake" autofocus"# } else { "" };
    format!(
        r#"<p class="field"><label for="{name}">{label}</label><input id="{name}" name="{name}" type="{kind}" autocomplete="{autocomplete}" value="{value}"{more}{state}></p>"#
    )
}

#[cfg(test)]
mod tests {
    use super::read_expiry;

    #[test]
    fn expiries_are_read_as_people_write_them() {
        for text in ["12/34", "12 / 34", "1234", "12-34", " 12.34 "] {
            assert_eq!(read_expiry(text), Some((12, 34)), "{text}");
        }
        assert_eq!(read_expiry("12 / 2034"), Some((12, 2034)));
        for text in ["", "1", "ab/cd", "é1/22", "1€"] {
            assert_eq!(read_expiry(text), None, "{text}");
        }
    }
}
