//! A shop to knock at.

use axum::Router;
use axum::body::Body;
use backend::testing::Shop;
use domain::checkout::PlacedOrder;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use server::AppState;
use server::config::Config;
use sqlx::PgPool;
use tower::ServiceExt as _;

pub(crate) const HOST: &str = "127.0.0.1:3000";
pub(crate) const ORIGIN: &str = "http://127.0.0.1:3000";

/// What a shop on this machine is configured with.
pub(crate) const VARIABLES: [(&str, &str); 12] = [
    ("SOUK_PUBLIC_URL", ORIGIN),
    ("DATABASE_URL", "postgres://souk@127.0.0.1/souk"),
    ("REDIS_URL", "redis://127.0.0.1"),
    ("SOUK_PAYMENTS", "sandbox"),
    ("SOUK_SANDBOX_URL", "http://127.0.0.1:4242"),
    ("STRIPE_SECRET_KEY", "sk_test_shop"),
    ("STRIPE_PUBLISHABLE_KEY", "pk_test_shop"),
    ("STRIPE_WEBHOOK_SECRET", "whsec_shop"),
    ("SOUK_SECRET_KEY", "a15e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e"),
    ("SOUK_MEDIA_DIR", "/nonexistent/media"),
    ("SOUK_MAIL_DIRECTORY", "/nonexistent/mail"),
    ("SOUK_MAIL_FROM", "Souk <souk@example.org>"),
];

/// The configuration with some variables changed; an empty value takes one away.
pub(crate) fn configured(changes: &[(&str, &str)]) -> Result<Config, server::config::InvalidConfig> {
    Config::read(&|name| {
        let changed = changes.iter().find(|(key, _)| *key == name);
        let value = changed.or_else(|| VARIABLES.iter().find(|(key, _)| *key == name));
        value.map(|(_, value)| (*value).to_owned())
    })
}

pub(crate) struct Server {
    pub(crate) shop: Shop,
    pub(crate) router: Router,
}

impl Server {
    pub(crate) fn new(db: PgPool) -> Self {
        Self::configured(db, &[])
    }

    pub(crate) fn configured(db: PgPool, changes: &[(&str, &str)]) -> Self {
        let shop = Shop::new(db);
        let config = configured(changes).unwrap();
        let router = server::router(AppState::new(&config, shop.handles.clone()));
        Self { shop, router }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    /// As a browser that follows a link.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(request("GET", path, &[("accept", "text/html")], "")).await
    }

    /// As a program: with JSON where there is a body.
    pub(crate) async fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut headers = headers.to_vec();
        if !body.is_empty() && !headers.iter().any(|(name, _)| *name == "content-type") {
            headers.push(("content-type", "application/json"));
        }
        self.send(request(method, &format!("/api/v1{path}"), &headers, body)).await
    }

    /// The cookie of a shopper who is signed in.
    pub(crate) async fn signed_in_cookie(&self) -> String {
        let context = self.shop.shopper().await;
        let token = backend::accounts::start_session(&context, context.user().unwrap().id, "a test").await.unwrap();
        format!("{}={token}", app::context::SESSION_COOKIE)
    }

    /// An order that a guest has placed and not paid: the shop's gateway answers nobody.
    pub(crate) async fn guest_order(&self) -> PlacedOrder {
        let product = self.shop.simple_product("blue-bowl", 4_200, 5).await;
        let mut guest = self.shop.guest();
        guest.caller.cart_token = backend::cart::set_item(&guest, product.variants[0], 1).await.unwrap().token;
        let order = json!({ "email": "ada@example.com", "shipping_address": address() });
        backend::checkout::place_order(&guest, serde_json::from_value(order).unwrap()).await.unwrap()
    }

    /// The access token of an account.
    pub(crate) async fn access_token(&self) -> String {
        let context = self.shop.shopper().await;
        backend::accounts::issue_tokens(&context, context.user().unwrap().id).await.unwrap().access_token
    }
}

pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path).header("host", HOST);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

/// The body of a form.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

/// Text for a form or an address.
pub(crate) fn encoded(text: &str) -> String {
    let byte = |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(byte).collect()
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.body))
    }

    /// The status and, for a problem, its code.
    pub(crate) fn verdict(&self) -> (u16, String) {
        let document: Value = serde_json::from_str(&self.body).unwrap_or_default();
        (self.status.as_u16(), document["code"].as_str().unwrap_or_default().to_owned())
    }
}

#[track_caller]
pub(crate) fn assert_verdict(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.verdict(), (status, code.to_owned()), "{}", answer.body);
}

pub(crate) fn address() -> Value {
    json!({ "name": "Ada", "line1": "1 Main St", "city": "New York", "region": "NY", "postal_code": "10013", "country": "US" })
}
