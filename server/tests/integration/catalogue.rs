//! Catalogue pages are the same bytes for everyone, and say so.

use crate::markup::Markup;
use crate::support::{Server, request};
use backend::testing::NewVariant;
use http::StatusCode;
use serde_json::{Value, json};
use server::middleware::scripts::inline_script_hashes;
use sqlx::PgPool;

async fn paths(server: &Server) -> Vec<String> {
    let product = server.shop.simple_product("blue-bowl", 4_200, 5).await;
    ["/", "/c/blue-bowl-category", "/s/blue-bowl-seller", "/search?q=bowl"]
        .map(str::to_owned)
        .into_iter()
        .chain([format!("/p/{}", product.slug)])
        .collect()
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn two_visitors_get_the_same_bytes(db: PgPool) {
    let server = Server::new(db);
    let cookie = server.signed_in_cookie().await;
    for path in paths(&server).await {
        let stranger = server.get(&path).await;
        assert_eq!(stranger.status, StatusCode::OK, "{path}: {}", stranger.body);
        let headers = [("accept", "text/html"), ("cookie", cookie.as_str()), ("user-agent", "another")];
        let shopper = server.send(request("GET", &path, &headers, "")).await;
        assert_eq!(stranger.body, shopper.body, "{path}");
        for name in ["etag", "content-security-policy", "cache-control"] {
            assert_eq!(stranger.header(name), shopper.header(name), "{path} {name}");
        }
        assert!(shopper.headers.get("set-cookie").is_none(), "{path}");
        assert_eq!(shopper.header("cache-control"), "public, max-age=0, s-maxage=2", "{path}");
        assert!(!shopper.header("vary").to_lowercase().contains("cookie"), "{path}");
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn the_policy_names_every_inline_script_and_no_nonce(db: PgPool) {
    let server = Server::new(db);
    for path in paths(&server).await.into_iter().chain(["/no/such/page".to_owned()]) {
        let page = server.get(&path).await;
        let hashes = inline_script_hashes(&page.body);
        assert!(!hashes.is_empty(), "{path}: a page without a script does not come alive");
        let policy = page.header("content-security-policy");
        for hash in hashes {
            assert!(policy.contains(&hash), "{path}: {hash} is not in {policy}");
        }
        assert!(!policy.contains("nonce"), "{path}: {policy}");
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn what_a_browser_has_is_not_sent_again(db: PgPool) {
    let server = Server::new(db);
    for path in paths(&server).await {
        let first = server.get(&path).await;
        let again = server.send(request("GET", &path, &[("accept", "text/html"), ("if-none-match", first.header("etag"))], "")).await;
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
        assert_eq!(again.header("etag"), first.header("etag"), "{path}");
        assert_eq!(again.header("content-security-policy"), first.header("content-security-policy"), "{path}");
        let head = server.send(request("HEAD", &path, &[("accept", "text/html")], "")).await;
        assert_eq!((head.header("etag"), head.body.as_str()), (first.header("etag"), ""), "{path}");
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn a_chosen_theme_is_not_shared(db: PgPool) {
    let server = Server::new(db);
    let page = server.send(request("GET", "/", &[("accept", "text/html"), ("cookie", "souk_theme=dark")], "")).await;
    assert_eq!(page.header("cache-control"), "private, max-age=0");
    assert!(page.body.contains("data-theme=\"dark\""));
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn pages_are_compressed_for_who_asks(db: PgPool) {
    let server = Server::new(db);
    for encoding in ["br", "gzip"] {
        let page = server.send(request("GET", "/", &[("accept", "text/html"), ("accept-encoding", encoding)], "")).await;
        assert_eq!(page.header("content-encoding"), encoding);
        assert!(page.header("vary").to_lowercase().contains("accept-encoding"));
    }
}

/// What a page tells search engines of its product.
fn facts(page: &str) -> Value {
    let scripts = page.split("<script type=\"application/ld+json\"").skip(1);
    let texts = scripts.filter_map(|rest| rest.split_once('>')?.1.split("</script>").next());
    let documents: Vec<Value> = texts.map(|text| serde_json::from_str(text).unwrap()).collect();
    let [product] = documents.as_slice() else { panic!("one product, not {documents:?}") };
    product.clone()
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn search_engines_are_told_what_the_shop_has_of_a_product(db: PgPool) {
    let server = Server::new(db);
    let shop = &server.shop;
    let (seller, category) = (shop.seller("kiln").await, shop.category("bowls", None).await);
    let sizes = [("S", 129_905, 20), ("M", 4_200, 2), ("L", 50, 0)];
    let variants = sizes.map(|(size, price, stock)| NewVariant::new(price, stock).option("Size", size));
    let bowl = shop.product("blue-bowl", seller, category, &variants).await;
    shop.run("insert into price (variant_id, currency, amount) select variant_id, 'EUR', amount + 1 from price", |query| query).await;
    let told = async |market: &str, variant: usize| {
        let page = server.get(&format!("{market}/p/blue-bowl?variant={}", bowl.variants[variant])).await;
        assert_eq!(page.status, StatusCode::OK);
        facts(&page.body)
    };
    let states = ["InStock", "LimitedAvailability", "OutOfStock"].map(|state| format!("https://schema.org/{state}"));
    for (market, currency, prices) in [("", "USD", ["1299.05", "42.00", "0.50"]), ("/de", "EUR", ["1299.06", "42.01", "0.51"])] {
        for (variant, (price, state)) in prices.iter().zip(&states).enumerate() {
            let product = told(market, variant).await;
            assert_eq!((&product["@type"], &product["name"]), (&json!("Product"), &json!("Blue Bowl")));
            assert_eq!(product["sku"], format!("blue-bowl-{variant}"));
            let offer = &product["offers"];
            assert_eq!((&offer["price"], &offer["priceCurrency"]), (&json!(price), &json!(currency)), "{market} {variant}");
            assert_eq!(offer["availability"], *state, "{market} {variant}");
            assert_eq!(offer["seller"]["name"], "Kiln");
            let address = product["url"].as_str().unwrap();
            assert!(address.starts_with("http") && address.ends_with(&format!("{market}/p/blue-bowl")), "{address}");
            assert_eq!(offer["url"], format!("{address}?variant={}", bowl.variants[variant]));
            assert_eq!(product["aggregateRating"], Value::Null, "nobody has rated it");
        }
    }
    // It is sold, priced anew and rated: the page follows.
    shop.run("update stock_level set held = on_hand", |query| query).await;
    shop.run("update price set amount = 7700 where currency = 'USD'", |query| query).await;
    shop.run("update product set rating_sum = 23, rating_count = 5", |query| query).await;
    let product = told("", 0).await;
    assert_eq!((&product["offers"]["price"], &product["offers"]["availability"]), (&json!("77.00"), &json!(states[2])));
    assert_eq!(product["aggregateRating"], json!({ "@type": "AggregateRating", "ratingValue": "4.6", "reviewCount": 5 }));
}

/// Where the links of a page lead that `is_meant` accepts by their attributes.
fn links(page: &Markup, is_meant: impl Fn(&(String, String)) -> bool) -> Vec<String> {
    let meant = page.elements.iter().filter(|element| element.name == "a" && element.attributes.iter().any(&is_meant));
    let href = |(name, value): &(String, String)| (name == "href").then(|| value.clone());
    meant.filter_map(|link| link.attributes.iter().find_map(href)).collect()
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn a_long_list_goes_on_without_script_and_a_cursor_that_leads_nowhere_is_its_beginning(db: PgPool) {
    let server = Server::new(db);
    let (seller, category) = (server.shop.seller("kiln").await, server.shop.category("bowls", None).await);
    for number in 0..50 {
        server.shop.product(&format!("bowl-{number}"), seller, category, &[NewVariant::new(1_000, 9)]).await;
    }
    let see = async |path: &str| {
        let page = server.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let page = Markup::of(&page.body);
        let products = links(&page, |(name, value)| name == "href" && value.starts_with("/p/"));
        (page, products)
    };
    let next = |page: &Markup| links(page, |(name, value)| name == "rel" && value == "next");
    let (first, beginning) = see("/search").await;
    assert_eq!(beginning.len(), 24);
    assert!(first.says("24 of 50"));
    let address = next(&first).remove(0);
    let (second, later) = see(&address).await;
    assert!(later.len() == 24 && later.iter().all(|product| !beginning.contains(product)), "{later:?}");
    assert!(second.says("50 things") && !second.says("24 of 50"), "nobody knows what was seen before");
    assert_eq!(next(&second).len(), 1);

    assert_eq!(see("/search?cursor=nonsense").await.1, beginning);
    // The cursor of one order is none of another.
    let (_, cheapest) = see("/search?sort=price_asc").await;
    let other_order = format!("{address}&sort=price_asc");
    assert_eq!(see(&other_order).await.1, cheapest);
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn markup_in_a_question_is_answered_as_text(db: PgPool) {
    let server = Server::new(db);
    let page = server.get("/search?q=%3C/title%3E%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert_eq!(page.status, StatusCode::OK);
    let title = page.body.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
    assert!(title.is_some_and(|title| title.contains("&lt;/title>&lt;script>alert(1)")), "{title:?}");
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
}
