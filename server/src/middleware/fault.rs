//! Answers where no page could be rendered: short, without anything from inside, with the reference to look up.

use super::class::Class;
use super::request_id;
use crate::http::plain;
use crate::rest::problem::{ErrorCode, Problem};
use app::fault::FaultTexts;
use axum::body::Body;
use axum::response::{Html, IntoResponse as _, Response};
use domain::market::Market;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use std::any::Any;

/// How long a client should wait after an overload or an outage, in seconds.
const RETRY_AFTER_S: &str = "2";

/// A page for people, in their language; a problem with the message for programs.
pub fn answer(headers: &HeaderMap, status: StatusCode, message: &str) -> Response {
    let wants_page = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    let mut response = if wants_page {
        (status, [(CONTENT_SECURITY_POLICY, plain::POLICY.as_str())], Html(page(status))).into_response()
    } else {
        let code = ErrorCode::of_status(status);
        let mut response = Problem::new(code, message).into_response();
        *response.status_mut() = status;
        response
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S));
    }
    response
}

/// No picture, no script, no file of style: it must work when nothing else does.
fn page(status: StatusCode) -> String {
    let market = READER.try_with(|reader| reader.market).unwrap_or_default();
    let (texts, id) = (app::fault::texts(market, status.as_u16()), request_id::current());
    let FaultTexts { title, text, reference, way_back } = texts;
    let (language, home) = (market.language.tag(), app::routes::within(market, app::routes::HOME));
    let direction = if market.language.runs_right_to_left() { "rtl" } else { "ltr" };
    format!(
        "<!DOCTYPE html><html lang=\"{language}\" dir=\"{direction}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title} · Souk</title><style>{}</style></head><body><header><a href=\"{home}\">Souk</a></header><main><h1>{title}</h1>\
         <p>{text}</p><p>{reference}<code>{id}</code></p><p><a href=\"{home}\">{way_back}</a></p></main></body></html>",
        plain::STYLE
    )
}

/// The answer after a panic; the panic itself was logged where it happened.
pub fn after_panic(_: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let mut headers = HeaderMap::new();
    // Which kind of door it was is not known here any more; a page's text serves a program too.
    if !READER.try_with(|reader| reader.is_program).unwrap_or(false) {
        headers.insert(ACCEPT, HeaderValue::from_static("text/html"));
    }
    answer(&headers, StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side.")
}

/// Who waits for the answer.
#[derive(Clone, Copy, Debug)]
struct Reader {
    is_program: bool,
    market: Market,
}

tokio::task_local! {
    static READER: Reader;
}

/// Remembers who waits for the answer, for where the request is not at hand any more.
pub async fn remember_reader(request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    let is_page = Class::of(request.uri().path()).is_page();
    let wants_page =
        request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    let market = request.extensions().get::<Market>().copied().unwrap_or_default();
    READER.scope(Reader { is_program: !is_page && !wants_page, market }, next.run(request)).await
}

/// What a failure of ours looks like in the API, logged; see [`answer`] for pages.
pub fn internal(error: &anyhow::Error) -> Problem {
    tracing::error!(error = format!("{error:#}"), "a request failed");
    if backend::db::is_outage(error) {
        return Problem::new(ErrorCode::Unavailable, "The shop cannot be reached for a moment. Try again soon.").fault();
    }
    Problem::new(ErrorCode::InternalError, "Something went wrong on our side.").fault()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;
    use tower_http::catch_panic::CatchPanicLayer;

    async fn panic() -> &'static str {
        panic!("the secret of the shop")
    }

    async fn ask(path: &str, accept: &str) -> (u16, String, String) {
        let router = Router::new().route("/cart", get(panic)).route("/api/v1/cart", get(panic));
        let router =
            router.layer(CatchPanicLayer::custom(after_panic)).layer(from_fn(remember_reader)).layer(from_fn(request_id::middleware));
        let request = axum::extract::Request::builder().uri(path).header(ACCEPT, accept).body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let id = response.headers()[request_id::HEADER].to_str().unwrap().to_owned();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, id, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_with_a_reference_and_nothing_from_inside() {
        let (status, id, page) = ask("/cart", "text/html").await;
        assert_eq!(status, 500);
        assert!(page.starts_with("<!DOCTYPE html>") && page.contains(&id) && !page.contains("secret"), "{page}");
        let (status, id, problem) = ask("/api/v1/cart", "*/*").await;
        let problem: serde_json::Value = serde_json::from_str(&problem).unwrap();
        assert_eq!((status, &problem["code"], &problem["trace_id"]), (500, &"internal_error".into(), &id.into()));
    }
}
