//! What somebody typed into a form that was not taken, kept for the page the post leads back to: in a cookie of their own
//! browser, for a while, read by the server alone. Never a password.

use crate::context::{clear_cookie, cookie, set_cookie};
use leptos_router::location::Url;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Browsers drop cookies beyond 4,096 bytes, name and attributes included.
const KEPT_LENGTH_MAX: usize = 3_900;

/// Keeps `value` for `seconds`. What is too large for a cookie is not kept: an old one would be worse than none.
pub fn keep<T: Serialize>(name: &str, value: &T, seconds: u32) {
    let text = serde_json::to_string(value).map(|json| Url::escape(&json)).unwrap_or_default();
    if text.is_empty() || text.len() > KEPT_LENGTH_MAX { clear_cookie(name) } else { set_cookie(name, &text, seconds) }
}

pub fn kept<T: DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_str(&Url::unescape(&cookie(name)?)).ok()
}

/// What was kept, once.
pub fn take<T: DeserializeOwned>(name: &str) -> Option<T> {
    cookie(name)?;
    clear_cookie(name);
    kept(name)
}
