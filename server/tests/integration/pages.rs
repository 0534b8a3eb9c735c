//! Personal pages, and what leads to pages.

use crate::support::{Server, request};
use http::StatusCode;
use sqlx::PgPool;

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn personal_pages_are_kept_by_nobody_and_have_a_nonce_of_their_own(db: PgPool) {
    let server = Server::new(db);
    let nonce = |policy: &str| policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default().to_owned();
    for path in ["/cart", "/account/sign-in", "/account/register"] {
        let (one, other) = (server.get(path).await, server.get(path).await);
        assert_eq!((one.status, one.header("cache-control")), (StatusCode::OK, "no-store"), "{path}");
        let (first, second) = (nonce(one.header("content-security-policy")), nonce(other.header("content-security-policy")));
        assert!(first.len() >= 20 && first != second, "{path}: {first} {second}");
        assert!(one.body.contains(&format!("nonce=\"{first}\"")), "{path}");
        let unsigned = one.body.matches("<script>").count();
        assert_eq!(unsigned, 0, "{path}: an inline script without the nonce would not run");
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn the_sessions_cookie_is_for_this_host_and_no_script(db: PgPool) {
    let server = Server::new(db);
    let form = [("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html")];
    let person = "name=Ada&email=ada%40example.org&password=copper+kettle+moss+7&next=";
    let answer = server.send(request("POST", "/sf/accounts/register", &form, person)).await;
    let cookies: Vec<&str> = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    let cookie = cookies.iter().find(|cookie| cookie.starts_with(app::context::SESSION_COOKIE)).expect("a session has begun");
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    let (name, token) = pair.split_once('=').unwrap();
    assert!(name.starts_with("__Host-") && token.len() == 64, "{name}");
    for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(attributes.split("; ").any(|own| own == attribute), "{attribute} in {attributes}");
    }
    assert!(!attributes.contains("Domain"), "{attributes}");
    assert!(!answer.body.contains(token));
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn guarded_pages_show_nothing_to_strangers(db: PgPool) {
    let server = Server::new(db);
    let shopper = server.signed_in_cookie().await;
    for path in ["/account", "/account/address", "/sell", "/admin"] {
        let answer = server.get(path).await;
        let is_led_away = answer.status.is_redirection() && answer.header("location").starts_with("/account/sign-in");
        assert!(is_led_away || answer.status == StatusCode::UNAUTHORIZED, "{path}: {} {}", answer.status, answer.header("location"));
    }
    for path in ["/sell", "/admin"] {
        let answer = server.send(request("GET", path, &[("accept", "text/html"), ("cookie", shopper.as_str())], "")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn a_mailed_link_changes_nothing_until_its_button_is_pressed(db: PgPool) {
    let server = Server::new(db.clone());
    let guest = server.shop.guest();
    let user = backend::accounts::register(&guest, "ada@example.org", "copper kettle moss 7", "Ada").await.unwrap();
    let session = backend::accounts::start_session(&guest, user.id, "a test").await.unwrap();
    let cookie = format!("{}={session}", app::context::SESSION_COOKIE);
    let link: uuid::Uuid = sqlx::query_scalar("select email_verification_id from email_verification").fetch_one(&db).await.unwrap();
    let token = backend::mail::token(&server.shop.handles.settings, link);
    let is_verified =
        async || -> bool { sqlx::query_scalar("select email_verified_at is not null from app_user").fetch_one(&db).await.unwrap() };
    let path = format!("/account/verify?token={token}");

    let stranger = server.get(&path).await;
    assert!(stranger.status.is_redirection() && stranger.header("location").starts_with("/account/sign-in?next="), "{stranger:?}");
    let page = server.send(request("GET", &path, &[("accept", "text/html"), ("cookie", cookie.as_str())], "")).await;
    assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, "no-store"));
    assert!(page.body.contains("action=\"/sf/accounts/verify_email\"") && page.body.contains(&format!("value=\"{token}\"")));
    assert!(!is_verified().await);

    let form = [("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html"), ("cookie", cookie.as_str())];
    let press = async |site: &str| {
        let headers: Vec<(&str, &str)> = form.into_iter().chain([("sec-fetch-site", site)]).collect();
        server.send(request("POST", "/sf/accounts/verify_email", &headers, &format!("token={token}"))).await
    };
    assert_eq!(press("cross-site").await.status, StatusCode::FORBIDDEN);
    assert!(!is_verified().await);
    let answer = press("same-origin").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/account"));
    assert!(is_verified().await);
    let page = server.send(request("GET", &path, &[("accept", "text/html"), ("cookie", cookie.as_str())], "")).await;
    assert!(page.body.contains("ada@example.org is confirmed.") && !page.body.contains("verify_email"));
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn what_is_not_there_is_said_with_a_whole_page(db: PgPool) {
    let server = Server::new(db);
    for path in ["/no/such/page", "/p/no-such-product", "/c/no-such-category", "/s/no-such-seller", "/orders/SK-0000-0000"] {
        let page = server.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.body.contains("</html>") && page.body.contains("<main"), "{path}");
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn too_much_and_unreadable_arguments_are_the_senders_fault(db: PgPool) {
    let server = Server::new(db);
    let send = async |body: &str| {
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json")];
        server.send(request("POST", "/sf/cart/add_item", &headers, body)).await
    };
    assert_eq!(send("quantity=none").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(send("").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(send(&"a".repeat(65 * 1024)).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn nobody_is_signed_in_while_sessions_cannot_be_read(db: PgPool) {
    let server = Server::new(db);
    let cookie = server.signed_in_cookie().await;
    let shop = server.shop.with_empty_redis().without_database();
    let state = server::AppState::new(&crate::support::configured(&[]).unwrap(), shop.handles.clone());
    let broken = Server { router: server::router(state), shop };
    let answer = broken.send(request("GET", "/account", &[("accept", "text/html"), ("cookie", cookie.as_str())], "")).await;
    // Redis is there but knows nobody: the visitor is a stranger or sees a fault, and is certainly not signed in.
    assert!(!answer.status.is_success(), "{}", answer.status);
    assert!(!answer.body.contains("@example.org"));
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn a_mailed_link_leads_to_its_order_and_opening_it_again_adds_no_token(db: PgPool) {
    let server = Server::new(db);
    let order = server.guest_order().await;
    let mut buyer = server.shop.guest();
    buyer.caller.order_tokens = vec![order.access_token.clone()];
    let link = backend::orders::link(&buyer, order.id).await.unwrap().expect("the order is young");
    let path = link.strip_prefix(crate::support::ORIGIN).expect("the link leads to the shop");
    let visit =
        async |path: &str, cookie: &str| server.send(request("GET", path, &[("accept", "text/html"), ("cookie", cookie)], "")).await;

    let other = format!("{}={}", app::context::ORDERS_COOKIE, "a".repeat(64));
    let answer = visit(path, &other).await;
    let address = app::routes::order(&order.number);
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, address.as_str()));
    assert_eq!((answer.header("referrer-policy"), answer.header("cache-control")), ("no-referrer", "no-store"));
    let (cookie, attributes) = answer.header("set-cookie").split_once("; ").expect("a cookie with attributes");
    assert!(cookie.ends_with(&format!(".{}", "a".repeat(64))), "the other order stays in reach: {cookie}");
    assert!(attributes.contains(&format!("Max-Age={}", app::context::ORDERS_COOKIE_SECONDS)), "{attributes}");
    assert!(attributes.contains("Secure; HttpOnly; SameSite=Lax"), "{attributes}");

    let page = visit(&address, cookie).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains(order.number.as_str()));
    assert_eq!(visit(&address, &other).await.status, StatusCode::NOT_FOUND);
    let again = visit(path, cookie).await;
    assert_eq!((again.status, again.header("location"), again.header("set-cookie")), (StatusCode::SEE_OTHER, address.as_str(), ""));
    assert_eq!(visit("/track?t=guess", &other).await.status, StatusCode::NOT_FOUND);
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn after_the_hold_nothing_is_promised_before_the_gateway_was_asked(db: PgPool) {
    let server = Server::new(db);
    let order = server.guest_order().await;
    let cookie = format!("{}={}", app::context::ORDERS_COOKIE, order.access_token);
    let page = async || {
        let path = format!("/checkout/pay/{}", order.number);
        server.send(request("GET", &path, &[("accept", "text/html"), ("cookie", cookie.as_str())], "")).await.body
    };
    assert!(page().await.contains("Held for you for"));
    // There is something to pay by, at a gateway that nobody can ask.
    let open = "update payable set state = 'open', payment_intent_id = 'pi_1', client_secret = 'pi_1_secret_1' where order_id = $1";
    sqlx::query(open).bind(order.id.0).execute(&server.shop.handles.db).await.unwrap();
    let end = "update customer_order set expires_at = souk.clock() - interval '1 minute' where order_id = $1";
    sqlx::query(end).bind(order.id.0).execute(&server.shop.handles.db).await.unwrap();
    let late = page().await;
    assert!(late.contains("We are asking the bank whether you have paid"), "{late}");
    assert!(!late.contains("nothing was charged") && !late.contains("Card number"), "{late}");
}
