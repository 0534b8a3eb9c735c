//! Who a browser is, by its cookies: puts the [`Context`] into each request for a page or a server function.

use super::class::Class;
use super::fault;
use super::request_id::RequestId;
use crate::state::AppState;
use app::context::{CART_COOKIE, ORDER_TOKENS_MAX, ORDERS_COOKIE, SESSION_COOKIE};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use backend::{Caller, Client, Context, accounts};
use domain::market::Market;
use http::header::COOKIE;
use http::{HeaderMap, StatusCode};

/// Ours have 64 characters; nothing longer is looked up.
const TOKEN_LENGTH_MAX: usize = 128;

/// Catalogue pages ask for nobody: they are the same for everyone.
pub async fn middleware(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let market = request.extensions().get::<Market>().copied();
    let caller = if Class::of(request.uri().path()) == Class::Catalogue {
        Caller { market, ..Caller::default() }
    } else {
        match caller(&state, request.headers()).await {
            Ok(caller) => Caller { market, ..caller },
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "sessions cannot be read");
                return fault::answer(
                    request.headers(),
                    StatusCode::SERVICE_UNAVAILABLE,
                    "The shop cannot be reached for a moment. Please try again.",
                );
            }
        }
    };
    let context = context(&state, &request, caller);
    request.extensions_mut().insert(context);
    next.run(request).await
}

/// The context of a request, for whoever the caller is.
pub fn context(state: &AppState, request: &Request, caller: Caller) -> Context {
    let extensions = request.extensions();
    Context {
        handles: state.handles.clone(),
        caller,
        client: extensions.get::<Client>().copied().unwrap_or(Client(None)),
        request_id: extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
    }
}

async fn caller(state: &AppState, headers: &HeaderMap) -> anyhow::Result<Caller> {
    let user = match cookie(headers, SESSION_COOKIE) {
        Some(token) => accounts::session_user(&state.handles, &token).await?,
        None => None,
    };
    let orders = cookie(headers, ORDERS_COOKIE).unwrap_or_default();
    let order_tokens = orders.split('.').filter(|token| is_token(token)).take(ORDER_TOKENS_MAX).map(str::to_owned).collect();
    let cart_token = cookie(headers, CART_COOKIE).filter(|token| is_token(token));
    Ok(Caller { user, cart_token, order_tokens, market: None })
}

/// What could be a token of ours: nothing else needs to be looked up.
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.len() <= TOKEN_LENGTH_MAX && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The value of a cookie that is not empty.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    let mut values = pairs.filter_map(|pair| pair.trim().split_once('=')).filter(|(key, value)| *key == name && !value.is_empty());
    values.next().map(|(_, value)| value.to_owned())
}
