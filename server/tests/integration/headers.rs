//! Headers on every kind of answer, errors included.

use crate::support::{Server, request};
use sqlx::PgPool;

const ALWAYS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), usb=()"),
];

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn every_answer_carries_the_security_headers(db: PgPool) {
    let server = Server::new(db);
    let asked = [
        ("GET", "/", 200),
        ("GET", "/no/such/page", 404),
        ("GET", "/cart", 200),
        ("GET", "/checkout", 200),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/pkg/none.js", 404),
        ("GET", "/media/none.webp", 404),
        ("GET", "/track?t=unknown", 404),
        ("GET", "/api/v1/categories", 200),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/docs", 200),
        ("GET", "/api/v1/openapi.json", 200),
        ("POST", "/sf/no/such", 404),
        ("POST", "/api/v1/cart", 405),
    ];
    for (method, path, status) in asked {
        let answer = server.send(request(method, path, &[("accept", "text/html")], "")).await;
        // Some personal pages lead elsewhere; what they carry is the same.
        let as_expected = answer.status == status || (path == "/checkout" && answer.status.is_redirection());
        assert!(as_expected, "{path}: {} {}", answer.status, answer.body);
        for (name, value) in ALWAYS {
            assert_eq!(answer.header(name), value, "{path}");
        }
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{path}: {policy}");
        assert!(!answer.header("referrer-policy").is_empty() && !answer.header("x-request-id").is_empty(), "{path}");
        assert!(answer.headers.get("strict-transport-security").is_none(), "{path}: plain http promises no https");
        let kind = answer.header("content-type");
        assert!(!kind.starts_with("text/") || kind.contains("charset"), "{path}: {kind}");
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn https_is_promised_where_it_is_spoken(db: PgPool) {
    let stripe = [("SOUK_PUBLIC_URL", "https://souk.example"), ("SOUK_PAYMENTS", "stripe")];
    let server = Server::configured(db, &stripe);
    for path in ["/", "/no/such/page", "/api/v1/nothing"] {
        let answer = server.get(path).await;
        assert_eq!(answer.header("strict-transport-security"), "max-age=63072000; includeSubDomains", "{path}");
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn the_gateway_is_allowed_only_where_something_is_paid(db: PgPool) {
    let server = Server::new(db);
    let policy = async |path| server.get(path).await.header("content-security-policy").to_owned();
    let gateway = "http://127.0.0.1:4242";
    for path in ["/", "/cart", "/account/sign-in", "/no/such/page"] {
        assert!(!policy(path).await.contains(gateway), "{path}");
    }
    let paying = policy("/checkout/pay/SK-0000-0000").await;
    for directive in ["script-src", "frame-src", "connect-src", "form-action"] {
        let sources = paying.split(';').find(|part| part.trim().starts_with(directive)).unwrap_or_default();
        assert!(sources.contains(gateway), "{directive}: {paying}");
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn a_mailed_link_leaves_no_trace(db: PgPool) {
    let answer = Server::new(db).get("/track?t=0000").await;
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn readiness_follows_the_database_and_not_redis(db: PgPool) {
    let server = Server::new(db);
    let with = |handles| server::router(server::AppState::new(&crate::support::configured(&[]).unwrap(), handles));
    let asked = async |shop: backend::testing::Shop| {
        let one = Server { router: with(shop.handles.clone()), shop };
        (one.get("/healthz").await.status.as_u16(), one.get("/readyz").await.status.as_u16())
    };
    assert_eq!(asked(server.shop.clone()).await, (200, 200));
    assert_eq!(asked(server.shop.without_redis()).await, (200, 200));
    assert_eq!(asked(server.shop.without_database()).await, (200, 503));
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn methods_that_nothing_is_asked_by_are_refused_and_no_other_origin_is_let_in(db: PgPool) {
    let server = Server::new(db);
    for path in ["/", "/no/such/page", "/sf/accounts/sign_out", "/api/v1/categories"] {
        for method in ["TRACE", "OPTIONS", "PROPFIND", "DELETE"] {
            let answer = server.send(request(method, path, &[], "")).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            let foreign = server.send(request(method, path, &[("origin", "https://evil.example")], "")).await;
            assert!([403, 405].contains(&foreign.status.as_u16()), "{method} {path}: {}", foreign.status);
            assert_eq!(foreign.header("access-control-allow-origin"), "", "{method} {path}");
        }
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn what_a_browser_refuses_is_reported_and_counted(db: PgPool) {
    let metrics = server::telemetry::metrics_handle().unwrap();
    let server = Server::new(db);
    let policy = server.get("/").await.header("content-security-policy").to_owned();
    let path = policy.split("report-uri ").nth(1).expect("every page says where to report to");
    let send = async |path: &str, body: &str| server.send(request("POST", path, &[("content-type", "application/csp-report")], body)).await;
    let report = r#"{"csp-report":{"document-uri":"https://shop.example/","violated-directive":"script-src","blocked-uri":"https://evil.example/a?b"}}"#;
    assert_eq!(send(path, report).await.status, 204);
    assert_eq!(send(path, "no report").await.status, 400);
    assert_eq!(send(path, &"x".repeat(65 * 1024)).await.status, 413);
    assert!(metrics.render().contains("csp_violations_total 1"), "{}", metrics.render());
}
