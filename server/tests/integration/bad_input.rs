//! What nobody should send: oversized, negative, huge, in the wrong currency, with a total of one's own, about what belongs
//! to somebody else. Each is refused with a clear 4xx, and nothing in the database has changed afterwards.

use crate::support::{Answer, Server, address, form, request};
use app::context::CART_COOKIE;
use domain::address::Address;
use domain::payments::CHARGE_MAX;
use serde_json::{Value, json};
use sqlx::PgPool;

/// Number of rows and a digest of them, table by table.
async fn fingerprint(db: &PgPool) -> Vec<(String, String)> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', schemaname, tablename) from pg_tables
         where schemaname not in ('pg_catalog', 'information_schema') and tablename <> '_sqlx_migrations' order by 1",
    )
    .fetch_all(db)
    .await
    .unwrap();
    let mut prints = Vec::new();
    for table in tables {
        let query = format!("select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {table} t");
        prints.push((table, sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(db).await.unwrap()));
    }
    prints
}

struct Bad {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Value,
    verdict: (u16, &'static str),
}

struct World {
    server: Server,
    variant: String,
    cart: String,
    stranger: String,
    /// Holds more than can be paid at once.
    riches: String,
    order: String,
    order_token: String,
}

impl World {
    async fn new(db: PgPool) -> Self {
        let server = Server::new(db);
        let placed = server.guest_order().await;
        let product = server.shop.simple_product("red-bowl", 4_200, 5).await;
        let variant = product.variants[0].to_string();
        let statue = server.shop.simple_product("statue", CHARGE_MAX, 5).await.variants[0].to_string();
        let token = async |variant: &str| {
            let body = json!({ "variant_id": variant, "quantity": 2 }).to_string();
            server.call("PUT", "/cart/items", &[], &body).await.json()["token"].as_str().unwrap().to_owned()
        };
        let (cart, stranger, riches) = (token(&variant).await, token(&variant).await, token(&statue).await);
        Self { variant, cart, stranger, riches, order: placed.id.to_string(), order_token: placed.access_token, server }
    }

    fn write(&self, method: &'static str, path: &str, body: Value, verdict: (u16, &'static str)) -> Bad {
        let headers = vec![("cart-token", self.cart.clone()), ("idempotency-key", "0191-bad-input".to_owned())];
        Bad { method, path: path.to_owned(), headers, body, verdict }
    }

