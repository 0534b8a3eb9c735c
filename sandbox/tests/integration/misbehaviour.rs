//! Faults on demand.

use std::time::Instant;

use serde_json::json;

use crate::harness::{Sandbox, action};

const INTENT: &[(&str, &str)] = &[("amount", "5000"), ("currency", "eur"), ("payment_method_types[]", "card")];

#[tokio::test]
async fn a_lost_reply_had_its_effect_and_the_key_finds_it() {
    let sandbox = Sandbox::start().await;
    let intent = sandbox.authorized_intent("pm_card_visa").await;
    let rule = json!({ "match": { "method": "POST", "path": "/v1/payment_intents/*/capture" }, "mode": "reply_lost", "times": 1 });
    assert_eq!(sandbox.control_post("/misbehave", rule).await.status, 204);
    let path = action(&intent, "/capture");
    assert!(sandbox.try_post(&path, &[], Some("capture-7")).await.is_none());
    assert_eq!(sandbox.get(&action(&intent, "")).await.ok()["status"], "succeeded");
    let again = sandbox.post_with_key(&path, &[], "capture-7").await;
    assert_eq!((again.header("idempotent-replayed"), &again.ok()["status"]), ("true", &json!("succeeded")));
}

#[tokio::test]
async fn a_lost_request_had_none() {
    let sandbox = Sandbox::start().await;
    sandbox.tell("/misbehave", json!({ "mode": "request_lost" })).await;
    assert!(sandbox.try_post("/v1/payment_intents", INTENT, None).await.is_none());
    assert_eq!(sandbox.get("/v1/payment_intents").await.ok()["data"], json!([]));
}

#[tokio::test]
async fn a_stored_500_comes_again_under_its_key_with_or_without_effect() {
    let sandbox = Sandbox::start().await;
    for (effect, made) in [(false, 0), (true, 1)] {
        sandbox.tell("/misbehave", json!({ "match": { "path": "/v1/payment_intents" }, "mode": "stored_500", "effect": effect })).await;
        let key = format!("key-{effect}");
        let first = sandbox.post_with_key("/v1/payment_intents", INTENT, &key).await;
        assert_eq!(first.error(500)["type"], "api_error");
        let second = sandbox.post_with_key("/v1/payment_intents", INTENT, &key).await;
        assert_eq!((second.status, &second.text, second.header("idempotent-replayed")), (first.status, &first.text, "true"));
        assert_eq!(sandbox.get("/v1/payment_intents").await.ok()["data"].as_array().unwrap().len(), made);
    }
}

#[tokio::test]
async fn a_rate_limit_does_nothing_and_leaves_the_key_free() {
    let sandbox = Sandbox::start().await;
    sandbox.tell("/misbehave", json!({ "mode": "rate_limited", "times": 2 })).await;
    for _ in 0..2 {
        let refused = sandbox.post_with_key("/v1/payment_intents", INTENT, "k").await;
        assert_eq!((&refused.error(429)["code"], refused.header("stripe-should-retry")), (&json!("rate_limit"), "true"));
    }
    sandbox.post_with_key("/v1/payment_intents", INTENT, "k").await.ok();
}

#[tokio::test]
async fn a_slow_request_is_carried_out_though_the_client_has_gone() {
    let sandbox = Sandbox::start().await;
    sandbox.tell("/misbehave", json!({ "mode": "slow", "delay_ms": 400 })).await;
    let begun = Instant::now();
    let patience = std::time::Duration::from_millis(100);
    assert!(tokio::time::timeout(patience, sandbox.post_with_key("/v1/payment_intents", INTENT, "k")).await.is_err());
    tokio::time::sleep(std::time::Duration::from_millis(600).saturating_sub(begun.elapsed())).await;
    let found = sandbox.post_with_key("/v1/payment_intents", INTENT, "k").await;
    assert_eq!(found.header("idempotent-replayed"), "true");
}

#[tokio::test]
async fn rules_can_be_seen_and_taken_back() {
    let sandbox = Sandbox::start().await;
    sandbox.tell("/misbehave", json!({ "mode": "slow", "times": 3, "delay_ms": 10 })).await;
    assert_eq!(sandbox.control_get("/misbehave").await["rules"][0]["times"], 3);
    let request = axum::http::Request::delete(format!("{}/misbehave", sandbox.control)).body(axum::body::Body::empty()).unwrap();
    assert_eq!(sandbox.send(request).await.unwrap().status, 204);
    assert_eq!(sandbox.control_get("/misbehave").await["rules"], json!([]));
    assert_eq!(sandbox.control_post("/misbehave", json!({ "mode": "sulk" })).await.status, 422);
}
