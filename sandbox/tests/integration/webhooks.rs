//! Webhooks as the shop receives them; the shop of the harness counts only those with a good signature.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::json;

use crate::harness::{Sandbox, Shop, action, eventually};

async fn settle(sandbox: &Sandbox) -> serde_json::Value {
    eventually("delivery of everything", async || Some(sandbox.control_get("/webhooks").await).filter(|board| board["pending"] == 0)).await
}

#[tokio::test]
async fn every_step_of_a_payment_is_told_signed_and_complete() {
    let (shop, url) = Shop::open().await;
    let sandbox = Sandbox::start_with_webhooks(&url).await;
    let intent = sandbox.new_intent().await;
    sandbox.post(&action(&intent, "/confirm"), &[("payment_method", "pm_card_chargeDeclined")]).await.error(402);
    sandbox.post(&action(&intent, "/confirm"), &[("payment_method", "pm_card_visa")]).await.ok();
    sandbox.post_with_key(&action(&intent, "/capture"), &[("amount_to_capture", "3000")], "capture-7").await.ok();
    sandbox.post("/v1/refunds", &[("payment_intent", intent["id"].as_str().unwrap()), ("amount", "100")]).await.ok();
    let other = sandbox.authorized_intent("pm_card_visa").await;
    sandbox.post(&action(&other, "/cancel"), &[]).await.ok();
    settle(&sandbox).await;

    let mut kinds = shop.kinds();
    kinds.sort();
    let mut expected = [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "charge.captured",
        "payment_intent.succeeded",
        "charge.refunded",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "charge.refunded",
        "payment_intent.canceled",
    ];
    expected.sort_unstable();
    assert_eq!(kinds, expected);
    let succeeded = shop.received().into_iter().find(|webhook| webhook.kind == "payment_intent.succeeded").unwrap().body;
    assert_eq!(succeeded["data"]["object"]["amount_received"], 3000);
    assert_eq!(succeeded["data"]["object"]["metadata"], json!({ "order_id": "7" }));
    assert_eq!(succeeded["request"]["idempotency_key"], "capture-7");
    assert_eq!((&succeeded["livemode"], &succeeded["api_version"]), (&json!(false), &json!("2026-09-30.endive")));
    let stored = sandbox.get(&format!("/v1/events/{}", succeeded["id"].as_str().unwrap())).await.ok();
    assert_eq!(stored, succeeded);
}

#[tokio::test]
async fn a_refused_webhook_is_sent_again_also_after_a_crash() {
    let (shop, url) = Shop::open().await;
    let sandbox = Sandbox::start_with_webhooks(&url).await;
    shop.refuse_next(2);
    sandbox.new_intent().await;
    shop.wait_for(1).await;
    settle(&sandbox).await;
    sandbox.tell("/webhooks", json!({ "mode": "pause" })).await;
    sandbox.new_intent().await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(shop.received().len(), 1);
    let sandbox = sandbox.kill_and_restart().await;
    shop.wait_for(2).await;
    settle(&sandbox).await;
    let ids: HashSet<_> = shop.received().into_iter().map(|webhook| webhook.id).collect();
    assert_eq!(ids.len(), 2);
}

#[tokio::test]
async fn webhooks_come_twice_when_told() {
    let (shop, url) = Shop::open().await;
    let sandbox = Sandbox::start_with_webhooks(&url).await;
    sandbox.tell("/webhooks", json!({ "mode": "duplicate", "copies": 3 })).await;
    sandbox.authorized_intent("pm_card_visa").await;
    settle(&sandbox).await;
    let received = shop.received();
    assert_eq!(received.len(), 9);
    let ids: HashSet<_> = received.iter().map(|webhook| &webhook.id).collect();
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn webhooks_come_in_another_order_when_told() {
    let (shop, url) = Shop::open().await;
    let sandbox = Sandbox::start_with_webhooks(&url).await;
    sandbox.tell("/webhooks", json!({ "mode": "pause" })).await;
    let intent = sandbox.authorized_intent("pm_card_visa").await;
    sandbox.post(&action(&intent, "/capture"), &[]).await.ok();
    sandbox.tell("/webhooks", json!({ "mode": "shuffle", "delay_ms": 50 })).await;
    let arrived = shop.wait_for(5).await;
    let events = sandbox.get("/v1/events").await.ok();
    let made: Vec<_> = events["data"].as_array().unwrap().iter().rev().map(|event| event["id"].as_str().unwrap().to_owned()).collect();
    let arrived: Vec<_> = arrived.into_iter().map(|webhook| webhook.id).collect();
    assert_ne!(arrived, made);
    assert_eq!(arrived.iter().collect::<HashSet<_>>(), made.iter().collect::<HashSet<_>>());
}

#[tokio::test]
async fn webhooks_come_late_when_told() {
    let (shop, url) = Shop::open().await;
    let sandbox = Sandbox::start_with_webhooks(&url).await;
    sandbox.tell("/webhooks", json!({ "mode": "delay", "delay_ms": 600 })).await;
    sandbox.new_intent().await;
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert!(shop.received().is_empty());
    shop.wait_for(1).await;
}

#[tokio::test]
async fn forged_webhooks_come_first_and_a_careful_shop_refuses_them() {
    let (shop, url) = Shop::open().await;
    let sandbox = Sandbox::start_with_webhooks(&url).await;
    sandbox.tell("/webhooks", json!({ "mode": "forge" })).await;
    sandbox.new_intent().await;
    let board = settle(&sandbox).await;
    assert_eq!(board["forged_answers"], json!([400, 400]));
    assert_eq!(shop.received().len(), 1);
    assert_eq!(shop.received()[0].body["data"]["object"]["amount"], 5000);
}

#[tokio::test]
async fn sessions_tell_how_they_ended() {
    let (shop, url) = Shop::open().await;
    let sandbox = Sandbox::start_with_webhooks(&url).await;
    let form = [
        ("mode", "payment"),
        ("success_url", "http://localhost/paid"),
        ("line_items[0][quantity]", "1"),
        ("line_items[0][price_data][currency]", "eur"),
        ("line_items[0][price_data][unit_amount]", "900"),
        ("line_items[0][price_data][product_data][name]", "Cup"),
    ];
    let paid = sandbox.post("/v1/checkout/sessions", &form).await.ok();
    let left = sandbox.post("/v1/checkout/sessions", &form).await.ok();
    sandbox
        .submit(paid["url"].as_str().unwrap(), &[("number", "4242424242424242"), ("expiry", "12/45"), ("cvc", "123"), ("name", "Ada")])
        .await;
    sandbox.post(&action(&left, "/expire"), &[]).await.ok();
    settle(&sandbox).await;
    let find = |kind: &str| shop.received().into_iter().find(|webhook| webhook.kind == kind).unwrap().body["data"]["object"].clone();
    assert_eq!(
        (&find("checkout.session.completed")["id"], &find("checkout.session.completed")["payment_status"]),
        (&paid["id"], &json!("paid"))
    );
    assert_eq!(find("checkout.session.expired")["id"], left["id"]);
}

#[tokio::test]
async fn an_impossible_manner_is_refused() {
    let sandbox = Sandbox::start().await;
    for manner in [json!({ "mode": "sideways" }), json!({ "mode": "duplicate", "copies": 0 }), json!({ "mode": "normal", "speed": 1 })] {
        assert_eq!(sandbox.control_post("/webhooks", manner).await.status, 422);
    }
}
