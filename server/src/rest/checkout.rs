use super::body;
use super::credentials::CartWriter;
use super::problem::{Always, Changing, Conflict, Problem, WithBody};
use super::query::NoQuery;
use axum::Json;
use axum::body::Bytes;
use backend::checkout;
use domain::address::AddressDraft;
use domain::id::ShippingRateId;
use domain::pricing::QuoteView;
use http::HeaderMap;
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Quote {
    shipping_address: AddressDraft,
    /// One per seller; a seller left out gets the default.
    #[serde(default)]
    shipping_options: Option<Vec<ShippingRateId>>,
    /// In place of the cart's.
    #[serde(default)]
    #[schema(min_length = 3, max_length = 32)]
    coupon: Option<String>,
}

/// What the cart costs at an address
///
/// Lists the ways to ship of each seller; the totals are those of the chosen ones, of the defaults where none was chosen.
#[utoipa::path(post, path = "/checkout/quote", tag = "Checkout", operation_id = "quote", request_body = Quote,
    security((), ("cart_token" = []), ("access_token" = [])),
    responses((status = 200, body = QuoteView), Always, Changing, WithBody, Conflict))]
pub(super) async fn quote(
    CartWriter(context): CartWriter,
    _: NoQuery,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Json<QuoteView>, Problem> {
    let Quote { shipping_address, shipping_options, coupon } = body::read(&headers, &bytes)?;
    Ok(Json(checkout::quote(&context, &shipping_address, shipping_options.as_deref(), coupon.as_deref()).await?))
}
