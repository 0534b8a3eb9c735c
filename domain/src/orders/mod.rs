//! What was bought. An order belongs to one buyer and is paid once; inside it each seller has an order of their own, with
//! its lines and parcels.

mod order_number;
mod refusal;
mod transitions;
mod views;

pub use order_number::{InvalidOrderNumber, ORDER_NUMBER_DIGITS, OrderNumber};
pub use refusal::OrderRefusal;
pub use transitions::{TRANSITIONS, timeline_event};
pub use views::{
    OrderLineView, OrderStatus, OrderSummary, OrderView, RefundView, SellerOrderStatus, SellerOrderView, ShipmentView, TimelineEntry,
};
