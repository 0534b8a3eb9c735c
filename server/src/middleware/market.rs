//! In which language and currency a request looks at the shop: the first part of its address may say so. It is read before
//! anything else looks at the address, and taken off.

use super::class::Class;
use axum::extract::Request;
use domain::market::Market;
use http::Uri;
use http::uri::PathAndQuery;

/// Leaves the [`Market`] with the request, and the address as it stands in no particular market. Only pages and their functions
/// have markets: files and the API are the same in all, and under a market's address there are none.
pub fn enter(mut request: Request) -> Request {
    let (market, path) = Market::split(request.uri().path());
    let class = Class::of(path);
    let has_markets = class.is_page() || class == Class::ServerFunction;
    if let Some(uri) = (has_markets && market != Market::default()).then(|| with_path(request.uri(), path)).flatten() {
        *request.uri_mut() = uri;
    }
    request.extensions_mut().insert(market);
    request
}

fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let path_and_query = match uri.query() {
        Some(query) => PathAndQuery::try_from(format!("{path}?{query}")),
        None => PathAndQuery::try_from(path),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path_and_query.ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::language::Language;

    fn entered(address: &str) -> (String, Option<Market>) {
        let request = enter(Request::builder().uri(address).body(axum::body::Body::empty()).unwrap());
        (request.uri().to_string(), request.extensions().get::<Market>().copied())
    }

    #[test]
    fn the_market_is_taken_off_the_address() {
        let german = Market::of(Language::German);
        assert_eq!(entered("/de/p/mug?variant=1"), ("/p/mug?variant=1".to_owned(), Some(german)));
        assert_eq!(entered("/de"), ("/".to_owned(), Some(german)));
        assert_eq!(entered("/de/sf/cart/add_item"), ("/sf/cart/add_item".to_owned(), Some(german)));
        assert_eq!(entered("/p/mug"), ("/p/mug".to_owned(), Some(Market::default())));
    }

    #[test]
    fn files_and_the_api_stand_in_no_market() {
        for address in ["/de/api/v1/products", "/de/pkg/souk.css", "/de/media/1.webp", "/de/healthz"] {
            assert_eq!(entered(address), (address.to_owned(), Some(Market::of(Language::German))));
        }
    }
}
