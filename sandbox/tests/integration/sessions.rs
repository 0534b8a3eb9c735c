//! Checkout Sessions: the hosted page from the first look to the way back, without JavaScript.

use serde_json::{Value, json};

use crate::harness::{Sandbox, action};

const SESSION: &[(&str, &str)] = &[
    ("mode", "payment"),
    ("success_url", "http://127.0.0.1:3000/paid?session={CHECKOUT_SESSION_ID}"),
    ("cancel_url", "http://127.0.0.1:3000/checkout"),
    ("customer_email", "ada@example.org"),
    ("client_reference_id", "SK-1"),
    ("line_items[0][quantity]", "2"),
    ("line_items[0][price_data][currency]", "eur"),
    ("line_items[0][price_data][unit_amount]", "1200"),
    ("line_items[0][price_data][product_data][name]", "Bowl <large>"),
    ("line_items[1][quantity]", "1"),
    ("line_items[1][price_data][currency]", "eur"),
    ("line_items[1][price_data][unit_amount]", "450"),
    ("line_items[1][price_data][product_data][name]", "Shipping"),
    ("payment_intent_data[capture_method]", "manual"),
    ("payment_intent_data[metadata][order_id]", "7"),
];

fn card(number: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![("email", "ada@example.org"), ("number", number), ("expiry", "12 / 45"), ("cvc", "123"), ("name", "Ada Lovelace")]
}

async fn open_session(sandbox: &Sandbox) -> Value {
    let session = sandbox.post("/v1/checkout/sessions", SESSION).await.ok();
    assert_eq!(
        (&session["status"], &session["payment_status"], &session["amount_total"]),
        (&json!("open"), &json!("unpaid"), &json!(2850))
    );
    assert_eq!(session["payment_intent"], json!(null));
    session
}

