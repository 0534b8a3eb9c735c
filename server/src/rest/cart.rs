use super::body;
use super::credentials::{CartWriter, PathText, Shopper};
use super::problem::{Always, Changing, Conflict, Problem, WithBody};
use super::query::NoQuery;
use axum::Json;
use axum::body::Bytes;
use backend::{Context, cart};
use domain::cart::CartView;
use domain::id::VariantId;
use http::HeaderMap;
use serde::Deserialize;
use utoipa::ToSchema;

/// The caller's cart
///
/// Without any token: an empty cart that nobody has begun.
#[utoipa::path(get, path = "/cart", tag = "Cart", operation_id = "get_cart",
    security((), ("cart_token" = []), ("access_token" = [])),
    responses((status = 200, body = CartView), Always))]
pub(super) async fn show(Shopper(context): Shopper, _: NoQuery) -> Result<Json<CartView>, Problem> {
    Ok(answer(&context, cart::view(&context).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetItem {
    variant_id: VariantId,
    /// 0 removes.
    #[schema(minimum = 0, maximum = 99)]
    quantity: u32,
}

/// Sets how many of a variant the cart holds
///
/// Without any token a guest's cart begins: send its `token` as `Cart-Token` from then on.
#[utoipa::path(put, path = "/cart/items", tag = "Cart", operation_id = "set_cart_item", request_body = SetItem,
    security((), ("cart_token" = []), ("access_token" = [])),
    responses((status = 200, body = CartView), Always, Changing, WithBody, Conflict))]
pub(super) async fn set_item(
    CartWriter(context): CartWriter,
    _: NoQuery,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Json<CartView>, Problem> {
    let SetItem { variant_id, quantity } = body::read(&headers, &bytes)?;
    let cart = cart::set_item(&context, variant_id, quantity).await.map_err(|failure| {
        let mut problem = Problem::from(failure);
        problem.errors.iter_mut().for_each(|error| error.variant_id = Some(variant_id));
        problem
    })?;
    Ok(answer(&context, cart))
}

/// Takes a variant out of the cart
///
/// Taking out what is not there is fine.
#[utoipa::path(delete, path = "/cart/items/{variant_id}", tag = "Cart", operation_id = "remove_cart_item",
    params(("variant_id" = VariantId, Path, description = "The variant's id")),
    security((), ("cart_token" = []), ("access_token" = [])),
    responses((status = 200, body = CartView), Always, Changing))]
pub(super) async fn remove_item(CartWriter(context): CartWriter, variant: PathText, _: NoQuery) -> Result<Json<CartView>, Problem> {
    Ok(answer(&context, cart::remove_item(&context, variant.id()?).await?))
}

/// Empties the cart
#[utoipa::path(delete, path = "/cart", tag = "Cart", operation_id = "clear_cart",
    security((), ("cart_token" = []), ("access_token" = [])),
    responses((status = 200, body = CartView), Always, Changing))]
pub(super) async fn clear(CartWriter(context): CartWriter, _: NoQuery) -> Result<Json<CartView>, Problem> {
    Ok(answer(&context, cart::clear(&context).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetCoupon {
    #[schema(min_length = 3, max_length = 32)]
    code: String,
}

/// Enters a coupon, in place of the one before
///
/// Refused where it takes nothing off what is in the cart. One that does so later stays, and `problems` says why.
#[utoipa::path(put, path = "/cart/coupon", tag = "Cart", operation_id = "set_cart_coupon", request_body = SetCoupon,
    security((), ("cart_token" = []), ("access_token" = [])),
    responses((status = 200, body = CartView), Always, Changing, WithBody))]
pub(super) async fn set_coupon(
    CartWriter(context): CartWriter,
    _: NoQuery,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Json<CartView>, Problem> {
    let SetCoupon { code } = body::read(&headers, &bytes)?;
    Ok(answer(&context, cart::set_coupon(&context, &code).await?))
}

/// Takes the coupon out of the cart
///
/// Taking out what is not there is fine.
#[utoipa::path(delete, path = "/cart/coupon", tag = "Cart", operation_id = "remove_cart_coupon",
    security((), ("cart_token" = []), ("access_token" = [])),
    responses((status = 200, body = CartView), Always, Changing))]
pub(super) async fn remove_coupon(CartWriter(context): CartWriter, _: NoQuery) -> Result<Json<CartView>, Problem> {
    Ok(answer(&context, cart::remove_coupon(&context).await?))
}

/// Every answer to a guest who has a cart repeats its token; an account's cart has none.
fn answer(context: &Context, mut cart: CartView) -> Json<CartView> {
    if context.user().is_some() {
        cart.token = None;
    } else if cart.id.is_some() && cart.token.is_none() {
        cart.token = context.caller.cart_token.clone();
    }
    Json(cart)
}
