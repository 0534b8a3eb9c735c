//! What the cart costs. Its outcome is what the saga begins with.

use crate::cart::CheckoutCart;
use crate::checkout::runner::{Ran, Undone};
use crate::pricing::{self, Priced, Unpriced};
use crate::{Failure, Handles};
use domain::address::Address;
use domain::checkout::CheckoutRefusal;
use domain::id::{SellerId, ShippingRateId};
use domain::pricing::{PricedLine, SellerName};

/// Prices a cart at an address.
///
/// # Errors
/// `CartEmpty`, `LineWithdrawn`, `ShippingOptionUnknown`, `NotShipped`.
pub(in crate::checkout) async fn price(
    handles: &Handles,
    cart: &CheckoutCart,
    address: &Address,
    options: Option<&[ShippingRateId]>,
) -> Result<Priced, Failure<CheckoutRefusal>> {
    if cart.lines.is_empty() {
        return Err(Failure::Refused(CheckoutRefusal::CartEmpty));
    }
    let mut lines = Vec::with_capacity(cart.lines.len());
    let mut sellers: Vec<(SellerId, SellerName)> = Vec::new();
    for line in &cart.lines {
        let unit_price = line.unit_price.ok_or(Failure::Refused(CheckoutRefusal::LineWithdrawn))?;
        lines.push(PricedLine { variant: line.variant, seller: line.seller, quantity: line.quantity, unit_price });
        if sellers.iter().all(|(seller, _)| *seller != line.seller) {
            sellers.push((line.seller, SellerName { slug: line.seller_slug.clone(), name: line.seller_name.clone() }));
        }
    }
    let mut connection = handles.db.acquire().await?;
    pricing::price(&mut connection, cart.currency, &lines, &sellers, address, options).await.map_err(|unpriced| match unpriced {
        Unpriced::OptionUnknown => Failure::Refused(CheckoutRefusal::ShippingOptionUnknown),
        Unpriced::NotShipped(sellers) => Failure::Refused(CheckoutRefusal::NotShipped { sellers }),
        Unpriced::Money(error) => error.into(),
        Unpriced::Database(error) => error.into(),
    })
}

/// A saga that stands here has its prices already.
pub(in crate::checkout) fn run() -> Ran {
    Ran::Done
}

/// A quote leaves nothing behind.
pub(in crate::checkout) fn undo() -> Undone {
    Undone::Done
}
