//! Payment intents through the API: every state, every refusal.

use axum::http::Method;
use serde_json::json;

use crate::harness::{Sandbox, action};

#[tokio::test]
async fn an_order_is_authorised_captured_in_part_and_the_rest_released() {
    let sandbox = Sandbox::start().await;
    let intent = sandbox.new_intent().await;
    assert_eq!(intent["status"], "requires_payment_method");
    assert_eq!(intent["metadata"], json!({ "order_id": "7" }));

    let held = sandbox.post(&action(&intent, "/confirm"), &[("payment_method", "pm_card_visa"), ("expand[]", "latest_charge")]).await.ok();
    assert_eq!(
        (&held["status"], &held["amount_capturable"], &held["amount_received"]),
        (&json!("requires_capture"), &json!(5000), &json!(0))
    );
    assert_eq!(held["latest_charge"]["captured"], false);
    assert!(held["latest_charge"]["payment_method_details"]["card"]["capture_before"].is_i64());

    let paid = sandbox.post(&action(&intent, "/capture"), &[("amount_to_capture", "3200"), ("expand[]", "latest_charge")]).await.ok();
    assert_eq!((&paid["status"], &paid["amount_capturable"], &paid["amount_received"]), (&json!("succeeded"), &json!(0), &json!(3200)));
    assert_eq!((&paid["latest_charge"]["amount"], &paid["latest_charge"]["amount_captured"]), (&json!(5000), &json!(3200)));

    let again = sandbox.post(&action(&intent, "/capture"), &[]).await.error(400);
    assert_eq!(again["code"], "payment_intent_unexpected_state");
    assert_eq!(again["payment_intent"]["status"], "succeeded");
}

#[tokio::test]
async fn more_than_was_authorised_cannot_be_captured() {
    let sandbox = Sandbox::start().await;
    let intent = sandbox.authorized_intent("pm_card_visa").await;
    for (amount, code) in [("5001", "amount_too_large"), ("0", "parameter_invalid_integer"), ("-1", "parameter_invalid_integer")] {
        assert_eq!(sandbox.post(&action(&intent, "/capture"), &[("amount_to_capture", amount)]).await.error(400)["code"], code);
    }
    assert_eq!(sandbox.get(&action(&intent, "")).await.ok()["status"], "requires_capture");
}

