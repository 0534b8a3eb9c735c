//! Pages, rendered on the server, and the functions they call.

use crate::http::files;
use crate::middleware::policy::PageNonce;
use crate::middleware::{body_limit, fault, policy, session};
use crate::state::AppState;
use app::{App, shell};
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use domain::market::Market;
use http::header::{ALLOW, CACHE_CONTROL, LOCATION, REFERER};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use http_body_util::BodyExt as _;
use leptos::nonce::Nonce;
use leptos::prelude::{provide_context, use_context};
use leptos::server_fn::axum::get_server_fn_service;
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;
use leptos_axum::{AxumRouteListing, LeptosRoutes as _, generate_route_list, render_app_async_with_context, render_route_with_context};
use std::sync::OnceLock;

/// An error of a server function is a short document.
const ERROR_BYTES_MAX: usize = 16 * 1024;

/// Every page of the app, by its path. Finding them out switches off loading in the whole process for a moment, so it
/// happens once, before anything is served.
pub fn routes() -> &'static [AxumRouteListing] {
    static ROUTES: OnceLock<Vec<AxumRouteListing>> = OnceLock::new();
    ROUTES.get_or_init(|| generate_route_list(App))
}

/// Pages, mailed links, server functions; anything else is a file or the page that says there is nothing.
pub fn router(state: &AppState) -> Router<AppState> {
    let options = state.site.clone();
    let render = render_route_with_context::<AppState, _>(routes().to_vec(), provide, move || shell(options.clone()));
    let pages = Router::<AppState>::new()
        .leptos_routes_with_handler(routes().to_vec(), render)
        .fallback(file_or_nothing)
        .layer(from_fn_with_state(state.clone(), policy::middleware));
    let links = Router::new().route("/track", axum::routing::get(crate::http::track::open));
    let functions = Router::new().route("/sf/{*path}", any(server_function)).layer(from_fn(body_limit::read_whole));
    let reports = axum::routing::post(crate::http::csp_report::receive).layer(from_fn(body_limit::read_whole));
    let reports = Router::new().route(crate::http::csp_report::PATH, reports);
    pages.merge(links).merge(functions).merge(reports).layer(from_fn_with_state(state.clone(), session::middleware))
}

/// Gives the rendering what the middleware found out.
fn provide() {
    let Some(parts) = use_context::<Parts>() else { return };
    if let Some(PageNonce(nonce)) = parts.extensions.get::<PageNonce>().cloned() {
        provide_context(Nonce::from_value(nonce));
    }
    if let Some(market) = parts.extensions.get::<Market>().copied() {
        provide_context(market);
    }
}

async fn file_or_nothing(State(state): State<AppState>, request: Request) -> Response {
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        let status = if request.method() == Method::POST { StatusCode::NOT_FOUND } else { StatusCode::METHOD_NOT_ALLOWED };
        return fault::answer(request.headers(), status, "There is no such page.");
    }
    let (parts, body) = request.into_parts();
    let same = |parts: &Parts| {
        let mut request = Request::new(axum::body::Body::empty());
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = parts.uri.clone();
        *request.headers_mut() = parts.headers.clone();
        request
    };
    if let Some(file) = files::site_file(&state, same(&parts)).await {
        return file;
    }
    let options = state.site.clone();
    let render = render_app_async_with_context(provide, move || shell(options.clone()));
    let mut page = render(Request::from_parts(parts, body)).await;
    if page.status() == StatusCode::OK {
        *page.status_mut() = StatusCode::NOT_FOUND;
    }
    page
}

/// Runs the server function at this path. Only by POST, so that no link and no picture can set one off.
async fn server_function(mut request: Request) -> Response {
    if get_server_fn_service(request.uri().path(), Method::POST).is_none() {
        return fault::answer(request.headers(), StatusCode::NOT_FOUND, "There is no such function.");
    }
    if request.method() != Method::POST {
        let mut response = fault::answer(request.headers(), StatusCode::METHOD_NOT_ALLOWED, "This is asked for in another way.");
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    keep_own_referrer(&mut request);
    let response = leptos_axum::handle_server_fns_with_context(provide, request).await.into_response();
    let mut response = with_honest_status(response).await;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A plain form is led back to where it came from: to nowhere but our own pages.
fn keep_own_referrer(request: &mut Request) {
    let host = request.uri().authority().map(|authority| authority.as_str().to_owned());
    let host = host.or_else(|| Some(request.headers().get("host")?.to_str().ok()?.to_owned()));
    let referrer = request.headers().get(REFERER).and_then(|referrer| referrer.to_str().ok());
    let referrer_host = referrer.and_then(|referrer| referrer.split_once("://")?.1.split('/').next().map(str::to_owned));
    if referrer_host != host {
        request.headers_mut().remove(REFERER);
    }
}

/// Two things the framework answers otherwise: arguments that cannot be read are the sender's fault (422), and a form is
/// followed by GET (303), whatever the browser's age.
async fn with_honest_status(response: Response) -> Response {
    if response.status() == StatusCode::FOUND && response.headers().contains_key(LOCATION) {
        let mut response = response;
        *response.status_mut() = StatusCode::SEE_OTHER;
        return response;
    }
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR || !response.headers().contains_key(SERVER_FN_ERROR_HEADER) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = http_body_util::Limited::new(body, ERROR_BYTES_MAX).collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let error: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    // Here only the request can have been unreadable: what the function itself says has set its own status.
    if matches!(error.as_str(), Some("invalid" | "unreachable")) {
        parts.status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Response::from_parts(parts, axum::body::Body::from(body))
}
