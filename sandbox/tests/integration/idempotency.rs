//! Idempotency keys through the API, across faults and restarts.

use serde_json::json;

use crate::harness::{Sandbox, action};

const INTENT: &[(&str, &str)] = &[("amount", "5000"), ("currency", "eur"), ("payment_method_types[]", "card")];

#[tokio::test]
async fn the_same_key_gives_the_same_bytes_even_after_a_crash() {
    let sandbox = Sandbox::start().await;
    let first = sandbox.post_with_key("/v1/payment_intents", INTENT, "order-7").await;
    assert_eq!(first.header("idempotent-replayed"), "");
    let second = sandbox.post_with_key("/v1/payment_intents", INTENT, "order-7").await;
    assert_eq!((second.header("idempotent-replayed"), second.header("original-request")), ("true", first.header("request-id")));
    assert_eq!(second.text, first.text);
    let sandbox = sandbox.kill_and_restart().await;
    let third = sandbox.post_with_key("/v1/payment_intents", INTENT, "order-7").await;
    assert_eq!((third.header("idempotent-replayed"), &third.text), ("true", &first.text));
    assert_eq!(sandbox.get("/v1/payment_intents").await.ok()["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn other_parameters_under_the_same_key_are_an_error() {
    let sandbox = Sandbox::start().await;
    sandbox.post_with_key("/v1/payment_intents", INTENT, "k").await.ok();
    let error = sandbox.post_with_key("/v1/payment_intents", &[("amount", "6000"), ("currency", "eur")], "k").await.error(400);
    assert_eq!(error["type"], "idempotency_error");
    assert_eq!(sandbox.post_with_key("/v1/refunds", INTENT, "k").await.error(400)["type"], "idempotency_error");
}

#[tokio::test]
async fn a_request_that_failed_validation_leaves_its_key_free() {
    let sandbox = Sandbox::start().await;
    sandbox.post_with_key("/v1/payment_intents", &[("amount", "5000")], "k").await.error(400);
    let repaired = sandbox.post_with_key("/v1/payment_intents", INTENT, "k").await;
    assert_eq!(repaired.header("idempotent-replayed"), "");
    repaired.ok();
}

#[tokio::test]
async fn a_decline_is_kept_and_given_again() {
    let sandbox = Sandbox::start().await;
    let intent = sandbox.new_intent().await;
    let form = [("payment_method", "pm_card_chargeDeclined")];
    let first = sandbox.post_with_key(&action(&intent, "/confirm"), &form, "k").await;
    first.error(402);
    let second = sandbox.post_with_key(&action(&intent, "/confirm"), &form, "k").await;
    assert_eq!((second.status, &second.text), (first.status, &first.text));
    let charges = sandbox.get("/v1/charges").await.ok();
    assert_eq!(charges["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_second_request_while_the_first_is_under_way_is_told_to_wait() {
    let sandbox = Sandbox::start().await;
    sandbox.tell("/misbehave", json!({ "mode": "slow", "delay_ms": 700 })).await;
    let (slow, early) = tokio::join!(sandbox.post_with_key("/v1/payment_intents", INTENT, "k"), async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        sandbox.post_with_key("/v1/payment_intents", INTENT, "k").await
    });
    assert_eq!(early.error(409)["code"], "idempotency_key_in_use");
    let late = sandbox.post_with_key("/v1/payment_intents", INTENT, "k").await;
    assert_eq!(late.text, slow.text);
    slow.ok();
}
