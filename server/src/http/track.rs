//! `/track?t=…`: the link in a mail. Its token is traded for a cookie at once, so that it stands in no history, no
//! bookmark and no referrer; the browser goes on to the order's own address.

use crate::middleware::fault;
use app::context::{ORDER_TOKENS_MAX, ORDERS_COOKIE, ORDERS_COOKIE_SECONDS};
use axum::extract::{Extension, Request};
use axum::response::{IntoResponse as _, Redirect, Response};
use backend::{Context, Failure, orders};
use http::header::{CACHE_CONTROL, REFERRER_POLICY, SET_COOKIE};
use http::{HeaderValue, StatusCode};

pub async fn open(Extension(context): Extension<Context>, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let token = query.split('&').find_map(|pair| pair.strip_prefix("t=")).unwrap_or_default();
    let mut response = match open_order(context, token).await {
        Ok(response) => response,
        Err(Failure::Internal(error)) => {
            tracing::error!(error = format!("{error:#}"), "a mailed link could not be opened");
            fault::answer(request.headers(), StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side.")
        }
        Err(_) => fault::answer(request.headers(), StatusCode::NOT_FOUND, "This link does not lead to an order any more."),
    };
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn open_order(mut context: Context, token: &str) -> Result<Response, Failure<domain::orders::OrderRefusal>> {
    if !crate::middleware::session::is_token(token) {
        return Err(Failure::NotFound);
    }
    let (order, fresh) = orders::open_link(&context, token).await?;
    let mut cookie = None;
    if let Some(fresh) = fresh {
        let tokens = &mut context.caller.order_tokens;
        tokens.insert(0, fresh);
        tokens.truncate(ORDER_TOKENS_MAX);
        cookie = Some(orders_cookie(tokens));
    }
    let number =
        orders::order(&context, &order.to_string()).await.map_err(|failure| failure.map_refusal(|refusal| match refusal {}))?.number;
    let mut response = Redirect::to(&app::routes::order_within(context.caller.market.unwrap_or_default(), number)).into_response();
    if let Some(Ok(cookie)) = cookie.map(HeaderValue::try_from) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// It holds the other orders of this browser too, and so lives as long as the checkout's.
fn orders_cookie(tokens: &[String]) -> String {
    format!("{ORDERS_COOKIE}={}; Path=/; Max-Age={ORDERS_COOKIE_SECONDS}; Secure; HttpOnly; SameSite=Lax", tokens.join("."))
}
