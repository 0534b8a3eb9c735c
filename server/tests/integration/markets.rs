//! Languages and currencies at the front of addresses.

use crate::support::{ORIGIN, Server, request};
use domain::language::Language;
use domain::market::Market;
use http::StatusCode;
use sqlx::PgPool;

const ROBOTS: &str = include_str!("../../../public/robots.txt");

/// A shop with one product that is priced in both currencies.
async fn shop(db: PgPool) -> (Server, String) {
    let server = Server::new(db);
    let product = server.shop.simple_product("blue-bowl", 4_200, 5).await;
    let price = "insert into price (variant_id, currency, amount) select variant_id, 'EUR', 123400 from price";
    sqlx::query(price).execute(&server.shop.handles.db).await.unwrap();
    (server, product.variants[0].to_string())
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn a_page_is_in_the_language_and_currency_of_its_address(db: PgPool) {
    let (server, _) = shop(db).await;
    let page = async |path: &str| server.get(path).await;
    for (path, tag, price, button) in [
        ("/p/blue-bowl", "lang=\"en\"", "$42.00", "Add to cart"),
        ("/en-eur/p/blue-bowl", "lang=\"en\"", "€1,234.00", "Add to cart"),
        ("/de/p/blue-bowl", "lang=\"de\"", "1.234,00\u{a0}€", "In den Warenkorb"),
        ("/de-usd/p/blue-bowl", "lang=\"de\"", "42,00\u{a0}$", "In den Warenkorb"),
        ("/xb/p/blue-bowl", "dir=\"rtl\"", "$42.00", "\u{202e}cart\u{202c}"),
    ] {
        let found = page(path).await;
        assert_eq!(found.status, StatusCode::OK, "{path}");
        for text in [tag, price, button] {
            assert!(found.body.contains(text), "{path} lacks {text}");
        }
    }
    for path in ["/dex/p/blue-bowl", "/en/p/blue-bowl", "/de/de/p/blue-bowl", "/de/api/v1/categories", "/de/healthz"] {
        assert_eq!(page(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn a_catalogue_page_depends_on_its_address_and_on_no_cookie(db: PgPool) {
    let (server, _) = shop(db).await;
    let plain = server.get("/de/p/blue-bowl").await;
    let cookie = format!("{}; {}={}", server.signed_in_cookie().await, app::context::CART_COOKIE, "a".repeat(64));
    let headers = [("accept", "text/html"), ("accept-language", "fr"), ("cookie", cookie.as_str())];
    let known = server.send(request("GET", "/de/p/blue-bowl", &headers, "")).await;
    assert_eq!((plain.body.as_str(), plain.header("etag")), (known.body.as_str(), known.header("etag")));
    assert!(!known.header("vary").to_lowercase().contains("cookie") && known.header("set-cookie").is_empty());
    assert!(plain.header("cache-control").starts_with("public"), "{}", plain.header("cache-control"));
    // The same page in the other language is found from here; in the other currency it is this page.
    for (path, canonical) in [("/de/p/blue-bowl", "/de/p/blue-bowl"), ("/en-eur/p/blue-bowl", "/p/blue-bowl")] {
        let page = server.get(path).await.body;
        let has_link = |parts: [&str; 2], path: &str| {
            let address = format!("href=\"{ORIGIN}{path}\"");
            page.split("<link ").any(|link| {
                let link = link.split('>').next().unwrap_or_default();
                link.contains(&address) && parts.iter().all(|part| link.contains(part))
            })
        };
        assert!(has_link(["rel=\"canonical\"", ""], canonical), "{path}");
        assert!(has_link(["rel=\"alternate\"", "hreflang=\"en\""], "/p/blue-bowl"), "{path}");
        assert!(has_link(["rel=\"alternate\"", "hreflang=\"de\""], "/de/p/blue-bowl"), "{path}");
    }
    assert!(server.get("/xb/p/blue-bowl").await.body.contains("content=\"noindex\""));
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn a_price_is_filtered_by_as_it_is_written_in_either_language(db: PgPool) {
    let (server, _) = shop(db).await;
    server.shop.simple_product("red-bowl", 1_250, 5).await;
    for (market, shown) in [("", "12.50"), ("/de-usd", "12,50")] {
        for typed in ["12.50", "12,50", "12%2C50"] {
            let page = server.get(&format!("{market}/search?max_price={typed}")).await;
            assert!(page.body.contains(&format!("value=\"{shown}\"")), "{market} {typed}");
            assert!(page.body.contains("/p/red-bowl") && !page.body.contains("/p/blue-bowl"), "{market} {typed}");
        }
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn a_plain_form_stays_in_its_market_and_the_cart_follows_it(db: PgPool) {
    let (server, variant) = shop(db).await;
    let form = [("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html"), ("origin", ORIGIN)];
    let answer = server.send(request("POST", "/de/sf/cart/add_item", &form, &format!("variant={variant}&quantity=1"))).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/de/cart"));
    let cookies: Vec<&str> =
        answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()?.split(';').next()).collect();
    let cookies = cookies.join("; ");
    let cart =
        async |path: &str| server.send(request("GET", path, &[("accept", "text/html"), ("cookie", cookies.as_str())], "")).await.body;
    let german = cart("/de/cart").await;
    assert!(german.contains("1.234,00\u{a0}€") && german.contains("Dein Warenkorb"), "{german}");
    assert!(cart("/cart").await.contains("$42.00"));
    assert!(cart("/en-eur/cart").await.contains("€1,234.00"));
    let stranger =
        [("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html"), ("origin", "https://elsewhere.example")];
    let foreign = server.send(request("POST", "/de/sf/cart/add_item", &stranger, &format!("variant={variant}&quantity=1"))).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let guarded = server.get("/de/account").await;
    assert!(guarded.header("location").starts_with("/de/account/sign-in"), "{}", guarded.header("location"));
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn a_mailed_link_leads_back_into_the_market_it_was_made_in(db: PgPool) {
    let server = Server::new(db);
    let order = server.guest_order().await;
    let mut buyer = server.shop.guest();
    buyer.caller.order_tokens = vec![order.access_token.clone()];
    buyer.caller.market = Some(Market::of(Language::German));
    let link = backend::orders::link(&buyer, order.id).await.unwrap().expect("the order is young");
    let path = link.strip_prefix(ORIGIN).expect("the link leads to the shop");
    assert!(path.starts_with("/de/track?t="), "{path}");
    assert_eq!(server.get(path).await.header("location"), format!("/de/orders/{}", order.number));
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn texts_are_kept_for_ever_and_others_are_not_there(db: PgPool) {
    let server = Server::new(db);
    for file in app::t::FILES.iter() {
        let answer = server.get(&file.path).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, file.content.as_str()), "{}", file.path);
        assert!(answer.header("cache-control").contains("immutable"));
        assert!(answer.header("content-type").starts_with("text/plain"));
    }
    assert_eq!(server.get("/texts/de.0000000000000000.txt").await.status, StatusCode::NOT_FOUND);
}

/// What a crawler is kept from in one market, it is kept from in all; nobody needs the mirrored one.
#[test]
fn crawlers_are_kept_from_personal_pages_in_every_market_and_from_nothing_else() {
    let rules: Vec<&str> = ROBOTS.lines().filter_map(|line| line.strip_prefix("Disallow: ")).collect();
    let is_kept_from = |path: &str| rules.iter().any(|rule| path.starts_with(rule));
    for market in Market::all() {
        for path in
            ["/account", "/admin", "/cart", "/checkout/pay/SK-0000-0000", "/orders/SK-0000-0000", "/sell", "/sf/cart/add_item", "/track"]
        {
            let path = format!("{}{path}", market.prefix());
            assert!(is_kept_from(&path), "{path}");
        }
        for path in ["/", "/p/cart", "/c/orders", "/s/track", "/search"] {
            let path = format!("{}{path}", market.prefix());
            assert_eq!(is_kept_from(&path), market.language == Language::Mirrored, "{path}");
        }
    }
    assert!(ROBOTS.starts_with("User-agent: *\n") && !is_kept_from("/robots.txt"));
}

#[test]
fn an_installed_shop_starts_at_its_front() {
    let manifest: serde_json::Value = serde_json::from_str(include_str!("../../../public/manifest.webmanifest")).unwrap();
    assert_eq!(manifest["start_url"], "/");
}
