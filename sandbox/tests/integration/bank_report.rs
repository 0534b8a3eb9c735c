//! The bank's own book: what survives a kill, what it reports, what it never holds.

use serde_json::json;

use crate::harness::{Sandbox, action};

#[tokio::test]
async fn whatever_was_acknowledged_survives_a_kill() {
    let mut sandbox = Sandbox::start().await;
    let intent = sandbox.new_intent().await;
    sandbox = sandbox.kill_and_restart().await;
    sandbox.post(&action(&intent, "/confirm"), &[("payment_method", "pm_card_visa")]).await.ok();
    sandbox = sandbox.kill_and_restart().await;
    sandbox.post(&action(&intent, "/capture"), &[("amount_to_capture", "4000")]).await.ok();
    sandbox = sandbox.kill_and_restart().await;
    let id = intent["id"].as_str().unwrap();
    sandbox.post("/v1/refunds", &[("payment_intent", id), ("amount", "1500"), ("metadata[return]", "3")]).await.ok();
    let before = sandbox.control_get("/journal").await;
    let events = sandbox.get("/v1/events").await.text;
    sandbox = sandbox.kill_and_restart().await;
    assert_eq!(sandbox.control_get("/journal").await, before);
    assert_eq!(sandbox.get("/v1/events").await.text, events);
    let line = &before["payment_intents"][0];
    assert_eq!(line["payment_intent"], intent["id"]);
    assert_eq!((&line["order_id"], &line["metadata"]["order_id"]), (&json!("7"), &json!("7")));
    assert_eq!((&line["amount"], &line["currency"], &line["status"]), (&json!(5000), &json!("eur"), &json!("succeeded")));
    assert_eq!((&line["authorized"], &line["captured"], &line["refunded"]), (&json!(0), &json!(4000), &json!(1500)));
    assert_eq!((&line["refunds"][0]["amount"], &line["refunds"][0]["metadata"]["return"]), (&json!(1500), &json!("3")));
}

#[tokio::test]
async fn a_voided_hold_counts_neither_as_captured_nor_as_refunded() {
    let sandbox = Sandbox::start().await;
    let intent = sandbox.authorized_intent("pm_card_visa").await;
    let line = sandbox.control_get("/journal").await["payment_intents"][0].clone();
    assert_eq!((&line["authorized"], &line["captured"]), (&json!(5000), &json!(0)));
    sandbox.post(&action(&intent, "/cancel"), &[]).await.ok();
    let line = sandbox.control_get("/journal").await["payment_intents"][0].clone();
    assert_eq!(
        (&line["authorized"], &line["captured"], &line["refunded"], &line["status"]),
        (&json!(0), &json!(0), &json!(0), &json!("canceled"))
    );
}

#[tokio::test]
async fn neither_journal_nor_log_ever_holds_a_card_or_a_key() {
    let sandbox = Sandbox::start().await;
    let intent = sandbox.new_intent().await;
    let form = [
        ("client_secret", intent["client_secret"].as_str().unwrap()),
        ("use_stripe_sdk", "true"),
        ("payment_method_data[type]", "card"),
        ("payment_method_data[card][number]", "4000000000009995"),
        ("payment_method_data[card][exp_month]", "11"),
        ("payment_method_data[card][exp_year]", "2047"),
        ("payment_method_data[card][cvc]", "917"),
    ];
    sandbox.browser(axum::http::Method::POST, &action(&intent, "/confirm"), &form).await.error(402);
    sandbox
        .post_with_key(
            "/v1/payment_methods",
            &[
                ("type", "card"),
                ("card[number]", "4242424242424242"),
                ("card[exp_month]", "1"),
                ("card[exp_year]", "2047"),
                ("card[cvc]", "917"),
            ],
            "k",
        )
        .await
        .ok();
    sandbox.post("/v1/payment_intents", &[("amount", "5000"), ("currency", "eur"), ("card[number]", "4242424242424242")]).await.error(400);
    let written = sandbox.written();
    assert!(written.contains("\"last4\":\"9995\"") && written.contains("\"last4\":\"4242\""));
    for secret in ["4000000000009995", "4242424242424242", "\"917\"", "sk_test_integration", "pk_test_integration", "whsec_integration"] {
        assert!(!written.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_second_sandbox_cannot_write_the_same_journal() {
    let sandbox = Sandbox::start().await;
    let journal = sandbox.journal_directory();
    let keys = ["--secret-key", "sk_test_a", "--publishable-key", "pk_test_a", "--webhook-secret", "whsec_a"];
    let second = std::process::Command::new(env!("CARGO_BIN_EXE_souk-sandbox")).args(keys).arg("--journal").arg(journal).output().unwrap();
    assert!(!second.status.success());
    assert!(String::from_utf8(second.stderr).unwrap().contains("in use by another sandbox"));
}

#[tokio::test]
async fn a_polite_stop_succeeds() {
    let mut sandbox = Sandbox::start().await;
    sandbox.new_intent().await;
    assert_eq!(sandbox.control_get("/health").await["status"], "ok");
    assert_eq!(sandbox.terminate().await, Some(0));
}
