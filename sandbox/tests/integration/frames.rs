//! What browsers are given: the script, its frames, and the policies around them.

use axum::http::Method;

use crate::harness::{Sandbox, action};

#[tokio::test]
async fn the_script_is_served_to_other_origins_and_asks_for_nothing_unsafe() {
    let sandbox = Sandbox::start().await;
    let script = sandbox.visit("/v3/").await;
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(script.header("cross-origin-resource-policy"), "cross-origin");
    for forbidden in ["eval(", "new Function", "innerHTML", "setAttribute('style'", "document.write"] {
        assert!(!script.text.contains(forbidden), "{forbidden}");
    }
}

#[tokio::test]
async fn frames_have_strict_policies_and_only_local_shops_may_show_them() {
    let sandbox = Sandbox::start().await;
    for path in ["/element/payment", "/element/controller"] {
        let frame = sandbox.visit(path).await;
        let policy = frame.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors http://127.0.0.1:*"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(frame.text.contains("<title>") && frame.text.contains(r#"<html lang="en">"#) && frame.text.contains(r#"href="data:,""#));
        assert!(!frame.text.contains("style=") && !frame.text.contains("<style"));
    }
    let missing = sandbox.visit("/nowhere").await;
    assert_eq!(missing.status, 404);
    assert!(missing.header("content-security-policy").contains("frame-ancestors 'none'"));
}

#[tokio::test]
async fn everything_that_the_frames_load_is_there() {
    let sandbox = Sandbox::start().await;
    for path in
        ["/element/channel.js", "/element/payment.js", "/element/payment.css", "/pages/pages.css", "/pages/authentication.js", "/v3"]
    {
        let reply = sandbox.visit(path).await;
        assert_eq!((reply.status.as_u16(), reply.header("x-content-type-options")), (200, "nosniff"), "{path}");
    }
}

#[tokio::test]
async fn the_frames_own_door_refuses_without_a_status_that_browsers_print() {
    let sandbox = Sandbox::start().await;
    let intent = sandbox.new_intent().await;
    let secret = intent["client_secret"].as_str().unwrap();
    let path = format!("/element{}", action(&intent, ""));
    assert_eq!(sandbox.browser(Method::GET, &path, &[("client_secret", secret)]).await.ok()["status"], "requires_payment_method");
    let form = [("client_secret", secret), ("payment_method", "pm_card_chargeDeclined"), ("use_stripe_sdk", "true")];
    let declined = sandbox.browser(Method::POST, &format!("{path}/confirm"), &form).await.ok();
    assert_eq!(declined["error"]["code"], "card_declined");
    assert!(sandbox.browser(Method::GET, &path, &[]).await.ok()["error"].is_object());
}
