use super::CouponRefusal;
use crate::id::ShippingRateId;
use crate::money::Money;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct SellerName {
    pub slug: String,
    pub name: String,
}

/// One way to ship one seller's goods to the quoted address. Dates are ISO (`2026-11-25`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct ShippingOption {
    pub id: ShippingRateId,
    pub seller: SellerName,
    pub label: String,
    pub price: Money,
    pub delivery_from: String,
    pub delivery_to: String,
    /// Taken when the shopper chooses none.
    pub default: bool,
}

/// What the cart costs at an address, with the default options unless others were chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct QuoteView {
    pub shipping_options: Vec<ShippingOption>,
    /// The coupon that was taken into account.
    pub coupon: Option<String>,
    /// Why the cart's coupon takes nothing off.
    pub coupon_problem: Option<CouponRefusal>,
    pub subtotal: Money,
    /// On goods and shipping.
    pub discount: Money,
    /// Before the discount.
    pub shipping: Money,
    pub tax: Money,
    /// Whether `tax` is already inside the prices (it is then not added to `total`).
    pub tax_included: bool,
    pub total: Money,
}
