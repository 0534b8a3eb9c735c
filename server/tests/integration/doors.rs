//! Every door of the shop, tried as a stranger and in the wrong role. A door without an entry here fails: whoever adds one
//! says who may pass.

use crate::support::{Answer, Server, address, request};
use sqlx::PgPool;
use std::collections::BTreeSet;

/// A server function, what is sent to it, and the statuses for a stranger and for a shopper. Whatever it is asked for
/// belongs to somebody else.
struct Function {
    path: &'static str,
    body: &'static str,
    stranger: u16,
    shopper: u16,
}

/// Names and values.
type Headers<'a> = Vec<(&'a str, &'a str)>;

const fn function(path: &'static str, body: &'static str, stranger: u16, shopper: u16) -> Function {
    Function { path, body, stranger, shopper }
}

/// For everyone, refusing what is not theirs; `NUMBER` is the number of somebody else's order.
const FUNCTIONS: &[Function] = &[
    function("/sf/accounts/account", "", 401, 200),
    function("/sf/accounts/address", "id=00000000-0000-0000-0000-000000000001", 401, 404),
    function("/sf/accounts/end_sessions", "session=00000000-0000-0000-0000-000000000001", 401, 200),
    function("/sf/accounts/forget_address", "address=00000000-0000-0000-0000-000000000001", 401, 200),
    function("/sf/accounts/form", "next=", 200, 200),
    function("/sf/accounts/register", "email=none&password=short&name=", 422, 422),
    function("/sf/accounts/rename", "name=", 401, 422),
    function(
        "/sf/accounts/save_address",
        "id=00000000-0000-0000-0000-000000000001&name=Ada&country=US&line1=1+Main+St&line2=&city=New+York&region=NY&postal_code=10013",
        401,
        404,
    ),
    function("/sf/accounts/send_verification", "", 401, 200),
    function("/sf/accounts/sign_in", "email=nobody%40example.com&password=wrong", 422, 422),
    function("/sf/accounts/sign_out", "", 200, 200),
    function("/sf/accounts/verification", "token=none", 401, 200),
    function("/sf/accounts/verify_email", "token=none", 401, 422),
    function("/sf/admin/enter", "", 401, 403),
    function("/sf/cart/add_item", "variant=00000000-0000-0000-0000-000000000001&quantity=1", 422, 422),
    function("/sf/cart/greet", "{}", 200, 200),
    function("/sf/cart/page", "", 200, 200),
    function("/sf/cart/remove_coupon", "", 200, 200),
    function("/sf/cart/set_coupon", "coupon=NOBODYS-CODE", 422, 422),
    function("/sf/cart/set_item", "variant=00000000-0000-0000-0000-000000000001&quantity=1", 422, 422),
    function("/sf/cart/undo_merge", "", 401, 200),
    function("/sf/catalog/departments", "{}", 200, 200),
    function("/sf/catalog/home", r#"{"currency":"USD"}"#, 200, 200),
    function("/sf/catalog/listing", r#"{"query":LISTING}"#, 200, 200),
    function("/sf/catalog/listing_page", r#"{"scope":{"Seller":"none"},"query":LISTING}"#, 404, 404),
    function("/sf/catalog/product", r#"{"slug":"none","currency":"USD","all_reviews":false}"#, 404, 404),
    function("/sf/checkout/open_hosted_page", "number=NUMBER", 404, 404),
    function("/sf/checkout/page", "", 200, 200),
    function("/sf/checkout/pay_page", "number=NUMBER", 404, 404),
    function("/sf/checkout/payment_return", "number=NUMBER", 404, 404),
    function("/sf/checkout/place_order", "FORM", 422, 422),
    function("/sf/checkout/quote", "NESTED", 422, 422),
    function("/sf/checkout/settle", "number=NUMBER", 404, 404),
    function("/sf/orders/claim", "number=NUMBER", 401, 404),
    function("/sf/orders/page", "number=NUMBER&is_placed=false", 404, 404),
    function("/sf/sellers/enter", "", 401, 403),
    function("/sf/theme/choose", "shade=dark", 200, 200),
];

const LISTING: &str = r#"{"q":null,"category":null,"seller":null,"min_price":null,"max_price":null,"min_rating":null,"in_stock":false,"options":{},"currency":"USD","sort":null,"cursor":null,"limit":24}"#;
const FORM: [(&str, &str); 12] = [
    ("form_key", "00000000-0000-0000-0000-000000000001"),
    ("email", "ada@example.com"),
    ("name", "Ada"),
    ("country", "US"),
    ("line1", "1 Main St"),
    ("line2", ""),
    ("city", "New York"),
    ("region", "NY"),
    ("postal_code", "10013"),
    ("shown_amount", "4700"),
    ("shown_currency", "USD"),
    ("shipping[none]", ""),
];

impl Function {
    async fn knock(&self, server: &Server, cookie: &str, number: &str) -> Answer {
        let mut headers = vec![("accept", "application/json"), ("sec-fetch-site", "same-origin")];
        if !cookie.is_empty() {
            headers.push(("cookie", cookie));
        }
        let is_json = self.body.starts_with('{');
        headers.push(("content-type", if is_json { "application/json" } else { "application/x-www-form-urlencoded" }));
        let pairs =
            |name: &dyn Fn(&str) -> String| FORM.iter().map(|(key, value)| format!("{}={value}", name(key))).collect::<Vec<_>>().join("&");
        let body = match self.body {
            "FORM" => pairs(&|key| key.to_owned()),
            "NESTED" => pairs(&|key| match key.split_once('[') {
                Some((map, entry)) => format!("form[{map}][{entry}"),
                None => format!("form[{key}]"),
            }),
            other => other.replace("LISTING", LISTING).replace("NUMBER", number),
        };
        server.send(request("POST", self.path, &headers, &body)).await
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn every_server_function_keeps_out_whom_it_should(db: PgPool) {
    let server = Server::new(db);
    let registered: BTreeSet<&str> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    let listed: BTreeSet<&str> = FUNCTIONS.iter().map(|function| function.path).collect();
    assert_eq!(registered, listed, "a server function without an entry, or an entry without one");
    let order = server.guest_order().await;
    let mut wrong = Vec::new();
    for function in FUNCTIONS {
        // One of them signs out.
        let shopper = server.signed_in_cookie().await;
        for (who, cookie, status) in [("a stranger", "", function.stranger), ("a shopper", shopper.as_str(), function.shopper)] {
            let answer = function.knock(&server, cookie, order.number.as_str()).await;
            if answer.status.as_u16() != status {
                wrong.push(format!("{} for {who}: {} instead of {status}: {}", function.path, answer.status.as_u16(), answer.body));
            }
            assert!(!answer.body.contains("ada@example.com"), "{} tells {who} of somebody else's order", function.path);
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn a_seller_is_no_administrator(db: PgPool) {
    let server = Server::new(db);
    let (context, seller) = (server.shop.shopper().await, server.shop.seller("potter").await);
    let user = context.user().unwrap().id;
    let join = "insert into membership (user_id, seller_id, role) values ($1, $2, 'owner')";
    sqlx::query(join).bind(user.0).bind(seller.0).execute(&server.shop.handles.db).await.unwrap();
    let token = backend::accounts::start_session(&context, user, "a test").await.unwrap();
    let cookie = format!("{}={token}", app::context::SESSION_COOKIE);
    for (path, status) in [("/sf/sellers/enter", 200), ("/sf/admin/enter", 403)] {
        let answer = function(path, "", 401, 403).knock(&server, &cookie, "").await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.body);
    }
}

/// An operation, what is sent, and the statuses without credentials, with those of another guest, and with an account's.
struct Operation {
    method: &'static str,
    path: &'static str,
    body: &'static str,
    stranger: u16,
    guest: u16,
    account: u16,
}

const fn operation(method: &'static str, path: &'static str, body: &'static str, statuses: [u16; 3]) -> Operation {
    let [stranger, guest, account] = statuses;
    Operation { method, path, body, stranger, guest, account }
}

const OPERATIONS: &[Operation] = &[
    operation("GET", "/categories", "", [200, 200, 200]),
    operation("GET", "/products", "", [200, 200, 200]),
    operation("GET", "/products/{id_or_slug}", "", [404, 404, 404]),
    operation("GET", "/inventory/{product_id}", "", [404, 404, 404]),
    operation("POST", "/register", "{}", [422, 422, 422]),
    operation("POST", "/login", r#"{"email":"a@example.com","password":"b"}"#, [401, 401, 401]),
    operation("POST", "/token", r#"{"refresh_token":"none"}"#, [401, 401, 401]),
    operation("POST", "/logout", r#"{"refresh_token":"none"}"#, [401, 401, 204]),
    operation("GET", "/profile", "", [401, 401, 200]),
    operation("GET", "/cart", "", [200, 200, 200]),
    operation("DELETE", "/cart", "", [200, 200, 200]),
    operation("PUT", "/cart/coupon", r#"{"code":"NOBODYS-CODE"}"#, [422, 422, 422]),
    operation("DELETE", "/cart/coupon", "", [200, 200, 200]),
    operation("PUT", "/cart/items", "{}", [422, 422, 422]),
    operation("DELETE", "/cart/items/{variant_id}", "", [200, 200, 200]),
    operation("POST", "/checkout/quote", r#"{"shipping_address":ADDRESS}"#, [422, 422, 422]),
    operation("POST", "/orders", r#"{"email":"a@example.com","shipping_address":ADDRESS}"#, [401, 422, 422]),
    operation("GET", "/orders", "", [401, 200, 200]),
    operation("GET", "/orders/{id_or_number}", "", [401, 404, 404]),
    operation("POST", "/payments", r#"{"order_id":"ORDER","payment_method":"pm_card_visa"}"#, [401, 404, 404]),
    operation("GET", "/payments/{id}", "", [401, 404, 404]),
    operation("POST", "/webhooks/stripe", "{}", [400, 400, 400]),
];

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn every_operation_keeps_out_whom_it_should(db: PgPool) {
    let server = Server::new(db);
    let description = server.call("GET", "/openapi.json", &[], "").await.json();
    let paths = description["paths"].as_object().unwrap();
    let described: BTreeSet<(String, String)> = paths
        .iter()
        .flat_map(|(path, operations)| {
            operations.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.replacen("/api/v1", "", 1)))
        })
        .collect();
    let listed: BTreeSet<(String, String)> =
        OPERATIONS.iter().map(|operation| (operation.method.to_owned(), operation.path.to_owned())).collect();
    assert_eq!(described, listed, "an operation without an entry, or an entry without one");

    let order = server.guest_order().await;
    let own_cart = {
        let mut guest = server.shop.guest();
        let product = server.shop.simple_product("green-bowl", 4_200, 5).await;
        guest.caller.cart_token = backend::cart::set_item(&guest, product.variants[0], 1).await.unwrap().token;
        backend::cart::clear(&guest).await.unwrap();
        guest.caller.cart_token.unwrap()
    };
    let account = format!("Bearer {}", server.access_token().await);
    let mut wrong = Vec::new();
    for operation in OPERATIONS {
        let id = match operation.path {
            "/orders/{id_or_number}" => order.number.to_string(),
            "/payments/{id}" => order.payment.id.to_string(),
            _ => "00000000-0000-7000-8000-000000000001".to_owned(),
        };
        let path =
            operation.path.split('/').map(|part| if part.starts_with('{') { id.as_str() } else { part }).collect::<Vec<_>>().join("/");
        let body = operation.body.replace("ADDRESS", &address().to_string()).replace("ORDER", &order.id.to_string());
        let callers: [(&str, Headers, u16); 3] = [
            ("a stranger", vec![], operation.stranger),
            ("another guest", vec![("cart-token", own_cart.as_str()), ("order-token", "another")], operation.guest),
            ("an account", vec![("authorization", account.as_str())], operation.account),
        ];
        for (who, mut headers, status) in callers {
            // Cookies open nothing here.
            headers.extend([("idempotency-key", "a key"), ("cookie", "__Host-souk_session=none")]);
            let answer = server.call(operation.method, &path, &headers, &body).await;
            if answer.status.as_u16() != status {
                wrong.push(format!(
                    "{} {} for {who}: {} instead of {status}: {}",
                    operation.method, operation.path, answer.status, answer.body
                ));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
