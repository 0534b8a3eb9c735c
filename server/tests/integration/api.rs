//! The API's conventions, one by one.

use crate::support::{Server, assert_verdict};
use server::rest::problem::ErrorCode;
use sqlx::PgPool;
use std::collections::BTreeSet;

fn order(email: &str) -> String {
    let address = r#"{"name":"Ada","line1":"1 Main St","city":"New York","region":"NY","postal_code":"10013","country":"US"}"#;
    format!(r#"{{"email":"{email}","shipping_address":{address}}}"#)
}

/// A guest's cart with one thing in it: its token.
async fn cart(server: &Server, slug: &str) -> String {
    let product = server.shop.simple_product(slug, 4_200, 5).await;
    let body = format!(r#"{{"variant_id":"{}","quantity":1}}"#, product.variants[0]);
    let answer = server.call("PUT", "/cart/items", &[], &body).await;
    answer.json()["token"].as_str().unwrap().to_owned()
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn a_problem_is_whole_and_its_codes_are_described(db: PgPool) {
    let server = Server::new(db);
    let answer = server.call("GET", "/products/none", &[], "").await;
    assert_verdict(&answer, 404, "not_found");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let document = answer.json();
    assert_eq!((document["status"].as_u64(), document["trace_id"].as_str()), (Some(404), Some(answer.header("x-request-id"))));
    assert!(document["errors"].is_array() && document["title"].is_string() && document["type"].is_string());

    let description = server.call("GET", "/openapi.json", &[], "").await.json();
    let described: BTreeSet<String> = description["components"]["schemas"]["ErrorCode"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .map(|code| code.as_str().unwrap().to_owned())
        .collect();
    let codes = ErrorCode::ALL.iter().map(|code| serde_json::to_value(code).unwrap().as_str().unwrap().to_owned()).collect();
    assert_eq!(described, codes);
    let page = server.send(crate::support::request("GET", "/api/docs", &[], "")).await;
    assert!(codes.iter().all(|code| page.body.contains(&format!("id=\"{code}\""))), "each code can be looked up");
    let read = page.body.split_once("<h2 id=\"schemas\">").unwrap().0;
    assert!(!read.contains('`') && read.contains("<code>next_cursor</code>"), "code looks like code");
    assert!(!read.contains("</td><td></td><td>"), "each answer says what it is");
    for link in page.body.split("href=\"#").skip(1).filter_map(|rest| rest.split_once('"')) {
        assert!(page.body.contains(&format!("id=\"{}\"", link.0)), "{} leads nowhere", link.0);
    }
}

/// Programs rely on these words: none goes, none changes its status.
#[rustfmt::skip]
const CODES: [(&str, u16); 41] = [
    ("invalid_json", 400), ("invalid_request", 400), ("idempotency_key_required", 400), ("idempotency_key_invalid", 400),
    ("signature_invalid", 400), ("credentials_required", 401), ("invalid_token", 401), ("invalid_credentials", 401), ("forbidden", 403),
    ("not_found", 404), ("cart_not_found", 404), ("variant_not_found", 404), ("method_not_allowed", 405), ("request_timeout", 408),
    ("email_taken", 409), ("out_of_stock", 409), ("total_changed", 409), ("order_pending", 409), ("payment_in_progress", 409),
    ("line_withdrawn", 409), ("already_paid", 409), ("order_expired", 409), ("order_canceled", 409), ("idempotency_in_progress", 409),
    ("payload_too_large", 413), ("unsupported_media_type", 415), ("validation_failed", 422), ("idempotency_key_reused", 422),
    ("quantity_limit", 422), ("cart_empty", 422), ("shipping_option_unknown", 422), ("not_shipped", 422), ("total_not_payable", 422),
    ("coupon_invalid", 422), ("coupon_expired", 422), ("coupon_not_applicable", 422), ("coupon_used_up", 422),
    ("payment_method_invalid", 422), ("too_many_requests", 429), ("internal_error", 500), ("unavailable", 503),
];

#[test]
fn the_list_of_codes_is_closed() {
    let codes: Vec<(String, u16)> = ErrorCode::ALL
        .iter()
        .map(|code| (serde_json::to_value(code).unwrap().as_str().unwrap().to_owned(), code.status().as_u16()))
        .collect();
    let expected: Vec<(String, u16)> = CODES.iter().map(|(code, status)| ((*code).to_owned(), *status)).collect();
    assert_eq!(codes, expected);
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn every_reference_in_the_description_leads_somewhere(db: PgPool) {
    let description = Server::new(db).call("GET", "/openapi.json", &[], "").await;
    let document = description.json();
    let references: BTreeSet<&str> =
        description.body.split("\"$ref\":\"").skip(1).filter_map(|rest| rest.split('"').next()?.strip_prefix('#')).collect();
    assert!(references.len() > 10, "{references:?}");
    for reference in references {
        assert!(document.pointer(reference).is_some(), "{reference}");
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn what_is_not_understood_is_refused(db: PgPool) {
    let server = Server::new(db);
    let get = async |path: &str| server.call("GET", path, &[], "").await;
    assert_verdict(&get("/products?colour=blue").await, 422, "validation_failed");
    assert_verdict(&get("/products?limit=101").await, 422, "validation_failed");
    assert_verdict(&get("/products?limit=0").await, 422, "validation_failed");
    assert_verdict(&get("/products?sort=best").await, 422, "validation_failed");
    assert_verdict(&get("/products?q=a%00b").await, 422, "validation_failed");
    assert_verdict(&get("/products?min_price=5&max_price=4").await, 422, "validation_failed");
    assert_verdict(&get("/products?cursor=nonsense").await, 422, "validation_failed");
    let order_token = [("order-token", "another")];
    assert_verdict(&server.call("GET", "/orders?cursor=nonsense", &order_token, "").await, 422, "validation_failed");
    assert_verdict(&get("/categories?x=1").await, 422, "validation_failed");
    assert_verdict(&get("/products/a%00b").await, 404, "not_found");
    assert_verdict(&get("/products/%FF").await, 404, "not_found");
    assert_verdict(&get("/nothing").await, 404, "not_found");
    let answer = server.call("PATCH", "/cart", &[], "").await;
    assert_verdict(&answer, 405, "method_not_allowed");
    assert_eq!(answer.header("allow").split(',').collect::<BTreeSet<_>>(), BTreeSet::from(["GET", "HEAD", "DELETE"]));

    let put = async |headers: &[(&str, &str)], body: &str| server.call("PUT", "/cart/items", headers, body).await;
    assert_verdict(&put(&[], "{").await, 400, "invalid_json");
    assert_verdict(&put(&[("content-type", "text/plain")], "{}").await, 415, "unsupported_media_type");
    assert_verdict(&put(&[], &format!("\"{}\"", "a".repeat(70_000))).await, 413, "payload_too_large");
    let answer = put(&[], r#"{"variant_id":"00000000-0000-0000-0000-000000000001","quantity":1,"price":1}"#).await;
    assert_verdict(&answer, 422, "validation_failed");
    assert_eq!((&answer.json()["errors"][0]["field"], &answer.json()["errors"][0]["code"]), (&"price".into(), &"unknown_field".into()));
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn tokens_are_checked_before_anything_else(db: PgPool) {
    let server = Server::new(db);
    for value in ["Bearer nonsense", "Bearer", "Basic YTpi", "Bearer a.b.c"] {
        let answer = server.call("GET", "/products?colour=blue", &[("authorization", value)], "").await;
        assert_verdict(&answer, 401, "invalid_token");
        assert!(answer.header("www-authenticate").starts_with("Bearer"));
    }
    assert_verdict(&server.call("GET", "/orders?colour=blue", &[], "").await, 401, "credentials_required");
    assert_verdict(&server.call("POST", "/orders", &[], "{").await, 401, "credentials_required");
    assert_verdict(&server.call("POST", "/orders", &[("cart-token", "unknown")], "{").await, 404, "cart_not_found");
    assert_verdict(&server.call("GET", "/cart", &[("cart-token", "unknown")], "").await, 404, "cart_not_found");
    let writes = [
        ("PUT", "/cart/items", "{}"),
        ("DELETE", "/cart/items/mug?colour=blue", ""),
        ("DELETE", "/cart?colour=blue", ""),
        ("PUT", "/cart/coupon", "{"),
        ("PUT", "/cart/coupon", r#"{"code":"NO-SUCH-CODE"}"#),
        ("DELETE", "/cart/coupon?colour=blue", ""),
        ("POST", "/checkout/quote", r#"{"shipping_address":7}"#),
    ];
    for (method, path, body) in writes {
        assert_verdict(&server.call(method, path, &[("cart-token", "unknown")], body).await, 404, "cart_not_found");
    }
    assert_verdict(&server.call("PUT", "/cart/items", &[], "{}").await, 422, "validation_failed");
    let cookie = server.signed_in_cookie().await;
    assert_verdict(&server.call("GET", "/profile", &[("cookie", &cookie)], "").await, 401, "credentials_required");
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn a_guests_cart_has_a_token_in_every_answer_and_an_accounts_has_none(db: PgPool) {
    let server = Server::new(db);
    let token = cart(&server, "blue-bowl").await;
    let guest = server.call("GET", "/cart", &[("cart-token", &token)], "").await.json();
    assert_eq!(guest["token"], token.as_str());
    let account = format!("Bearer {}", server.access_token().await);
    let both = [("authorization", account.as_str()), ("cart-token", token.as_str())];
    let merged = server.call("GET", "/cart", &both, "").await.json();
    assert_eq!((merged["token"].is_null(), merged["lines"].as_array().unwrap().len()), (true, 1));
    let again = server.call("GET", "/cart", &both, "").await.json();
    assert_eq!(again["lines"][0]["quantity"], 1, "merged once");
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn limits_of_a_cart_come_with_their_numbers(db: PgPool) {
    let server = Server::new(db);
    let product = server.shop.simple_product("blue-bowl", 4_200, 5).await;
    let put = async |quantity: u32| {
        let body = format!(r#"{{"variant_id":"{}","quantity":{quantity}}}"#, product.variants[0]);
        server.call("PUT", "/cart/items", &[], &body).await
    };
    let short = put(6).await;
    assert_verdict(&short, 409, "out_of_stock");
    assert_eq!(
        (&short.json()["errors"][0]["available"], &short.json()["errors"][0]["variant_id"]),
        (&5.into(), &product.variants[0].to_string().into())
    );
    let many = put(100).await;
    assert_verdict(&many, 422, "quantity_limit");
    assert_eq!(many.json()["errors"][0]["max"], 99);
    let body = r#"{"variant_id":"00000000-0000-7000-8000-000000000001","quantity":1}"#;
    assert_verdict(&server.call("PUT", "/cart/items", &[], body).await, 404, "variant_not_found");
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn the_same_key_is_one_order_and_one_answer(db: PgPool) {
    let server = Server::new(db);
    let token = cart(&server, "blue-bowl").await;
    let place = async |key: &str, body: &str| {
        let headers = [("cart-token", token.as_str()), ("idempotency-key", key)];
        server.call("POST", "/orders", &headers, body).await
    };
    let without = server.call("POST", "/orders", &[("cart-token", &token)], &order("ada@example.com")).await;
    assert_verdict(&without, 400, "idempotency_key_required");

    // What was refused before any effect frees the key, also for another body.
    assert_verdict(&place("one", r#"{"email":"ada@example.com"}"#).await, 422, "validation_failed");
    let first = place("one", &order("ada@example.com")).await;
    assert_eq!(first.status, 201, "{}", first.body);
    assert_eq!(first.header("idempotent-replayed"), "");
    let again = place("one", &order("ada@example.com")).await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (first.status, "true"));
    assert_eq!(again.body, first.body, "byte for byte");
    assert_verdict(&place("one", &order("eve@example.com")).await, 422, "idempotency_key_reused");
    let pending = place("two", &order("ada@example.com")).await;
    assert_verdict(&pending, 409, "order_pending");
    assert_eq!(pending.json()["errors"][0]["order_id"], first.json()["id"]);

    // Another caller's key of the same name is another key.
    let other = cart(&server, "green-bowl").await;
    let headers = [("cart-token", other.as_str()), ("idempotency-key", "one")];
    let theirs = server.call("POST", "/orders", &headers, &order("ada@example.com")).await;
    assert_eq!((theirs.status.as_u16(), theirs.header("idempotent-replayed")), (201, ""));
    assert_ne!(theirs.json()["id"], first.json()["id"]);
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn twenty_at_once_with_one_key_place_one_order(db: PgPool) {
    let server = std::sync::Arc::new(Server::new(db));
    let token = cart(&server, "blue-bowl").await;
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (server, token) = (server.clone(), token.clone());
        requests.spawn(async move {
            let headers = [("cart-token", token.as_str()), ("idempotency-key", "one")];
            let answer = server.call("POST", "/orders", &headers, &order("ada@example.com")).await;
            (answer.status.as_u16(), answer.body)
        });
    }
    let answers = requests.join_all().await;
    let placed: BTreeSet<&String> = answers.iter().filter(|(status, _)| *status == 201).map(|(_, body)| body).collect();
    assert_eq!(placed.len(), 1, "{answers:?}");
    assert!(
        answers.iter().all(|(status, body)| *status == 201 || (*status == 409 && body.contains("idempotency_in_progress"))),
        "{answers:?}"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn an_order_is_seen_with_its_own_token_only(db: PgPool) {
    let server = Server::new(db);
    let token = cart(&server, "blue-bowl").await;
    let headers = [("cart-token", token.as_str()), ("idempotency-key", "one")];
    let placed = server.call("POST", "/orders", &headers, &order("ada@example.com")).await.json();
    let (number, id, own) = (placed["number"].as_str().unwrap(), placed["id"].as_str().unwrap(), placed["access_token"].as_str().unwrap());
    for path in [format!("/orders/{number}"), format!("/orders/{id}")] {
        let seen = server.call("GET", &path, &[("order-token", own)], "").await;
        assert_eq!((seen.status.as_u16(), &seen.json()["id"]), (200, &placed["id"]));
        assert_verdict(&server.call("GET", &path, &[("order-token", "another")], "").await, 404, "not_found");
        assert_verdict(&server.call("GET", &path, &[], "").await, 401, "credentials_required");
    }
    let listed = server.call("GET", "/orders", &[("order-token", own)], "").await.json();
    assert_eq!(listed["items"][0]["id"], placed["id"]);
    let body = format!(r#"{{"order_id":"{id}","payment_method":"pm_card_visa"}}"#);
    let foreign = server.call("POST", "/payments", &[("order-token", "another")], &body).await;
    assert_verdict(&foreign, 404, "not_found");
    assert_verdict(&server.call("POST", "/payments", &[("order-token", own)], &body).await, 400, "idempotency_key_required");
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn signing_out_ends_what_the_sign_in_began(db: PgPool) {
    let server = Server::new(db);
    let account = r#"{"email":"ada@example.com","password":"seven teal lanterns hum","name":"Ada"}"#;
    let registered = server.call("POST", "/register", &[], account).await;
    assert_eq!(registered.status, 201, "{}", registered.body);
    assert_verdict(&server.call("POST", "/register", &[], account).await, 409, "email_taken");
    let weak = account.replace("seven teal lanterns hum", "short").replace("ada@", "eve@");
    let weak = server.call("POST", "/register", &[], &weak).await;
    assert_eq!((weak.status.as_u16(), &weak.json()["errors"][0]["field"]), (422, &"password".into()));

    let tokens = registered.json();
    let access = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    assert_eq!(server.call("GET", "/profile", &[("authorization", &access)], "").await.json()["email"], "ada@example.com");
    assert_eq!(server.call("POST", "/logout", &[("authorization", &access)], "").await.status, 204);
    assert_verdict(&server.call("GET", "/profile", &[("authorization", &access)], "").await, 401, "invalid_token");
    let refresh = format!(r#"{{"refresh_token":{}}}"#, tokens["refresh_token"]);
    assert_verdict(&server.call("POST", "/token", &[], &refresh).await, 401, "invalid_token");
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn only_signed_events_are_taken(db: PgPool) {
    let server = Server::new(db);
    let body =
        r#"{"id":"evt_1","object":"event","type":"balance.available","livemode":false,"created":1,"data":{"object":{"object":"balance"}}}"#;
    assert_verdict(&server.call("POST", "/webhooks/stripe", &[], body).await, 400, "signature_invalid");
    for forged in ["", "nonsense", "t=1,v1=00", "t=99999999999,v1=0000000000000000000000000000000000000000000000000000000000000000"] {
        let answer = server.call("POST", "/webhooks/stripe", &[("stripe-signature", forged)], body).await;
        assert_verdict(&answer, 400, "signature_invalid");
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn an_outage_is_told_apart_from_a_fault(db: PgPool) {
    let shop = Server::new(db).shop.without_database();
    let state = server::AppState::new(&crate::support::configured(&[]).unwrap(), shop.handles.clone());
    let broken = Server { router: server::router(state), shop };
    let answer = broken.call("GET", "/categories", &[], "").await;
    assert_verdict(&answer, 503, "unavailable");
    assert!(!answer.header("retry-after").is_empty());
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn a_coupon_that_is_refused_says_why(db: PgPool) {
    let server = Server::new(db);
    let token = cart(&server, "blue-bowl").await;
    let coupons = [
        ("OLD", "order_basis_points, starts_at, ends_at", "1000, souk.clock() - interval '2 days', souk.clock() - interval '1 day'"),
        ("LARGE", "order_amount, currency, min_goods", "500, 'USD', 100000"),
        ("SPENT", "order_basis_points, uses_max, uses", "1000, 1, 1"),
    ];
    for (number, (code, columns, values)) in coupons.into_iter().enumerate() {
        let insert = format!(
            "insert into coupon (coupon_id, code, label, funded_by, {columns}) values ($1, '{code}', 'A coupon', 'marketplace', {values})"
        );
        sqlx::query(sqlx::AssertSqlSafe(insert))
            .bind(uuid::Uuid::from_u128(number as u128 + 1))
            .execute(&server.shop.handles.db)
            .await
            .unwrap();
    }
    for (code, refusal) in
        [("OLD", "coupon_expired"), ("LARGE", "coupon_not_applicable"), ("SPENT", "coupon_used_up"), ("NONE", "coupon_invalid")]
    {
        let body = format!(r#"{{"code":"{code}"}}"#);
        let answer = server.call("PUT", "/cart/coupon", &[("cart-token", &token)], &body).await;
        assert_verdict(&answer, 422, refusal);
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn a_total_that_has_changed_is_answered_with_the_new_quote(db: PgPool) {
    let server = Server::new(db);
    let token = cart(&server, "blue-bowl").await;
    let body = order("ada@example.com").replacen('{', r#"{"expected_total":{"amount":1,"currency":"USD"},"#, 1);
    let answer = server.call("POST", "/orders", &[("cart-token", &token), ("idempotency-key", "k-1")], &body).await;
    assert_verdict(&answer, 409, "total_changed");
    let quote = &answer.json()["errors"][0]["quote"];
    assert!(quote["total"]["amount"].as_i64().unwrap() >= 4_200 && quote["shipping_options"].is_array(), "{quote}");
}
