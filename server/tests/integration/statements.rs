//! What each page asks of the database, counted: a page that asks once more per row is found here.

use crate::support::{Answer, Server, request};
use backend::testing::{NewVariant, statements};
use serde_json::json;
use sqlx::PgPool;
use std::sync::atomic::Ordering;

async fn count(server: &Server, path: &str, cookie: &str) -> (Answer, usize) {
    let headers = [("accept", "text/html"), ("cookie", cookie)];
    // The first visit warms what the process keeps.
    server.send(request("GET", path, &headers, "")).await;
    let (guard, statements) = statements::listen();
    let answer = server.send(request("GET", path, &headers, "")).await;
    drop(guard);
    (answer, statements.load(Ordering::Relaxed))
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn pages_ask_a_bounded_number_of_questions(db: PgPool) {
    let server = Server::new(db);
    let (seller, category) = (server.shop.seller("kiln").await, server.shop.category("bowls", None).await);
    let mut cart = server.shop.guest();
    for number in 0..12 {
        let slug = format!("bowl-{number}");
        let variants = [NewVariant::new(1_000, 9).option("Color", "Blue"), NewVariant::new(1_100, 9).option("Color", "Green")];
        let product = server.shop.product(&slug, seller, category, &variants).await;
        let view = backend::cart::set_item(&cart, product.variants[0], 1).await.unwrap();
        cart.caller.cart_token = cart.caller.cart_token.or(view.token);
    }
    let cart_token = cart.caller.cart_token.clone().unwrap();
    let order = json!({ "email": "ada@example.com", "shipping_address":
        { "name": "Ada", "line1": "1 Main St", "city": "New York", "region": "NY", "postal_code": "10013", "country": "US" } });
    let order = backend::checkout::place_order(&cart, serde_json::from_value(order).unwrap()).await.unwrap();
    let cookie = format!("{}={cart_token}; {}={}", app::context::CART_COOKIE, app::context::ORDERS_COOKIE, order.access_token);
    let (order, pay) = (format!("/orders/{}", order.number), format!("/checkout/pay/{}", order.number));
    let pages = [("/", 6), ("/c/bowls", 6), ("/search?q=bowl", 6), ("/s/kiln", 6), ("/p/bowl-3", 4), ("/cart", 6)];
    for (path, most) in pages.into_iter().chain([("/checkout", 6), (order.as_str(), 8), (pay.as_str(), 10)]) {
        let (answer, statements) = count(&server, path, &cookie).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!((1..=most).contains(&statements), "{path} ran {statements} statements, at most {most} are allowed");
        assert!(answer.body.contains("Bowl"), "{path} shows what it asked for");
    }
    for path in ["/account/sign-in", "/account/register"] {
        let (answer, statements) = count(&server, path, "").await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(statements <= 2, "{path} ran {statements} statements");
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn a_history_asks_as_often_for_many_orders_as_for_one(db: PgPool) {
    let server = Server::new(db);
    let product = server.shop.simple_product("bowl", 4_200, 9).await;
    let shopper = server.shop.shopper().await;
    let token = backend::accounts::start_session(&shopper, shopper.user().unwrap().id, "a test").await.unwrap();
    let cookie = format!("{}={token}", app::context::SESSION_COOKIE);
    let mut asked = Vec::new();
    for quantity in 1..=4 {
        // Another quantity is another purchase: the order before is canceled and stays in the history.
        backend::cart::set_item(&shopper, product.variants[0], quantity).await.unwrap();
        let order = json!({ "email": "ada@example.com", "shipping_address": crate::support::address() });
        let order = backend::checkout::place_order(&shopper, serde_json::from_value(order).unwrap()).await.unwrap();
        let (answer, statements) = count(&server, "/account", &cookie).await;
        assert_eq!(answer.status, 200);
        assert!(answer.body.contains(order.number.as_str()));
        asked.push(statements);
    }
    assert!(asked[0] > 0 && asked.iter().all(|statements| *statements == asked[0]), "{asked:?}");
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn pages_behind_a_sign_in_and_pages_that_are_not_there_ask_little(db: PgPool) {
    let server = Server::new(db);
    let (context, seller) = (server.shop.shopper().await, server.shop.seller("kiln").await);
    let user = context.user().unwrap().id;
    let roles = [
        "insert into membership (user_id, seller_id, role) select $1, seller_id, 'owner' from seller where seller_id = $2",
        "update app_user set is_admin = true where user_id = $1 and $2 is not null",
    ];
    for role in roles {
        sqlx::query(role).bind(user.0).bind(seller.0).execute(&server.shop.handles.db).await.unwrap();
    }
    let token = backend::accounts::start_session(&context, user, "a test").await.unwrap();
    let cookie = format!("{}={token}", app::context::SESSION_COOKIE);
    for (path, status, most) in [
        ("/account", 200, 7),
        ("/account/address", 200, 3),
        ("/account/verify?token=none", 200, 4),
        ("/sell", 200, 2),
        ("/admin", 200, 2),
        ("/no/such/page", 404, 2),
    ] {
        let (answer, statements) = count(&server, path, &cookie).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(statements <= most, "{path} ran {statements} statements, at most {most} are allowed");
    }
}
