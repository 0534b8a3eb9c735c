//! Who a program says it is: an access token, a cart's token, an order's token. Cookies are not looked at.

use super::problem::{ErrorCode, Problem};
use crate::middleware::{fault, session};
use crate::state::AppState;
use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use backend::{Caller, Context, accounts, cart};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;

/// Puts the [`Context`] into the request; a token that is not valid ends it here.
pub(super) async fn middleware(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    match caller(&state, request.headers()).await {
        Ok(caller) => {
            let context = session::context(&state, &request, caller);
            request.extensions_mut().insert(context);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

async fn caller(state: &AppState, headers: &HeaderMap) -> Result<Caller, Problem> {
    let invalid = || Problem::new(ErrorCode::InvalidToken, "The access token is not valid, or has ended.");
    let user = match headers.get(AUTHORIZATION) {
        None => None,
        Some(_) => {
            let token = access_token(headers).ok_or_else(invalid)?;
            let user = accounts::access_token_user(&state.handles, token).await.map_err(|error| fault::internal(&error))?;
            Some(user.ok_or_else(invalid)?)
        }
    };
    let token = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default().to_owned());
    // A token of a form that none of ours has is one nobody knows.
    let known_form = |token: String| if session::is_token(&token) { token } else { "unreadable".to_owned() };
    let cart_token = token("cart-token").map(known_form);
    let order_tokens = token("order-token").map(known_form).into_iter().collect();
    Ok(Caller { user, cart_token, order_tokens, market: None })
}

/// The access token sent with a request.
pub(super) fn access_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty()).then(|| token.trim())
}

fn context(parts: &Parts) -> Result<Context, Problem> {
    let context = parts.extensions.get::<Context>().cloned();
    context.ok_or_else(|| fault::internal(&anyhow::anyhow!("no context in an API request")))
}

/// Whoever asks.
#[derive(Debug)]
pub(super) struct Anyone(pub Context);

impl<S: Send + Sync> FromRequestParts<S> for Anyone {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        context(parts).map(Self)
    }
}

/// Somebody with an access token.
#[derive(Debug)]
pub(super) struct SignedIn(pub Context);

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let context = context(parts)?;
        if context.user().is_some() { Ok(Self(context)) } else { Err(required("an access token")) }
    }
}

/// Somebody with a cart, perhaps not begun yet. A guest's cart has become the account's, once, when both tokens are sent.
#[derive(Debug)]
pub(super) struct Shopper(pub Context);

impl<S: Send + Sync> FromRequestParts<S> for Shopper {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut context = context(parts)?;
        if context.user().is_some() && context.caller.cart_token.is_some() {
            cart::merge_guest(&context).await?;
            context.caller.cart_token = None;
        }
        Ok(Self(context))
    }
}

/// Somebody who changes a cart or asks what it costs. One that is not there comes before anything that is wrong with the
/// request; without any token it is perhaps not begun yet.
#[derive(Debug)]
pub(super) struct CartWriter(pub Context);

impl<S: Send + Sync> FromRequestParts<S> for CartWriter {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Shopper(context) = Shopper::from_request_parts(parts, state).await?;
        if context.user().is_none() && context.caller.cart_token.is_some() {
            cart::check_token(&context).await?;
        }
        Ok(Self(context))
    }
}

/// Somebody who can place an order: an account, or a guest whose cart there is.
#[derive(Debug)]
pub(super) struct CartHolder(pub Context);

impl<S: Send + Sync> FromRequestParts<S> for CartHolder {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let CartWriter(context) = CartWriter::from_request_parts(parts, state).await?;
        if context.user().is_none() && context.caller.cart_token.is_none() {
            return Err(required("an access token or a Cart-Token"));
        }
        Ok(Self(context))
    }
}

/// Somebody who may know of orders: an account, or a guest with an order's token.
#[derive(Debug)]
pub(super) struct OrderHolder(pub Context);

impl<S: Send + Sync> FromRequestParts<S> for OrderHolder {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let context = context(parts)?;
        let knows_orders = context.user().is_some() || !context.caller.order_tokens.is_empty();
        if knows_orders { Ok(Self(context)) } else { Err(required("an access token or an Order-Token")) }
    }
}

fn required(what: &str) -> Problem {
    Problem::new(ErrorCode::CredentialsRequired, format!("This needs {what}."))
}

/// The one parameter in the path, decoded. What cannot be read names nothing that there is.
#[derive(Debug)]
pub(super) struct PathText(pub String);

impl<S: Send + Sync> FromRequestParts<S> for PathText {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let missing = || Problem::new(ErrorCode::NotFound, "There is no such thing, or it is somebody else's.");
        let parameters = RawPathParams::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let text = parameters.iter().next().map(|(_, value)| value.to_owned());
        text.filter(|text| !text.contains('\0')).map(Self).ok_or_else(missing)
    }
}

impl PathText {
    /// The parameter as an id; anything else names nothing that there is.
    pub(super) fn id<T: std::str::FromStr>(&self) -> Result<T, Problem> {
        self.0.parse().map_err(|_| Problem::new(ErrorCode::NotFound, "There is no such thing, or it is somebody else's."))
    }
}
