//! The current request on the server: whose it is, its cookies, and what its answer carries.

use crate::error::AppError;
use crate::ui::Flash;
use backend::{Context, Failure};
use domain::cart::{CartRefusal, CartView};
use http::header::{ACCEPT, COOKIE, HeaderValue, LOCATION, SET_COOKIE};
use http::{HeaderMap, StatusCode, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use leptos_router::location::Url;

pub const SESSION_COOKIE: &str = "__Host-souk_session";
pub const CART_COOKIE: &str = "__Host-souk_cart";
/// Up to [`ORDER_TOKENS_MAX`] tokens joined by `.`.
pub const ORDERS_COOKIE: &str = "__Host-souk_orders";
/// As long as the orders' own tokens are of use in a browser; each order that is added prolongs the others.
pub const ORDERS_COOKIE_SECONDS: u32 = 30 * 24 * 3_600;
/// What was typed at the checkout.
pub const DRAFT_COOKIE: &str = "__Host-souk_draft";
pub const ORDER_TOKENS_MAX: usize = 10;
/// Readable by script: the theme is switched without asking the server.
pub const THEME_COOKIE: &str = "souk_theme";
const FLASH_COOKIE: &str = "__Host-souk_flash";
/// Longer texts are not messages; browsers drop cookies beyond 4 KB.
const FLASH_LENGTH_MAX: usize = 500;
/// A message that nobody fetched within a minute belongs to nothing on the screen.
const FLASH_SECONDS: u32 = 60;

/// Everything a use case needs of this request.
///
/// # Errors
/// When the middleware that makes it did not run: a fault in how the server is put together.
pub fn context<R>() -> Result<Context, AppError<R>> {
    let context = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Context>().cloned());
    context.ok_or_else(|| {
        tracing::error!("no context in a page's or server function's request");
        AppError::Internal { reference: "no-context".to_owned() }
    })
}

/// What the shopper is told, and the log line bears.
pub fn reference() -> String {
    context::<()>().map(|context| context.request_id).unwrap_or_else(|_| "no-context".to_owned())
}

/// Sets the status, except for a plain form's post: that one must stay a redirect, or the browser shows a blank page.
pub fn answer_with_status(status: u16) {
    if let (Some(options), Ok(status), false) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status), is_plain_form()) {
        options.set_status(status);
    }
}

/// Whether a browser without our script posts a form to a server function: it follows redirects and reads no JSON.
pub fn is_plain_form() -> bool {
    use_context::<Parts>().is_some_and(|parts| parts.uri.path().starts_with("/sf/") && accepts_html(&parts.headers))
}

/// Whether a page is rendered, and not the answer of a function to a page that stands already.
pub fn is_page() -> bool {
    use_context::<Parts>().is_some_and(|parts| !parts.uri.path().starts_with("/sf/"))
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains("text/html"))
}

/// Sends the shopper to `path`: by script where our script asked, else by 303, so that reloading posts nothing twice.
pub fn redirect(path: &str) {
    leptos_axum::redirect(path);
    if is_plain_form()
        && let Some(options) = use_context::<ResponseOptions>()
    {
        options.set_status(StatusCode::SEE_OTHER);
    }
}

/// Ends a plain form's post: a message for the page it leads to. Our script shows the message from the answer itself, so
/// for it this does nothing.
pub fn finish_form(path: &str, flash: Option<Flash>) {
    if is_plain_form() {
        if let Some(flash) = flash {
            set_flash(&flash);
        }
        redirect(path);
    }
}

/// The path and query of our own page from which the form was posted, or `otherwise`.
pub fn referring_path(otherwise: &str) -> String {
    let parts = use_context::<Parts>();
    let referrer = parts.as_ref().and_then(|parts| parts.headers.get(http::header::REFERER)?.to_str().ok());
    let after_scheme = referrer.and_then(|address| address.split_once("://"));
    let path = after_scheme.and_then(|(_, rest)| rest.find('/').map(|slash| &rest[slash..]));
    crate::routes::own_path_or(path, otherwise)
}

/// Tells the page the scheme and host under which the world reaches it.
pub(crate) fn provide_public_origin() {
    if let Some(context) = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Context>().cloned()) {
        leptos::prelude::provide_context(crate::ui::PublicOrigin(context.handles.settings.public_url.clone()));
    }
}

// Cookies ------------------------------------------------------------------------------------------------------------

/// A cookie of this request.
pub fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let cookies = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split("; "));
    cookies.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

/// Sets a cookie that only the server reads, for `seconds`.
pub fn set_cookie(name: &str, value: &str, seconds: u32) {
    add_cookie(&format!("{name}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax"));
}

pub fn clear_cookie(name: &str) {
    add_cookie(&format!("{name}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"));
}

/// Sets the theme's cookie, which script may read; `None` goes back to what the system prefers.
pub fn set_theme_cookie(theme: Option<&str>) {
    let (value, seconds) = theme.map_or(("", 0), |theme| (theme, 31_536_000));
    add_cookie(&format!("{THEME_COOKIE}={value}; Path=/; Max-Age={seconds}; Secure; SameSite=Lax"));
}

fn add_cookie(cookie: &str) {
    if let (Some(options), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(cookie)) {
        options.append_header(SET_COOKIE, value);
    }
}

// Messages across a redirect -----------------------------------------------------------------------------------------

fn set_flash(flash: &Flash) {
    let text: String = flash.text.chars().take(FLASH_LENGTH_MAX).collect();
    set_cookie(FLASH_COOKIE, &format!("{}.{}", flash.tone.name(), Url::escape(&text)), FLASH_SECONDS);
}

/// The message left for this page, once: personal pages show it at their top.
pub fn take_flash() -> Option<Flash> {
    let value = cookie(FLASH_COOKIE)?;
    clear_cookie(FLASH_COOKIE);
    let (tone, text) = value.split_once('.')?;
    Some(Flash { tone: tone.parse().ok()?, text: Url::unescape(text) })
}

/// Whether this answer already leads elsewhere.
pub fn is_redirected() -> bool {
    use_context::<ResponseOptions>().is_some_and(|options| options.0.read().is_ok_and(|parts| parts.headers.contains_key(LOCATION)))
}

// The cart -----------------------------------------------------------------------------------------------------------

/// As long as a guest's cart is kept after its last change; each change prolongs both.
const CART_COOKIE_SECONDS: u32 = 30 * 24 * 60 * 60;

/// Ends a change of the cart: a guest's token goes into the cookie and out of the answer, and a plain form is led to
/// `back`, the cart's page or the checkout, with `done` or the refusal as its message.
///
/// # Errors
/// The change's own failure.
pub fn answer_with_cart(
    outcome: Result<CartView, Failure<CartRefusal>>,
    done: &str,
    back: &str,
) -> Result<CartView, AppError<CartRefusal>> {
    match outcome {
        Ok(cart) => {
            if let Some(token) = &cart.token {
                set_cookie(CART_COOKIE, token, CART_COOKIE_SECONDS);
            }
            finish_form(back, Some(Flash::good(done)));
            Ok(CartView { token: None, ..cart })
        }
        Err(failure) => {
            if matches!(failure, Failure::Refused(CartRefusal::CartNotFound)) {
                clear_cookie(CART_COOKIE);
            }
            let error = AppError::from(failure);
            finish_form(back, Some(Flash::bad(error.to_string())));
            Err(error)
        }
    }
}
