//! What the cart costs. Its outcome is what the saga begins with.

use crate::cart::{CheckoutCart, CheckoutLine};
use crate::checkout::runner::{Ran, Undone};
use crate::pricing::{self, Parcel, Priced, Unpriced};
use crate::{Failure, Handles};
use domain::address::Address;
use domain::checkout::CheckoutRefusal;
use domain::id::ShippingRateId;
use domain::payments::chargeable;
use domain::pricing::{Coupon, CouponRefusal, PricedLine, SellerName};

/// Prices a cart at an address. A coupon of the cart that takes nothing off, or leaves what no gateway takes, is left out.
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
    let lines = priced_lines(cart);
    if lines.len() < cart.lines.len() {
        return Err(Failure::Refused(CheckoutRefusal::LineWithdrawn));
    }
    let mut coupon_problem = cart.coupon.as_ref().and_then(|coupon| coupon.check(cart.currency, &lines).err());
    let coupon = cart.coupon.as_ref().filter(|_| coupon_problem.is_none());
    let mut parcels: Vec<Parcel> = Vec::new();
    for line in &cart.lines {
        let grams = u64::from(line.weight_grams) * u64::from(line.quantity);
        match parcels.iter_mut().find(|parcel| parcel.seller == line.seller) {
            Some(parcel) => parcel.grams += grams,
            None => {
                let name = SellerName { slug: line.seller_slug.clone(), name: line.seller_name.clone() };
                parcels.push(Parcel { seller: line.seller, name, grams });
            }
        }
    }
    let mut db = handles.db.acquire().await?;
    let mut price = async |coupon: Option<&Coupon>| {
        pricing::price(&mut db, cart.currency, &lines, &parcels, address, options, coupon).await.map_err(refused)
    };
    let mut priced = price(coupon).await?;
    if coupon.is_some() && (priced.quote.discount.amount == 0 || chargeable(priced.quote.total).is_err()) {
        priced = price(None).await?;
        coupon_problem = Some(CouponRefusal::CouponNotApplicable { min_goods: None });
    }
    priced.view.coupon_problem = coupon_problem;
    Ok(priced)
}

fn refused(unpriced: Unpriced) -> Failure<CheckoutRefusal> {
    match unpriced {
        Unpriced::OptionUnknown => Failure::Refused(CheckoutRefusal::ShippingOptionUnknown),
        Unpriced::NotShipped(sellers) => Failure::Refused(CheckoutRefusal::NotShipped { sellers }),
        Unpriced::Money(error) => error.into(),
        Unpriced::Database(error) => error.into(),
    }
}

/// What of the cart can be bought.
pub(in crate::checkout) fn priced_lines(cart: &CheckoutCart) -> Vec<PricedLine> {
    let priced = |line: &CheckoutLine| {
        Some(PricedLine { variant: line.variant, seller: line.seller, quantity: line.quantity, unit_price: line.unit_price? })
    };
    cart.lines.iter().filter_map(priced).collect()
}

/// A saga that stands here has its prices already.
pub(in crate::checkout) fn run() -> Ran {
    Ran::Done
}

/// A quote leaves nothing behind.
pub(in crate::checkout) fn undo() -> Undone {
    Undone::Done
}
