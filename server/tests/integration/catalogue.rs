//! Catalogue pages are the same bytes for everyone, and say so.

use crate::support::{Server, request};
use http::StatusCode;
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
