use super::body;
use super::credentials::Shopper;
use super::problem::{Always, Changing, Conflict, ErrorCode, Problem, ProblemError, WithBody};
use super::query::NoQuery;
use axum::Json;
use axum::body::Bytes;
use backend::checkout;
use domain::address::AddressDraft;
use domain::pricing::QuoteView;
use http::HeaderMap;
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Quote {
    shipping_address: AddressDraft,
    #[serde(default)]
    #[schema(max_length = 50)]
    coupon: Option<String>,
}

/// What the cart costs at an address
///
/// Lists the ways to ship of each seller; the totals are those of the defaults.
#[utoipa::path(post, path = "/checkout/quote", tag = "Checkout", operation_id = "quote", request_body = Quote,
    security((), ("cart_token" = []), ("access_token" = [])),
    responses((status = 200, body = QuoteView), Always, Changing, WithBody, Conflict))]
pub(super) async fn quote(Shopper(context): Shopper, _: NoQuery, headers: HeaderMap, bytes: Bytes) -> Result<Json<QuoteView>, Problem> {
    let Quote { shipping_address, coupon } = body::read(&headers, &bytes)?;
    if coupon.is_some() {
        // No coupon has ever been given out.
        let error = ProblemError::new("coupon", "coupon_invalid", "There is no such coupon.");
        return Err(Problem::new(ErrorCode::CouponInvalid, "There is no such coupon.").with(vec![error]));
    }
    Ok(Json(checkout::quote(&context, &shipping_address, None).await?))
}
