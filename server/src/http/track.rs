//! `/track?t=…`: the link in a mail. Its token is traded for a cookie at once, so that it stands in no history, no
//! bookmark and no referrer; the browser goes on to the order's own address.

use crate::middleware::fault;
use app::context::{ORDER_TOKENS_MAX, ORDERS_COOKIE};
use axum::extract::{Extension, Request};
use axum::response::{IntoResponse as _, Redirect, Response};
use backend::{Context, Failure, orders};
use http::header::{CACHE_CONTROL, REFERRER_POLICY, SET_COOKIE};
use http::{HeaderValue, StatusCode};

/// A day: whoever comes back later opens the mail again.
const COOKIE_S: u32 = 24 * 60 * 60;

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
    let (order, order_token) = orders::open_link(&context, token).await?;
    let known = &mut context.caller.order_tokens;
    known.retain(|known| *known != order_token);
    known.insert(0, order_token);
    known.truncate(ORDER_TOKENS_MAX);
    let cookie = format!("{ORDERS_COOKIE}={}; Path=/; Max-Age={COOKIE_S}; Secure; HttpOnly; SameSite=Lax", known.join("."));
    let number =
        orders::order(&context, &order.to_string()).await.map_err(|failure| failure.map_refusal(|refusal| match refusal {}))?.number;
    let mut response = Redirect::to(&app::routes::order(number)).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}