#[tokio::test]
async fn a_declined_card_leaves_the_intent_payable() {
    let sandbox = Sandbox::start().await;
    let intent = sandbox.new_intent().await;
    for (method, code, decline_code) in [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
    ] {
        let error = sandbox.post(&action(&intent, "/confirm"), &[("payment_method", method)]).await.error(402);
        assert_eq!((&error["type"], &error["code"], &error["decline_code"]), (&json!("card_error"), &json!(code), &json!(decline_code)));
        assert_eq!(error["payment_intent"]["status"], "requires_payment_method");
        assert_eq!(error["payment_intent"]["last_payment_error"]["decline_code"], decline_code);
    }
    let paid = sandbox.post(&action(&intent, "/confirm"), &[("payment_method", "pm_card_mastercard")]).await.ok();
    assert_eq!((&paid["status"], &paid["last_payment_error"]), (&json!("requires_capture"), &json!(null)));
    let charges = sandbox.get(&format!("/v1/charges?payment_intent={}", intent["id"].as_str().unwrap())).await.ok();
    let statuses: Vec<_> = charges["data"].as_array().unwrap().iter().map(|charge| charge["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["succeeded", "failed", "failed", "failed", "failed"]);
}

#[tokio::test]
async fn canceling_releases_the_hold_and_is_final() {
    let sandbox = Sandbox::start().await;
    let intent = sandbox.authorized_intent("pm_card_visa").await;
    let canceled =
        sandbox.post(&action(&intent, "/cancel"), &[("cancellation_reason", "abandoned"), ("expand[]", "latest_charge")]).await.ok();
    assert_eq!(
        (&canceled["status"], &canceled["cancellation_reason"], &canceled["amount_capturable"]),
        (&json!("canceled"), &json!("abandoned"), &json!(0))
    );
    assert_eq!((&canceled["latest_charge"]["refunded"], &canceled["latest_charge"]["captured"]), (&json!(true), &json!(false)));
    for step in ["/cancel", "/capture", "/confirm"] {
        let form: &[_] = if step == "/confirm" { &[("payment_method", "pm_card_visa")] } else { &[] };
        assert_eq!(sandbox.post(&action(&intent, step), form).await.error(400)["code"], "payment_intent_unexpected_state", "{step}");
    }
}

#[tokio::test]
async fn an_automatic_intent_is_paid_at_once() {
    let sandbox = Sandbox::start().await;
    let form = [
        ("amount", "900"),
        ("currency", "gbp"),
        ("automatic_payment_methods[enabled]", "true"),
        ("automatic_payment_methods[allow_redirects]", "never"),
        ("confirm", "true"),
        ("payment_method", "pm_card_visa"),
    ];
    let paid = sandbox.post("/v1/payment_intents", &form).await.ok();
    assert_eq!((&paid["status"], &paid["amount_received"]), (&json!("succeeded"), &json!(900)));
    let without = sandbox
        .post("/v1/payment_intents", &[("amount", "900"), ("currency", "gbp"), ("confirm", "true"), ("payment_method", "pm_card_visa")])
        .await
        .error(400);
    assert_eq!(without["param"], "return_url");
}

#[tokio::test]
async fn wrong_requests_are_refused_and_name_their_parameter() {
    let sandbox = Sandbox::start().await;
    let base = [("amount", "5000"), ("currency", "eur")];
    for (more, code, param) in [
        (("colour", "red"), "parameter_unknown", "colour"),
        (("shipping[planet]", "mars"), "parameter_missing", "shipping[address]"),
        (("automatic_payment_methods[on]", "true"), "parameter_missing", "automatic_payment_methods[enabled]"),
        (("payment_method_types[]", "sepa_debit"), "parameter_invalid", "payment_method_types"),
        (("capture_method", "later"), "parameter_invalid", "capture_method"),
        (("expand[]", "customer"), "property_unknown", "expand"),
    ] {
        let mut form = base.to_vec();
        form.push(more);
        let error = sandbox.post("/v1/payment_intents", &form).await.error(400);
        assert_eq!((&error["code"], &error["param"]), (&json!(code), &json!(param)), "{more:?}");
    }
    for (amount, currency, code) in
        [("10", "eur", "amount_too_small"), ("x", "eur", "parameter_invalid_integer"), ("500", "xyz", "parameter_invalid")]
    {
        assert_eq!(sandbox.post("/v1/payment_intents", &[("amount", amount), ("currency", currency)]).await.error(400)["code"], code);
    }
    assert_eq!(sandbox.get("/v1/payment_intents/pi_none").await.error(404)["code"], "resource_missing");
    assert_eq!(sandbox.post("/v1/customers", &[]).await.error(404)["type"], "invalid_request_error");
    assert_eq!(sandbox.get("/v1/payment_intents").await.ok()["data"], json!([]));
}

#[tokio::test]
async fn details_change_until_the_intent_is_paid() {
    let sandbox = Sandbox::start().await;
    let intent = sandbox.new_intent().await;
    let updated = sandbox
        .post(&action(&intent, ""), &[("amount", "6100"), ("metadata[cart]", "3"), ("metadata[order_id]", ""), ("description", "Order 7")])
        .await
        .ok();
    assert_eq!(
        (&updated["amount"], &updated["metadata"], &updated["description"]),
        (&json!(6100), &json!({ "cart": "3" }), &json!("Order 7"))
    );
    sandbox.post(&action(&intent, "/confirm"), &[("payment_method", "pm_card_visa")]).await.ok();
    assert_eq!(sandbox.post(&action(&intent, ""), &[("amount", "100")]).await.error(400)["code"], "payment_intent_unexpected_state");
    assert_eq!(sandbox.post(&action(&intent, ""), &[("description", "")]).await.ok()["description"], json!(null));
}

#[tokio::test]
async fn lists_are_newest_first_and_page_by_cursor() {
    let sandbox = Sandbox::start().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(sandbox.new_intent().await["id"].as_str().unwrap().to_owned());
    }
    let first = sandbox.get("/v1/payment_intents?limit=2").await.ok();
    assert_eq!((&first["data"][0]["id"], &first["data"][1]["id"], &first["has_more"]), (&json!(ids[2]), &json!(ids[1]), &json!(true)));
    let rest = sandbox.get(&format!("/v1/payment_intents?limit=2&starting_after={}", ids[1])).await.ok();
    assert_eq!((&rest["data"][0]["id"], &rest["has_more"]), (&json!(ids[0]), &json!(false)));
    let back = sandbox.get(&format!("/v1/payment_intents?limit=1&ending_before={}", ids[0])).await.ok();
    assert_eq!((&back["data"][0]["id"], &back["has_more"]), (&json!(ids[1]), &json!(true)));
    sandbox.get("/v1/payment_intents?limit=0").await.error(400);
}

#[tokio::test]
async fn a_browser_with_the_client_secret_sees_and_pays_its_intent_and_nothing_else() {
    let sandbox = Sandbox::start().await;
    let intent = sandbox.new_intent().await;
    let secret = intent["client_secret"].as_str().unwrap();
    let path = action(&intent, "");
    let seen = sandbox.browser(Method::GET, &path, &[("client_secret", secret)]).await.ok();
    assert_eq!(seen["amount"], 5000);
    assert!(seen.get("metadata").is_none());
    assert_eq!(sandbox.browser(Method::GET, &path, &[]).await.error(400)["param"], "client_secret");
    assert_eq!(sandbox.browser(Method::GET, &path, &[("client_secret", "guess")]).await.error(400)["param"], "client_secret");
    for action_path in ["/capture", "/cancel"] {
        assert_eq!(sandbox.browser(Method::POST, &action(&intent, action_path), &[]).await.error(403)["code"], "secret_key_required");
    }
    let form = [
        ("client_secret", secret),
        ("use_stripe_sdk", "true"),
        ("payment_method_data[type]", "card"),
        ("payment_method_data[card][number]", "4242 4242 4242 4242"),
        ("payment_method_data[card][exp_month]", "12"),
        ("payment_method_data[card][exp_year]", "2045"),
        ("payment_method_data[card][cvc]", "123"),
        ("payment_method_data[billing_details][name]", "Ada"),
    ];
    let paid = sandbox.browser(Method::POST, &action(&intent, "/confirm"), &form).await.ok();
    assert_eq!(paid["status"], "requires_capture");
}

#[tokio::test]
async fn a_payment_method_pays_once_and_shows_no_number() {
    let sandbox = Sandbox::start().await;
    let form = [
        ("type", "card"),
        ("card[number]", "5555555555554444"),
        ("card[exp_month]", "1"),
        ("card[exp_year]", "45"),
        ("card[cvc]", "123"),
        ("billing_details[email]", "a@example.org"),
    ];
    let reply = sandbox.post("/v1/payment_methods", &form).await;
    assert!(!reply.text.contains("5555555555554444"));
    let method = reply.ok();
    assert_eq!(
        (&method["card"]["brand"], &method["card"]["last4"], &method["card"]["exp_year"]),
        (&json!("mastercard"), &json!("4444"), &json!(2045))
    );
    sandbox.authorized_intent(method["id"].as_str().unwrap()).await;
    let other = sandbox.new_intent().await;
    let refused = sandbox.post(&action(&other, "/confirm"), &[("payment_method", method["id"].as_str().unwrap())]).await.error(400);
    assert!(refused["message"].as_str().unwrap().contains("may not be used again"));
}

#[tokio::test]
async fn keys_are_asked_for_and_may_come_by_basic_authentication() {
    use axum::body::Body;
    use axum::http::{Request, StatusCode};
    let sandbox = Sandbox::start().await;
    for (authorization, status) in [
        (None, StatusCode::UNAUTHORIZED),
        (Some("Bearer sk_test_other"), StatusCode::UNAUTHORIZED),
        (Some("Basic c2tfdGVzdF9pbnRlZ3JhdGlvbjo="), StatusCode::OK),
    ] {
        let mut request = Request::get(format!("{}/v1/refunds", sandbox.api));
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        assert_eq!(sandbox.send(request.body(Body::empty()).unwrap()).await.unwrap().status, status, "{authorization:?}");
    }
}