    fn item(&self, quantity: Value, verdict: (u16, &'static str)) -> Bad {
        self.write("PUT", "/cart/items", json!({ "variant_id": self.variant, "quantity": quantity }), verdict)
    }

    fn order_with(&self, field: &str, value: Value, verdict: (u16, &'static str)) -> Bad {
        let mut body = json!({ "email": "ada@example.com", "shipping_address": address() });
        body[field] = value;
        self.write("POST", "/orders", body, verdict)
    }

    fn quote_with(&self, field: &str, value: Value, verdict: (u16, &'static str)) -> Bad {
        let mut body = json!({ "shipping_address": address() });
        body[field] = value;
        self.write("POST", "/checkout/quote", body, verdict)
    }

    /// An address that nothing can be sent to, for a quote and for an order.
    fn to(&self, field: &str, value: Value, verdict: (u16, &'static str)) -> [Bad; 2] {
        let mut address = address();
        address[field] = value;
        [self.quote_with("shipping_address", address.clone(), verdict), self.order_with("shipping_address", address, verdict)]
    }

    /// About the order, with a token of one's own.
    fn foreign(&self, method: &'static str, path: String, body: Value, verdict: (u16, &'static str)) -> Bad {
        let headers = vec![("order-token", "a".repeat(64)), ("idempotency-key", "0191-foreign".to_owned())];
        Bad { method, path, headers, body, verdict }
    }

    fn all(&self) -> Vec<Bad> {
        let quantities = [json!(-1), json!(1.5), json!("1"), json!(null), json!(4_294_967_296_u64), json!(1e30), json!([1]), json!(true)];
        let mut all: Vec<Bad> = quantities.into_iter().map(|quantity| self.item(quantity, INVALID)).collect();
        all.extend([
            self.item(json!(100), (422, "quantity_limit")),
            self.item(json!(4_000_000_000_u32), (422, "quantity_limit")),
            self.item(json!(99), (409, "out_of_stock")),
            self.write("PUT", "/cart/items", json!({ "variant_id": "mug", "quantity": 1 }), INVALID),
            self.write("PUT", "/cart/items", json!({ "variant_id": self.order, "quantity": 1 }), (404, "variant_not_found")),
            self.write("PUT", "/cart/items", json!({ "variant_id": self.variant, "quantity": 1, "unit_price": 1 }), INVALID),
            self.write("DELETE", "/cart/items/mug", json!(null), NOT_FOUND),
            self.write("PUT", "/cart/coupon", json!({ "code": "" }), (422, "coupon_invalid")),
            self.write("PUT", "/cart/coupon", json!({ "code": "A".repeat(10_000) }), (422, "coupon_invalid")),
            self.write("PUT", "/cart/coupon", json!({ "code": "a\u{0}b" }), INVALID),
            self.write("PUT", "/cart/coupon", json!({ "code": 7 }), INVALID),
        ]);
        all.extend(self.quotes());
        all.extend(self.orders());
        all.extend(self.addresses());
        all.extend(self.foreigners());
        all.extend(self.accounts());
        all
    }

    fn orders(&self) -> Vec<Bad> {
        let total = |amount: Value, currency: &str| json!({ "amount": amount, "currency": currency });
        vec![
            self.order_with("email", json!("nobody"), INVALID),
            self.order_with("email", json!(format!("{}@example.com", "a".repeat(5_000))), INVALID),
            self.order_with("email", json!("a\r\nBcc: b@example.com"), INVALID),
            self.order_with("total", total(json!(1), "USD"), INVALID),
            self.order_with("currency", json!("KWD"), INVALID),
            self.order_with("expected_total", total(json!(1), "USD"), (409, "total_changed")),
            self.order_with("expected_total", total(json!(-5_000), "USD"), (409, "total_changed")),
            self.order_with("expected_total", total(json!(9_000_000_000_000_000_000_i64), "USD"), (409, "total_changed")),
            self.order_with("expected_total", total(json!(8_400), "JPY"), (409, "total_changed")),
            self.order_with("expected_total", total(json!(1e30), "USD"), INVALID),
            self.order_with("expected_total", total(json!(8_400), "XXX"), INVALID),
            self.order_with("expected_total", json!(8_400), INVALID),
            self.order_with("shipping_options", json!([self.variant]), (422, "shipping_option_unknown")),
            self.order_with("shipping_options", json!(["express"]), INVALID),
            self.order_with("shipping_options", json!(vec![self.variant.clone(); 1_000]), (422, "shipping_option_unknown")),
            self.order_with("coupon", json!("NO-SUCH-COUPON"), INVALID),
            self.order_with("shipping_address", json!("1 Main St"), INVALID),
            self.order_with("address", json!(self.variant), INVALID),
            Bad {
                headers: vec![("cart-token", self.riches.clone()), ("idempotency-key", "0191-riches".to_owned())],
                ..self.order_with("shipping_options", json!([]), (422, "total_not_payable"))
            },
        ]
    }

    fn quotes(&self) -> Vec<Bad> {
        let with_cart = |token: String, verdict| Bad {
            headers: vec![("cart-token", token)],
            ..self.quote_with("shipping_address", address(), verdict)
        };
        vec![
            self.write("POST", "/checkout/quote", json!([]), INVALID),
            self.write("POST", "/checkout/quote", json!({}), INVALID),
            self.write("POST", "/checkout/quote?currency=JPY", json!({ "shipping_address": address() }), INVALID),
            self.quote_with("shipping_address", json!(null), INVALID),
            self.quote_with("shipping_address", json!("1 Main St"), INVALID),
            self.quote_with("shipping_address", json!(-1), INVALID),
            self.quote_with("shipping_address", json!("x".repeat(70_000)), (413, "payload_too_large")),
            self.quote_with("shipping_options", json!([self.variant]), (422, "shipping_option_unknown")),
            self.quote_with("shipping_options", json!(vec![self.variant.clone(); 1_000]), (422, "shipping_option_unknown")),
            self.quote_with("shipping_options", json!(["express"]), INVALID),
            self.quote_with("shipping_options", json!([-1]), INVALID),
            self.quote_with("shipping_options", json!("standard"), INVALID),
            self.quote_with("coupon", json!(""), (422, "coupon_invalid")),
            self.quote_with("coupon", json!("NO-SUCH-COUPON"), (422, "coupon_invalid")),
            self.quote_with("coupon", json!("A".repeat(10_000)), (422, "coupon_invalid")),
            self.quote_with("coupon", json!("a\u{0}b"), INVALID),
            self.quote_with("coupon", json!(-7), INVALID),
            self.quote_with("currency", json!("JPY"), INVALID),
            self.quote_with("total", json!({ "amount": 1, "currency": "USD" }), INVALID),
            self.quote_with("expected_total", json!({ "amount": -1, "currency": "USD" }), INVALID),
            self.quote_with("address", json!(self.variant), INVALID),
            with_cart(format!("{}x", self.stranger), (404, "cart_not_found")),
            with_cart(self.order_token.clone(), (404, "cart_not_found")),
            Bad { headers: Vec::new(), ..self.quote_with("shipping_address", address(), (422, "cart_empty")) },
        ]
    }

    fn addresses(&self) -> Vec<Bad> {
        let mut all = Vec::new();
        let long = json!("x".repeat(5_000));
        for field in ["name", "line1", "line2", "city", "region", "postal_code", "country"] {
            all.extend(self.to(field, long.clone(), INVALID));
            all.extend(self.to(field, json!("a\u{0}b"), INVALID));
            all.extend(self.to(field, json!({ "$gt": "" }), INVALID));
            all.extend(self.to(field, json!(-1), INVALID));
        }
        for (field, value) in
            [("country", "XX"), ("country", "us'--"), ("region", "ZZ"), ("postal_code", "<b>"), ("name", "  "), ("latitude", "1")]
        {
            all.extend(self.to(field, json!(value), INVALID));
        }
        let abroad = json!({ "name": "Ada", "line1": "1 Hauptstr.", "city": "Berlin", "postal_code": "10115", "country": "DE" });
        all.push(self.quote_with("shipping_address", abroad.clone(), (422, "not_shipped")));
        all.push(self.order_with("shipping_address", abroad, (422, "not_shipped")));
        all
    }

    fn foreigners(&self) -> Vec<Bad> {
        let order = &self.order;
        vec![
            self.foreign("GET", format!("/orders/{order}"), json!(null), NOT_FOUND),
            self.foreign("GET", format!("/orders/{}", self.variant), json!(null), NOT_FOUND),
            self.foreign("GET", "/orders/%27%20or%201=1--".to_owned(), json!(null), NOT_FOUND),
            self.foreign("GET", format!("/payments/{order}"), json!(null), NOT_FOUND),
            self.foreign("POST", format!("/orders/{order}/cancel"), json!({}), NOT_FOUND),
            self.foreign("POST", "/payments".to_owned(), json!({ "order_id": order, "payment_method": "pm_card_visa" }), NOT_FOUND),
            self.foreign("POST", "/payments".to_owned(), json!({ "order_id": "1 or 1=1", "payment_method": "pm_card_visa" }), INVALID),
            Bad {
                headers: vec![("order-token", self.order_token.clone()), ("idempotency-key", "0191-own".to_owned())],
                ..self.foreign("POST", "/payments".to_owned(), json!({ "order_id": order, "payment_method": "x".repeat(10_000) }), METHOD)
            },
            Bad {
                headers: vec![("order-token", self.order_token.clone()), ("idempotency-key", "0191-own".to_owned())],
                ..self.foreign(
                    "POST",
                    "/payments".to_owned(),
                    json!({ "order_id": order, "payment_method": "pm_card_visa", "amount": 1 }),
                    INVALID,
                )
            },
            // A stranger's cart is its own: it does not lead to this one's lines.
            Bad {
                headers: vec![("cart-token", format!("{}x", self.stranger))],
                ..self.foreign(
                    "PUT",
                    "/cart/items".to_owned(),
                    json!({ "variant_id": self.variant, "quantity": 1 }),
                    (404, "cart_not_found"),
                )
            },
        ]
    }

    fn accounts(&self) -> Vec<Bad> {
        let register = |email: &str, password: &str, name: &str| {
            self.write("POST", "/register", json!({ "email": email, "password": password, "name": name }), INVALID)
        };
        vec![
            register("ada", "copper kettle moss 7", "Ada"),
            register("ada@example.com", "short", "Ada"),
            register("ada@example.com", &"x".repeat(10_000), "Ada"),
            register("ada@example.com", "copper kettle moss 7", ""),
            register("ada@example.com", "copper kettle moss 7", &"A".repeat(5_000)),
            register("ada@example.com", "copper kettle moss 7", "a\u{0}b"),
            self.write(
                "POST",
                "/register",
                json!({ "email": "ada@example.com", "password": "copper kettle moss 7", "name": "Ada", "roles": ["admin"] }),
                INVALID,
            ),
        ]
    }
}

const INVALID: (u16, &str) = (422, "validation_failed");
const METHOD: (u16, &str) = (422, "payment_method_invalid");
const NOT_FOUND: (u16, &str) = (404, "not_found");

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn bad_input_is_refused_clearly_and_changes_nothing(db: PgPool) {
    let world = World::new(db).await;
    let database = &world.server.shop.handles.db;
    let before = fingerprint(database).await;
    let mut surprises = Vec::new();
    for bad in world.all() {
        let headers: Vec<(&str, &str)> = bad.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let body = if bad.body.is_null() { String::new() } else { bad.body.to_string() };
        let answer = world.server.call(bad.method, &bad.path, &headers, &body).await;
        let (status, code) = answer.verdict();
        let sent: String = body.chars().take(120).collect();
        if (status, code.as_str()) != bad.verdict {
            surprises.push(format!("{} {} {sent}: {status} {code}, not {:?}", bad.method, bad.path, bad.verdict));
        }
        for leak in ["sqlx", "postgres", "syntax error", "constraint", "panicked"] {
            assert!(!answer.body.to_lowercase().contains(leak), "{} {} {sent}: {}", bad.method, bad.path, answer.body);
        }
        let after = fingerprint(database).await;
        let changed: Vec<_> = before.iter().zip(&after).filter(|(before, after)| before != after).collect();
        assert!(changed.is_empty(), "{} {} {sent}: {status} {code}, and changed {changed:?}", bad.method, bad.path);
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

/// The checkout's form as a browser sends it, with some fields tampered with.
async fn send_checkout(server: &Server, cookie: &str, tampered: &[(&str, &str)]) -> Answer {
    let honest = [
        ("form_key", "0191-form"),
        ("email", "ada@example.com"),
        ("name", "Ada"),
        ("line1", "1 Main St"),
        ("city", "New York"),
        ("region", "NY"),
        ("postal_code", "10013"),
        ("country", "US"),
        ("shown_amount", "8900"),
        ("shown_currency", "USD"),
    ];
    let kept = honest.iter().filter(|(name, _)| tampered.iter().all(|(own, _)| own != name));
    let fields: Vec<(&str, &str)> = kept.chain(tampered).copied().collect();
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json"), ("cookie", cookie)];
    server.send(request("POST", "/sf/checkout/place_order", &headers, &form(&fields))).await
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn a_tampered_checkout_form_places_no_order(db: PgPool) {
    let World { server, cart, stranger, variant, .. } = World::new(db).await;
    let cookie = format!("{CART_COOKIE}={cart}");
    let before = fingerprint(&server.shop.handles.db).await;
    let (long, none) = ("x".repeat(5_000), format!("{CART_COOKIE}={stranger}x"));
    let unchanged = async |what: &str| {
        let after = fingerprint(&server.shop.handles.db).await;
        let changed: Vec<_> = before.iter().zip(&after).filter(|(before, after)| before != after).collect();
        assert!(changed.is_empty(), "{what} changed {changed:?}");
    };
    for (field, value, told) in [
        ("shown_amount", "1", "total_changed"),
        ("shown_amount", "-8900", "total_changed"),
        ("shown_amount", "9223372036854775807", "total_changed"),
        ("shown_currency", "JPY", "total_changed"),
        ("shipping[red-bowl-seller]", variant.as_str(), "shipping_option_unknown"),
        ("email", "nobody", "\"email\""),
        ("email", long.as_str(), "\"email\""),
        ("name", "", "\"name\""),
        ("name", long.as_str(), "\"name\""),
        ("line1", "a\u{0}b", "\"line1\""),
        ("city", long.as_str(), "\"city\""),
        ("region", "ZZ", "\"region\""),
        ("postal_code", "<b>", "\"postal_code\""),
        ("country", "XX", "\"country\""),
    ] {
        let answer = send_checkout(&server, &cookie, &[(field, value)]).await;
        assert_eq!(answer.status, 422, "{field}={value}: {}", answer.body);
        assert!(answer.body.contains(told), "{field}={value}: {}", answer.body);
        unchanged(field).await;
    }
    for (cookie, told) in [(none.as_str(), "cart_not_found"), ("", "cart_empty")] {
        let answer = send_checkout(&server, cookie, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.body.contains(told)), (422, true), "{}", answer.body);
        unchanged(told).await;
    }
    // What is no total has not been seen: it is shown first.
    for (field, amount) in [("shown_amount", "8900.00"), ("shown_amount", "9223372036854775808"), ("shown_currency", "XXX")] {
        let answer = send_checkout(&server, &cookie, &[(field, amount)]).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, json!("shipping")), "{field}={amount}");
        unchanged(field).await;
    }
    // The form as it was is an order.
    let answer = send_checkout(&server, &cookie, &[]).await;
    assert!(answer.json()["pay"]["number"].is_string(), "{}", answer.body);
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn nobody_reaches_an_address_that_somebody_else_has_kept(db: PgPool) {
    let World { server, cart, .. } = World::new(db).await;
    let owner = server.shop.shopper().await;
    let mut secret = address();
    secret["line1"] = json!("7 Hidden Lane");
    let kept: Address = serde_json::from_value(secret).unwrap();
    backend::accounts::keep_address(&owner, &kept).await.unwrap();
    let id = backend::accounts::addresses(&owner).await.unwrap()[0].id;
    let guest = format!("{CART_COOKIE}={cart}");
    let stranger = format!("{guest}; {}", server.signed_in_cookie().await);
    for cookie in [guest.as_str(), "", stranger.as_str()] {
        let path = format!("/checkout?address={id}");
        let page = server.send(request("GET", &path, &[("accept", "text/html"), ("cookie", cookie)], "")).await;
        assert!(page.status.as_u16() < 400 && !page.body.contains("Hidden Lane"), "{}", page.status);
        for path in ["/sf/checkout/page", "/sf/accounts/forget_address"] {
            let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json"), ("cookie", cookie)];
            let answer = server.send(request("POST", path, &headers, &format!("address={id}"))).await;
            let is_let_in = cookie == stranger || path == "/sf/checkout/page";
            assert_eq!(answer.status, if is_let_in { 200 } else { 401 }, "{path}: {}", answer.body);
            assert!(!answer.body.contains("Hidden Lane"), "{path}");
        }
    }
    assert_eq!(backend::accounts::addresses(&owner).await.unwrap().len(), 1, "it is kept");
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn an_account_keeps_only_what_is_an_address_and_its_own(db: PgPool) {
    let World { server, .. } = World::new(db.clone()).await;
    let owner = server.shop.shopper().await;
    backend::accounts::keep_address(&owner, &serde_json::from_value(address()).unwrap()).await.unwrap();
    let others = backend::accounts::addresses(&owner).await.unwrap()[0].id.to_string();
    let cookie = server.signed_in_cookie().await;
    let kept = async || fingerprint(&db).await.into_iter().filter(|(table, _)| table.contains("address")).collect::<Vec<_>>();
    let save = async |cookie: &str, field: &str, value: &str| {
        let good = [
            ("name", "Ada"),
            ("line1", "12 Analytical Way"),
            ("city", "Portland"),
            ("region", "OR"),
            ("postal_code", "97201"),
            ("country", "US"),
        ];
        let fields: Vec<_> = good.into_iter().filter(|(name, _)| *name != field).chain([(field, value)]).collect();
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json"), ("cookie", cookie)];
        server.send(request("POST", "/sf/accounts/save_address", &headers, &form(&fields))).await
    };
    let before = kept().await;
    let long = "x".repeat(2_000);
    for (cookie, field, value, status) in [
        (cookie.as_str(), "name", "", 422),
        (&cookie, "name", &long, 422),
        (&cookie, "line1", "a\u{0}b", 422),
        (&cookie, "city", &long, 422),
        (&cookie, "region", "ZZ", 422),
        (&cookie, "postal_code", "<b>", 422),
        (&cookie, "country", "XX", 422),
        (&cookie, "id", &others, 404),
        (&cookie, "id", "00000000-0000-0000-0000-000000000000", 404),
        ("", "name", "Ada", 401),
    ] {
        let answer = save(cookie, field, value).await;
        assert_eq!(answer.status, status, "{field}: {}", answer.body);
        assert_eq!(kept().await, before, "{field}");
    }
    assert_eq!(save(&cookie, "name", "Ada Lovelace").await.status, 200);
    assert_ne!(kept().await, before, "the form as it should be is kept");
}
