//! What the visitor means to buy: the badge, the drawer that opens when something is added, and the cart's page. Changes
//! show at once and are taken back, with the reason, where the shop refuses them.

mod add_to_cart;
mod api;
mod cart_badge;
mod cart_drawer;
mod cart_lines;
mod cart_page;
mod coupon_form;
mod exchange;
mod line_problems;
mod overlay;
mod quantity_stepper;
mod store;
mod totals;

pub use add_to_cart::AddToCart;
pub(crate) use cart_badge::CartBadge;
pub(crate) use cart_drawer::CartDrawer;
pub(crate) use cart_lines::full_title;
pub(crate) use cart_page::{MergeTold, cart_page};
pub(crate) use coupon_form::{COUPON_FIELD, CouponForm};
pub(crate) use line_problems::LineProblems;
pub use store::CartStore;
pub(crate) use store::use_cart;
