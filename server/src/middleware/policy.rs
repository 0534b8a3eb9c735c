//! Which sources a page may use, and how long who may keep it. Catalogue pages are the same bytes for everyone: their
//! policy names their inline scripts by hash. Personal pages have a nonce and are kept by nobody.

use super::class::Class;
use super::deadline::{DeadlineBody, PAGE_MAX};
use super::scripts::inline_script_hashes;
use super::{fault, session};
use crate::config::Payments;
use crate::state::AppState;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use http_body_util::BodyExt as _;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// Browsers ask each time and mostly hear "unchanged"; a shared cache may spare us the bursts.
const SHARED: &str = "public, max-age=0, s-maxage=2";
/// A page in the theme somebody chose is theirs alone.
const THEMED: &str = "private, max-age=0";

/// Which others' addresses pages may use.
#[derive(Clone, Debug)]
pub struct Sources {
    /// Only where the payment form may stand.
    payment: PaymentSources,
    /// While pages are being developed they listen for a reload.
    reload: String,
}

#[derive(Clone, Debug)]
struct PaymentSources {
    script: String,
    frame: String,
    connect: String,
    /// Where a browser without script is sent to pay.
    hosted: String,
}

impl Sources {
    pub fn new(payments: &Payments, reload_port: Option<u32>) -> Self {
        let payment = match payments {
            Payments::Stripe { .. } => PaymentSources {
                script: "https://js.stripe.com https://*.js.stripe.com".to_owned(),
                frame: "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com".to_owned(),
                connect: "https://api.stripe.com".to_owned(),
                hosted: "https://checkout.stripe.com".to_owned(),
            },
            Payments::Sandbox { url, .. } => {
                PaymentSources { script: url.clone(), frame: url.clone(), connect: url.clone(), hosted: url.clone() }
            }
        };
        let reload = reload_port.map(|port| format!(" ws://127.0.0.1:{port} ws://localhost:{port}")).unwrap_or_default();
        Self { payment, reload }
    }

    /// The policy of a page whose inline scripts are named by `inline` (hashes or a nonce, by spaces).
    fn policy(&self, class: Class, inline: &str) -> String {
        let (script, frame, connect, form) = match class {
            Class::Checkout => {
                let PaymentSources { script, frame, connect, hosted } = &self.payment;
                (format!(" {script}"), frame.as_str(), format!(" {connect}"), format!(" {hosted}"))
            }
            _ => (String::new(), "'none'", String::new(), String::new()),
        };
        let (reload, reports) = (&self.reload, crate::http::csp_report::PATH);
        format!(
            "default-src 'self'; script-src 'self' {inline} 'wasm-unsafe-eval'{script}; style-src 'self'; img-src 'self' data:; \
             font-src 'self'; connect-src 'self'{connect}{reload}; frame-src {frame}; object-src 'none'; base-uri 'none'; \
             form-action 'self'{form}; frame-ancestors 'none'; report-uri {reports}"
        )
    }
}

/// What the rendering stamps on the page's inline scripts. Empty for pages that are the same for everyone.
#[derive(Clone, Debug)]
pub struct PageNonce(pub Arc<str>);

pub async fn middleware(State(state): State<AppState>, request: Request, next: Next) -> Response {
    match Class::of(request.uri().path()) {
        Class::Catalogue => catalogue(&state, request, next).await,
        class => personal(&state, class, request, next).await,
    }
}

async fn catalogue(state: &AppState, mut request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    // The answer to HEAD has the same tag, so the page is made in full.
    if request.method() == Method::HEAD {
        *request.method_mut() = Method::GET;
    }
    request.extensions_mut().insert(PageNonce("".into()));
    let Ok((mut response, body)) = tokio::time::timeout(PAGE_MAX, whole(next.run(request))).await else {
        tracing::error!("a page was not finished in its time");
        return fault::answer(&headers, StatusCode::SERVICE_UNAVAILABLE, "This page took too long. Please try again.");
    };
    let Some(body) = body else {
        return fault::answer(&headers, StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side.");
    };
    if response.headers_mut().remove(SET_COOKIE).is_some() {
        tracing::error!("a page that is the same for everyone wanted to set a cookie");
    }
    if !is_page(response.headers()) {
        *response.body_mut() = Body::from(body);
        return response;
    }
    let policy = state.door.sources.policy(Class::Catalogue, &inline_script_hashes(&String::from_utf8_lossy(&body)).join(" "));
    let tag = entity_tag(&body, &policy);
    set(response.headers_mut(), CONTENT_SECURITY_POLICY, &policy);
    if !matches!(response.status(), StatusCode::OK | StatusCode::NOT_FOUND) {
        *response.body_mut() = Body::from(body);
        return response;
    }
    let cache = if session::cookie(&headers, app::context::THEME_COOKIE).is_some() { THEMED } else { SHARED };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    set(response.headers_mut(), ETAG, &tag);
    if response.status() == StatusCode::OK && is_known(&headers, &tag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.headers_mut().remove(CONTENT_TYPE);
        *response.body_mut() = Body::empty();
    } else {
        *response.body_mut() = Body::from(body);
    }
    response
}

/// The answer and its body; no body where it broke off.
async fn whole(response: impl Future<Output = Response>) -> (Response, Option<Bytes>) {
    let (mut parts, body) = response.await.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    let body = body.collect().await.map(|whole| whole.to_bytes()).inspect_err(|error| tracing::error!(%error, "a page broke off")).ok();
    (Response::from_parts(parts, Body::empty()), body)
}

async fn personal(state: &AppState, class: Class, mut request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let nonce: Arc<str> = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>()).into();
    request.extensions_mut().insert(PageNonce(nonce.clone()));
    let Ok(mut response) = tokio::time::timeout(PAGE_MAX, next.run(request)).await else {
        tracing::error!("a page was not begun in its time");
        return fault::answer(&headers, StatusCode::SERVICE_UNAVAILABLE, "This page took too long. Please try again.");
    };
    if is_page(response.headers()) {
        set(response.headers_mut(), CONTENT_SECURITY_POLICY, &state.door.sources.policy(class, &format!("'nonce-{nonce}'")));
    }
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.map(|body| DeadlineBody::wrap(body, PAGE_MAX))
}

/// A page of the application: one that was made elsewhere, for a fault, has its own policy.
fn is_page(headers: &HeaderMap) -> bool {
    let is_html = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    is_html && !headers.contains_key(CONTENT_SECURITY_POLICY)
}

/// Weak, because the same page is sent compressed in several ways.
fn entity_tag(body: &[u8], policy: &str) -> String {
    let digest = Sha256::new().chain_update(body).chain_update(policy).finalize();
    format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&digest[..16]))
}

fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.trim_start_matches("W/") == tag.trim_start_matches("W/"))
}

fn set(headers: &mut HeaderMap, name: http::HeaderName, value: &str) {
    match HeaderValue::from_str(value) {
        Ok(value) => drop(headers.insert(name, value)),
        Err(error) => tracing::error!(%error, %name, "a header could not be set"),
    }
}
