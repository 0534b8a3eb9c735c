use crate::address::AddressDraft;
use crate::id::{OrderId, ShippingRateId};
use crate::money::Money;
use crate::orders::{OrderNumber, OrderStatus, SellerOrderView};
use crate::payments::PaymentView;
use serde::{Deserialize, Serialize};

/// What a shopper hands in to place an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PlaceOrder {
    pub email: String,
    pub shipping_address: AddressDraft,
    /// One per seller; a seller left out gets the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_options: Option<Vec<ShippingRateId>>,
    /// The total that was shown; a different one is refused, not charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_total: Option<Money>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct PlacedOrder {
    pub id: OrderId,
    pub number: OrderNumber,
    pub status: OrderStatus,
    pub total: Money,
    pub lines: Vec<crate::orders::OrderLineView>,
    pub seller_orders: Vec<SellerOrderView>,
    /// RFC 3339, UTC: until then the units are held.
    pub reservation_expires_at: String,
    /// What every later call about this order must carry.
    pub access_token: String,
    pub payment: PaymentView,
    /// Souk's own page to pay on.
    pub payment_url: String,
}
