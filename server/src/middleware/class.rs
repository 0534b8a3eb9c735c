//! What kind of door a request knocks at, and who knocks: the one seam where limits are counted.

use crate::config::Network;
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use backend::Client;
use http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

/// The kinds of doors. Requests of one kind cost about the same and are needed for the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Pages that are the same for everyone.
    Catalogue,
    /// Pages that depend on who asks.
    Personal,
    /// Personal pages on which the payment form may stand.
    Checkout,
    ServerFunction,
    Api,
    Webhook,
    /// Files that are served as they are.
    File,
    Health,
}

impl Class {
    pub fn of(path: &str) -> Self {
        let below = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        match path {
            _ if below("/api/v1/webhooks") => Class::Webhook,
            _ if below("/api") => Class::Api,
            _ if below("/sf") => Class::ServerFunction,
            _ if below("/media") || below("/pkg") || below("/fonts") || below("/texts") => Class::File,
            "/healthz" | "/readyz" => Class::Health,
            crate::http::csp_report::PATH => Class::ServerFunction,
            "/track" => Class::Personal,
            _ if app::routes::takes_payment(path) => Class::Checkout,
            _ if app::routes::is_personal(path) => Class::Personal,
            _ => Class::Catalogue,
        }
    }

    /// As it stands in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Class::Catalogue => "catalogue",
            Class::Personal => "personal",
            Class::Checkout => "checkout",
            Class::ServerFunction => "server_function",
            Class::Api => "api",
            Class::Webhook => "webhook",
            Class::File => "file",
            Class::Health => "health",
        }
    }

    pub fn is_page(self) -> bool {
        matches!(self, Class::Catalogue | Class::Personal | Class::Checkout)
    }
}

/// Whoever is behind a request, as far as it can be told without looking anything up: the digest of what it identifies
/// itself with, so that no limit ever holds the token itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Identity {
    Nobody,
    Token(Vec<u8>),
}

/// One knock: everything a limit may count by.
#[derive(Clone, Debug)]
pub struct Visit {
    pub class: Class,
    pub client: Client,
    pub identity: Identity,
}

/// The address at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Puts the [`Visit`] and the [`Client`] into the request.
pub async fn middleware(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
    let client = Client(client_address(peer, request.headers(), &state.door.trusted_proxies));
    let visit = Visit { class: Class::of(request.uri().path()), client, identity: identity(request.headers()) };
    request.extensions_mut().insert(client);
    request.extensions_mut().insert(visit);
    next.run(request).await
}

/// The socket's address; behind proxies that we trust, the last address that none of them has.
fn client_address(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[Network]) -> Option<IpAddr> {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(*address));
    let mut client = peer?;
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    for hop in hops.into_iter().rev() {
        if !is_trusted(&client) {
            break;
        }
        let Ok(address) = hop.parse() else { break };
        client = address;
    }
    Some(client)
}

fn identity(headers: &HeaderMap) -> Identity {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let cookie = super::session::cookie(headers, app::context::SESSION_COOKIE);
    let token = text("authorization").or(cookie).or_else(|| text("cart-token")).or_else(|| text("order-token"));
    token.map_or(Identity::Nobody, |token| Identity::Token(backend::secret::token_hash(&token)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<Network> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        client_address(Some(peer.parse().unwrap()), &headers, &trusted).unwrap().to_string()
    }

    #[test]
    fn a_forwarded_address_is_believed_only_from_a_trusted_proxy() {
        assert_eq!(client("203.0.113.5", &["198.51.100.1"], &[]), "203.0.113.5");
        assert_eq!(client("203.0.113.5", &["198.51.100.1"], &["10.0.0.0/8"]), "203.0.113.5");
        assert_eq!(client("10.0.0.2", &["198.51.100.1"], &["10.0.0.0/8"]), "198.51.100.1");
    }

    #[test]
    fn what_the_client_itself_forwards_is_not_believed() {
        assert_eq!(client("10.0.0.2", &["6.6.6.6, 198.51.100.1"], &["10.0.0.0/8"]), "198.51.100.1");
        assert_eq!(client("10.0.0.2", &["6.6.6.6", "198.51.100.1, 10.0.0.9"], &["10.0.0.0/8"]), "198.51.100.1");
        assert_eq!(client("10.0.0.2", &["nonsense"], &["10.0.0.0/8"]), "10.0.0.2");
    }

    #[test]
    fn every_path_has_its_class() {
        let expected = [
            ("/", Class::Catalogue),
            ("/p/blue-bowl", Class::Catalogue),
            ("/nowhere", Class::Catalogue),
            ("/cart", Class::Personal),
            ("/track", Class::Personal),
            ("/checkout/pay/SK-1", Class::Checkout),
            ("/sf/cart/add_item", Class::ServerFunction),
            ("/api/v1/cart", Class::Api),
            ("/api/v1/webhooks/stripe", Class::Webhook),
            ("/pkg/souk.css", Class::File),
            ("/texts/de.0123.txt", Class::File),
            ("/healthz", Class::Health),
        ];
        for (path, class) in expected {
            assert_eq!(Class::of(path), class, "{path}");
        }
    }
}