#[tokio::test]
async fn a_decline_is_explained_and_the_next_card_pays() {
    let sandbox = Sandbox::start().await;
    let session = open_session(&sandbox).await;
    let url = session["url"].as_str().unwrap();
    let page = sandbox.visit(url).await;
    for text in [
        "€28.50",
        "Bowl &lt;large&gt;",
        "2 × €12.00",
        "Test payments",
        "ada@example.org",
        r#"href="http://127.0.0.1:3000/checkout""#,
        r#"<html lang="en">"#,
    ] {
        assert!(page.text.contains(text), "{text}");
    }
    assert!(!page.text.contains("<script"));

    let declined = sandbox.submit(url, &card("4000 0000 0000 0002")).await;
    assert_eq!(declined.status, 200);
    assert!(declined.text.contains("Your card was declined.") && declined.text.contains(r#"value="Ada Lovelace""#));
    assert!(!declined.text.contains("4000 0000 0000 0002\""));

    let paid = sandbox.submit(url, &card("4242 4242 4242 4242")).await;
    assert_eq!(paid.status, 303);
    assert_eq!(paid.header("location"), format!("http://127.0.0.1:3000/paid?session={}", session["id"].as_str().unwrap()));

    let done = sandbox.get(&format!("{}?expand[]=payment_intent&expand[]=line_items", action(&session, ""))).await.ok();
    assert_eq!((&done["status"], &done["payment_status"], &done["url"]), (&json!("complete"), &json!("unpaid"), &json!(null)));
    assert_eq!(
        (&done["payment_intent"]["status"], &done["payment_intent"]["amount_capturable"]),
        (&json!("requires_capture"), &json!(2850))
    );
    assert_eq!(done["payment_intent"]["metadata"], json!({ "order_id": "7" }));
    assert_eq!(
        (&done["line_items"]["data"][0]["amount_total"], &done["line_items"]["data"][1]["description"]),
        (&json!(2400), &json!("Shipping"))
    );

    sandbox.post(&action(&done["payment_intent"], "/capture"), &[]).await.ok();
    assert_eq!(sandbox.get(&action(&session, "")).await.ok()["payment_status"], "paid");
    assert_eq!(sandbox.submit(url, &card("4242 4242 4242 4242")).await.status, 303);
    assert_eq!(sandbox.visit(url).await.status, 303);
    assert_eq!(sandbox.get("/v1/payment_intents").await.ok()["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn wrong_details_are_marked_at_their_field() {
    let sandbox = Sandbox::start().await;
    let session = open_session(&sandbox).await;
    let url = session["url"].as_str().unwrap();
    for (field, value, message) in [
        ("number", "4242 4242 4242 4241", "Your card number is incorrect."),
        ("expiry", "12 / 20", "Your card&#39;s expiration year is invalid."),
        ("expiry", "soon", "Your card&#39;s expiration month is invalid."),
        ("cvc", "1", "Your card&#39;s security code is invalid."),
    ] {
        let mut form = card("4242424242424242");
        form.iter_mut().find(|(name, _)| *name == field).unwrap().1 = value;
        let page = sandbox.submit(url, &form).await;
        assert!(page.text.contains(message), "{field}={value}");
        assert!(page.text.contains(&format!(r#"id="{field}""#)) && page.text.contains(r#"aria-invalid="true" aria-describedby="mistake""#));
    }
    assert_eq!(sandbox.get(&action(&session, "")).await.ok()["payment_intent"], json!(null));
}

#[tokio::test]
async fn the_issuers_check_stands_between_the_page_and_the_shop() {
    let sandbox = Sandbox::start().await;
    let session = open_session(&sandbox).await;
    let url = session["url"].as_str().unwrap();
    let challenge = sandbox.submit(url, &card("4000 0027 6000 3184")).await.header("location").to_owned();
    assert!(challenge.contains("/3ds/"), "{challenge}");
    let back = sandbox.submit(&challenge, &[("outcome", "fail")]).await.header("location").to_owned();
    let back = sandbox.visit(&back).await;
    let page = sandbox.visit(back.header("location")).await;
    assert!(page.text.contains("We are unable to authenticate your payment method."));

    let challenge = sandbox.submit(url, &card("4000 0025 0000 3155")).await.header("location").to_owned();
    let back = sandbox.submit(&challenge, &[("outcome", "authorize")]).await.header("location").to_owned();
    assert!(sandbox.visit(&back).await.header("location").starts_with("http://127.0.0.1:3000/paid?session=cs_test_"));
    assert_eq!(sandbox.get(&action(&session, "")).await.ok()["status"], "complete");
}

#[tokio::test]
async fn an_expired_session_takes_no_money() {
    let sandbox = Sandbox::start().await;
    let session = open_session(&sandbox).await;
    let url = session["url"].as_str().unwrap();
    sandbox.submit(url, &card("4000000000000002")).await;
    let intent = sandbox.get(&action(&session, "")).await.ok()["payment_intent"].as_str().unwrap().to_owned();
    let refused = sandbox.post(&format!("/v1/payment_intents/{intent}/cancel"), &[]).await.error(400);
    assert!(refused["message"].as_str().unwrap().contains("Expire the session"));
    assert_eq!(sandbox.post(&action(&session, "/expire"), &[]).await.ok()["status"], "expired");
    assert_eq!(sandbox.get(&format!("/v1/payment_intents/{intent}")).await.ok()["status"], "canceled");
    let page = sandbox.submit(url, &card("4242424242424242")).await;
    assert_eq!(page.status, 410);
    assert!(page.text.contains("http://127.0.0.1:3000/checkout"));
    assert_eq!(sandbox.post(&action(&session, "/expire"), &[]).await.error(400)["code"], "resource_state_invalid");
}

#[tokio::test]
async fn what_the_page_cannot_do_is_refused() {
    let sandbox = Sandbox::start().await;
    for (name, value, code) in [
        ("mode", "subscription", "parameter_invalid"),
        ("expires_at", "1", "parameter_invalid"),
        ("success_url", "javascript:alert(1)", "url_invalid"),
        ("line_items[1][price_data][currency]", "usd", "parameter_invalid"),
        ("payment_intent_data[colour]", "red", "parameter_unknown"),
    ] {
        let mut form: Vec<_> = SESSION.iter().filter(|(known, _)| *known != name).copied().collect();
        form.push((name, value));
        assert_eq!(sandbox.post("/v1/checkout/sessions", &form).await.error(400)["code"], code, "{name}");
    }
    assert_eq!(sandbox.visit("/c/pay/cs_test_none").await.status, 404);
}
