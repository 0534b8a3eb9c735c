//! The issuer's check: asked, passed, failed, closed.

use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{Sandbox, action};

const RETURN_URL: &str = "http://127.0.0.1:3000/checkout/return?order=7";

async fn challenged(sandbox: &Sandbox, method: &str, more: &[(&str, &str)]) -> Value {
    let intent = sandbox.new_intent().await;
    let mut form = vec![("payment_method", method)];
    form.extend(more);
    let asked = sandbox.post(&action(&intent, "/confirm"), &form).await.ok();
    assert_eq!(asked["status"], "requires_action");
    asked
}

#[tokio::test]
async fn authorising_leads_back_to_the_shop_with_the_payment_held() {
    let sandbox = Sandbox::start().await;
    for method in ["pm_card_authenticationRequired", "pm_card_threeDSecure2Required"] {
        let intent = challenged(&sandbox, method, &[("return_url", RETURN_URL)]).await;
        assert_eq!(intent["next_action"]["type"], "redirect_to_url");
        let address = intent["next_action"]["redirect_to_url"]["url"].as_str().unwrap();
        let page = sandbox.visit(address).await;
        assert!(page.text.contains("€50.00") && page.text.contains("Authorise payment") && page.text.contains("Fail authentication"));
        assert!(!page.text.contains("<script"));
        let back = sandbox.submit(address, &[("outcome", "authorize")]).await;
        assert_eq!(back.status, 303);
        let location = back.header("location");
        assert!(location.starts_with(&format!("{RETURN_URL}&payment_intent={}", intent["id"].as_str().unwrap())), "{location}");
        assert!(
            location.contains(intent["client_secret"].as_str().unwrap()) && location.ends_with("redirect_status=succeeded"),
            "{location}"
        );
        let held = sandbox.get(&action(&intent, "")).await.ok();
        assert_eq!((&held["status"], &held["next_action"]), (&json!("requires_capture"), &json!(null)));
        let again = sandbox.submit(address, &[("outcome", "authorize")]).await;
        assert!(again.text.contains("Nothing to approve"));
    }
}

#[tokio::test]
async fn failing_leaves_the_intent_payable_with_another_card() {
    let sandbox = Sandbox::start().await;
    let intent = challenged(&sandbox, "pm_card_authenticationRequired", &[("return_url", RETURN_URL)]).await;
    let address = intent["next_action"]["redirect_to_url"]["url"].as_str().unwrap();
    let back = sandbox.submit(address, &[("outcome", "fail")]).await;
    assert!(back.header("location").ends_with("redirect_status=failed"));
    let failed = sandbox.get(&action(&intent, "")).await.ok();
    assert_eq!(failed["status"], "requires_payment_method");
    assert_eq!(failed["last_payment_error"]["code"], "payment_intent_authentication_failure");
    assert_eq!(sandbox.post(&action(&intent, "/confirm"), &[("payment_method", "pm_card_visa")]).await.ok()["status"], "requires_capture");
}

#[tokio::test]
async fn a_card_may_be_declined_after_the_check() {
    let sandbox = Sandbox::start().await;
    let intent = challenged(&sandbox, "pm_card_threeDSecureRequiredChargeDeclined", &[("return_url", RETURN_URL)]).await;
    let address = intent["next_action"]["redirect_to_url"]["url"].as_str().unwrap();
    let back = sandbox.submit(address, &[("outcome", "authorize")]).await;
    assert!(back.header("location").ends_with("redirect_status=failed"));
    assert_eq!(sandbox.get(&action(&intent, "")).await.ok()["last_payment_error"]["decline_code"], "generic_decline");
}

#[tokio::test]
async fn the_script_shows_the_check_in_a_frame_and_may_close_it() {
    let sandbox = Sandbox::start().await;
    let intent = challenged(&sandbox, "pm_card_authenticationRequired", &[("use_stripe_sdk", "true")]).await;
    assert_eq!(intent["next_action"]["type"], "use_stripe_sdk");
    let address = intent["next_action"]["use_stripe_sdk"]["stripe_js"].as_str().unwrap();
    let policy = sandbox.visit(address).await.header("content-security-policy").to_owned();
    assert!(policy.contains("frame-ancestors http://127.0.0.1:*"), "{policy}");
    let secret = intent["client_secret"].as_str().unwrap();
    let closed = sandbox.browser(Method::POST, &action(&intent, "/source_cancel"), &[("client_secret", secret)]).await.ok();
    assert_eq!(closed["last_payment_error"]["code"], "payment_intent_authentication_failure");

    let intent = challenged(&sandbox, "pm_card_authenticationRequired", &[("use_stripe_sdk", "true")]).await;
    let address = intent["next_action"]["use_stripe_sdk"]["stripe_js"].as_str().unwrap();
    let done = sandbox.submit(&format!("{address}?parent=http%3A%2F%2F127.0.0.1%3A3000"), &[("outcome", "authorize")]).await;
    assert!(done.text.contains(r#"data-parent="http://127.0.0.1:3000""#));
    assert_eq!(sandbox.get(&action(&intent, "")).await.ok()["status"], "requires_capture");
    let foreign = sandbox.visit(&format!("{address}?parent=http%3A%2F%2Fexample.org")).await;
    assert!(!foreign.text.contains("<script"));
}

#[tokio::test]
async fn a_check_survives_a_crash_and_a_guessed_address_is_nothing() {
    let sandbox = Sandbox::start().await;
    let intent = challenged(&sandbox, "pm_card_authenticationRequired", &[("return_url", RETURN_URL)]).await;
    let path = intent["next_action"]["redirect_to_url"]["url"].as_str().unwrap().strip_prefix(&sandbox.api).unwrap().to_owned();
    let guessed = sandbox.submit(&format!("/3ds/{}/guess", intent["id"].as_str().unwrap()), &[("outcome", "authorize")]).await;
    assert!(guessed.text.contains("Nothing to approve"));
    let sandbox = sandbox.kill_and_restart().await;
    assert_eq!(sandbox.submit(&path, &[("outcome", "authorize")]).await.status, 303);
    assert_eq!(sandbox.get(&action(&intent, "")).await.ok()["status"], "requires_capture");
}
