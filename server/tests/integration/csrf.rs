//! No other site makes a browser act here.

use crate::support::{HOST, ORIGIN, Server, request};
use http::StatusCode;
use sqlx::PgPool;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn functions_are_open_to_our_own_pages_only(db: PgPool) {
    let server = Server::new(db);
    let status = async |headers: &[(&str, &str)]| {
        let mut all = vec![FORM, ("accept", "application/json")];
        all.extend_from_slice(headers);
        server.send(request("POST", "/sf/accounts/sign_out", &all, "")).await.status
    };
    for own in
        [vec![("sec-fetch-site", "same-origin"), ("origin", ORIGIN)], vec![("sec-fetch-site", "none")], vec![("origin", ORIGIN)], vec![]]
    {
        assert_eq!(status(&own).await, StatusCode::OK, "{own:?}");
    }
    for foreign in [
        vec![("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        vec![("sec-fetch-site", "cross-site"), ("origin", "null")],
        vec![("sec-fetch-site", "same-site"), ("origin", "http://evil.127.0.0.1")],
        vec![("sec-fetch-site", "cross-site")],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
    ] {
        assert_eq!(status(&foreign).await, StatusCode::FORBIDDEN, "{foreign:?}");
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn no_function_is_set_off_by_a_link(db: PgPool) {
    let server = Server::new(db);
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        let answer = server.send(request("GET", path, &[("accept", "text/html"), ("sec-fetch-site", "cross-site")], "")).await;
        assert_eq!(method, http::Method::POST, "{path}");
        assert_eq!((answer.status, answer.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "POST"), "{path}");
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn the_api_refuses_other_sites_too_and_the_webhook_only_wrong_signatures(db: PgPool) {
    let server = Server::new(db);
    let foreign = [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];
    let answer = server.call("PUT", "/cart/items", &foreign, "{}").await;
    crate::support::assert_verdict(&answer, 403, "forbidden");
    let answer = server.call("POST", "/webhooks/stripe", &foreign, "{}").await;
    crate::support::assert_verdict(&answer, 400, "signature_invalid");
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn a_plain_form_is_led_back_to_our_own_pages_only(db: PgPool) {
    let server = Server::new(db);
    let location = async |referrer: &str| {
        let headers = [FORM, ("accept", "text/html"), ("referer", referrer)];
        let answer = server.send(request("POST", "/sf/cart/add_item", &headers, "quantity=none")).await;
        (answer.status, answer.header("location").to_owned())
    };
    let (status, own) = location(&format!("http://{HOST}/p/bowl")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(own.starts_with(&format!("http://{HOST}/p/bowl")) || own.starts_with("/p/bowl"), "{own}");
    let (_, foreign) = location("https://evil.example/p/bowl").await;
    assert!(!foreign.contains("evil.example"), "{foreign}");
}
