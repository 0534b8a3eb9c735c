//! Refunds: in part, in full, never too much.

use serde_json::json;

use crate::harness::{Sandbox, action};

#[tokio::test]
async fn parallel_refunds_never_exceed_the_capture() {
    let sandbox = Sandbox::start().await;
    let intent = sandbox.authorized_intent("pm_card_visa").await;
    sandbox.post(&action(&intent, "/capture"), &[("amount_to_capture", "4000")]).await.ok();
    let form = [("payment_intent", intent["id"].as_str().unwrap()), ("amount", "700")];
    let refunds = (0..12).map(|_| sandbox.post("/v1/refunds", &form));
    let replies = join_all(refunds).await;
    let accepted = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(accepted, 5);
    for refused in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!(refused.error(400)["code"], "amount_too_large");
    }
    let line = sandbox.control_get("/journal").await["payment_intents"][0].clone();
    assert_eq!((&line["captured"], &line["refunded"]), (&json!(4000), &json!(3500)));
    let rest = sandbox.post("/v1/refunds", &form[..1]).await.ok();
    assert_eq!(rest["amount"], 500);
    assert_eq!(sandbox.post("/v1/refunds", &form[..1]).await.error(400)["code"], "charge_already_refunded");
    let charge = sandbox.get(&format!("/v1/charges/{}?expand[]=refunds", rest["charge"].as_str().unwrap())).await.ok();
    assert_eq!((&charge["refunded"], &charge["amount_refunded"]), (&json!(true), &json!(4000)));
    assert_eq!(charge["refunds"]["data"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn what_was_never_captured_cannot_be_refunded() {
    let sandbox = Sandbox::start().await;
    let held = sandbox.authorized_intent("pm_card_visa").await;
    let intent = [("payment_intent", held["id"].as_str().unwrap())];
    assert_eq!(sandbox.post("/v1/refunds", &intent).await.error(400)["code"], "charge_not_refundable");
    let fresh = sandbox.new_intent().await;
    let intent = [("payment_intent", fresh["id"].as_str().unwrap())];
    assert_eq!(sandbox.post("/v1/refunds", &intent).await.error(400)["code"], "payment_intent_unexpected_state");
    assert_eq!(sandbox.post("/v1/refunds", &[]).await.error(400)["code"], "parameter_missing");
    assert_eq!(sandbox.post("/v1/refunds", &[("charge", "ch_none")]).await.error(404)["code"], "resource_missing");
}

#[tokio::test]
async fn refunds_are_found_by_id_and_by_payment() {
    let sandbox = Sandbox::start().await;
    let intent = sandbox.authorized_intent("pm_card_visa").await;
    let id = intent["id"].as_str().unwrap();
    sandbox.post(&action(&intent, "/capture"), &[]).await.ok();
    let refund = sandbox
        .post("/v1/refunds", &[("payment_intent", id), ("amount", "100"), ("reason", "requested_by_customer"), ("metadata[return]", "9")])
        .await
        .ok();
    let found = sandbox.get(&format!("/v1/refunds/{}", refund["id"].as_str().unwrap())).await.ok();
    assert_eq!(found, refund);
    let listed = sandbox.get(&format!("/v1/refunds?payment_intent={id}&expand[]=data.charge")).await.ok();
    assert_eq!((&listed["data"][0]["id"], &listed["data"][0]["charge"]["amount_refunded"]), (&refund["id"], &json!(100)));
}

async fn join_all<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut pending: Vec<_> = futures.map(Box::pin).collect();
    let mut finished = Vec::new();
    std::future::poll_fn(|context| {
        pending.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(output) => {
                finished.push(output);
                false
            }
            std::task::Poll::Pending => true,
        });
        if pending.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    finished
}
