//! Telling the shop of one change of the cart, by a request that the browser sees through when its page is left: what was
//! added just before a reload is in the cart after it, also where it begins the cart.

use super::api::{AddItem, SetItem};
use super::store::Change;
use crate::error::AppError;
use crate::routes;
use domain::cart::{CartRefusal, CartView};
use domain::id::VariantId;
use js_sys::Reflect;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response, UrlSearchParams};

/// Sent at once: code that is still to be loaded would be too late for a page that is left.
pub(super) async fn exchange(variant: VariantId, change: Change) -> Result<CartView, AppError<CartRefusal>> {
    let (path, quantity) = match change {
        Change::Add(quantity) => (AddItem::PATH, quantity.get()),
        Change::Set(quantity) => (SetItem::PATH, quantity),
    };
    let path = routes::to(path);
    // What never came is an answer that cannot be read.
    let (is_done, answer) = post(&path, variant, quantity).await.unwrap_or_default();
    read(is_done, answer).await
}

/// Whether it is done, and the answer.
async fn post(path: &str, variant: VariantId, quantity: u32) -> Result<(bool, String), JsValue> {
    let form = UrlSearchParams::new()?;
    form.append("variant", &variant.to_string());
    form.append("quantity", &quantity.to_string());
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_body(&form);
    // The bindings have no function for it.
    Reflect::set(&request, &"keepalive".into(), &true.into())?;
    let response: Response = JsFuture::from(window().fetch_with_str_and_init(path, &request)).await?.unchecked_into();
    let answer = JsFuture::from(response.text()?).await?;
    Ok((response.ok(), answer.as_string().unwrap_or_default()))
}

/// Loaded at the first answer: reading whole carts is not needed before.
#[lazy]
fn read(is_done: bool, answer: String) -> Result<CartView, AppError<CartRefusal>> {
    match is_done {
        true => serde_json::from_slice(answer.as_bytes()).map_err(|_| AppError::Unreachable),
        false => Err(AppError::de(answer.into())),
    }
}
