use super::OrderNumber;
use crate::id::{OrderId, OrderLineId, RefundId, SellerOrderId, ShipmentId, VariantId};
use crate::money::Money;
use crate::payments::PaymentView;
use crate::pricing::SellerName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    PendingPayment,
    Paid,
    PartiallyFulfilled,
    Fulfilled,
    Canceled,
    Refunded,
    PartiallyRefunded,
    Expired,
}

impl OrderStatus {
    /// Whether the order can still be paid.
    pub fn is_open(self) -> bool {
        self == OrderStatus::PendingPayment
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum SellerOrderStatus {
    /// Waiting for the order's payment.
    Pending,
    /// Paid; the seller is to ship.
    ToShip,
    PartiallyShipped,
    Shipped,
    Canceled,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct OrderLineView {
    pub id: OrderLineId,
    pub variant_id: Option<VariantId>,
    pub product_slug: Option<String>,
    pub title: String,
    pub options: BTreeMap<String, String>,
    pub quantity: u32,
    pub unit_price: Money,
    pub line_total: Money,
    /// What the coupon takes off the line.
    pub discount: Money,
    pub image: Option<crate::catalog::ImageView>,
}

/// Times are RFC 3339, UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct ShipmentView {
    pub id: ShipmentId,
    pub carrier: String,
    pub tracking_number: String,
    pub tracking_url: Option<String>,
    pub shipped_at: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct SellerOrderView {
    pub id: SellerOrderId,
    pub seller: SellerName,
    pub status: SellerOrderStatus,
    pub lines: Vec<OrderLineView>,
    pub shipping_label: String,
    pub delivery_from: String,
    pub delivery_to: String,
    pub goods: Money,
    pub shipping: Money,
    /// On goods and shipping.
    pub discount: Money,
    pub tax: Money,
    pub total: Money,
    pub shipments: Vec<ShipmentView>,
}

/// Something that happened, for the order's page. `event` is a code (`order_placed`, `payment_captured`, …).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct TimelineEntry {
    /// RFC 3339, UTC.
    pub at: String,
    pub event: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct RefundView {
    pub id: RefundId,
    pub amount: Money,
    pub at: String,
}

/// An order as its buyer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct OrderView {
    pub id: OrderId,
    pub number: OrderNumber,
    pub status: OrderStatus,
    pub email: String,
    /// The parcel's label, line by line.
    pub shipping_address: Vec<String>,
    /// ISO 3166-1 alpha-2; the label's last line names it in English.
    pub shipping_country: String,
    /// The code that the order was placed with.
    pub coupon: Option<String>,
    pub subtotal: Money,
    /// On goods and shipping.
    pub discount: Money,
    /// Before the discount.
    pub shipping: Money,
    pub tax: Money,
    pub tax_included: bool,
    pub total: Money,
    pub placed_at: String,
    /// When the hold ends; none once it is paid, canceled or expired.
    pub reservation_expires_at: Option<String>,
    pub timeline: Vec<TimelineEntry>,
    pub seller_orders: Vec<SellerOrderView>,
    pub payment: PaymentView,
    /// The newest refusal of the bank, while the order can still be paid.
    pub last_error: Option<crate::payments::AttemptError>,
    pub refunds: Vec<RefundView>,
}

/// A row of the order history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct OrderSummary {
    pub id: OrderId,
    pub number: OrderNumber,
    pub status: OrderStatus,
    pub total: Money,
    pub placed_at: String,
    pub item_count: u32,
    pub titles: Vec<String>,
}
