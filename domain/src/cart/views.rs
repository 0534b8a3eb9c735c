use crate::id::{CartId, VariantId};
use crate::money::{Currency, Money};
use crate::pricing::{CouponRefusal, SellerName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a shopper should know about one line before paying for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum LineProblem {
    PriceChanged {
        was: Money,
        now: Money,
    },
    /// Fewer are left than the line asks for.
    InsufficientStock {
        available: u32,
    },
    OutOfStock,
    /// No longer for sale: the line can only be removed.
    Withdrawn,
    /// Its seller names no price in the cart's currency: it is bought in another one, or removed.
    NotInCurrency {
        currency: Currency,
    },
}

impl LineProblem {
    /// Whether the line cannot be bought as it stands; a changed price is only told.
    pub fn blocks_checkout(&self) -> bool {
        match self {
            LineProblem::PriceChanged { .. } => false,
            LineProblem::InsufficientStock { .. }
            | LineProblem::OutOfStock
            | LineProblem::Withdrawn
            | LineProblem::NotInCurrency { .. } => true,
        }
    }

    /// Whether no number of units can be bought: the line can only be removed.
    pub fn ends_line(&self) -> bool {
        matches!(self, LineProblem::Withdrawn | LineProblem::NotInCurrency { .. } | LineProblem::OutOfStock)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct CartLineView {
    pub id: VariantId,
    pub variant_id: VariantId,
    pub product_slug: String,
    pub title: String,
    pub options: BTreeMap<String, String>,
    pub seller: SellerName,
    pub quantity: u32,
    pub unit_price: Money,
    pub line_total: Money,
    pub image: Option<crate::catalog::ImageView>,
    pub problems: Vec<LineProblem>,
}

impl CartLineView {
    /// As many of `wanted` units as there are, so far as the cart knows.
    pub fn obtainable(&self, wanted: u32) -> u32 {
        let available = self.problems.iter().find_map(|problem| match problem {
            LineProblem::InsufficientStock { available } => Some(*available),
            _ => None,
        });
        available.map_or(wanted, |available| wanted.min(available))
    }
}

/// A cart as shown. Shipping and tax are none until an address is known. `id` is none for a cart nobody has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct CartView {
    pub id: Option<CartId>,
    /// What a guest's next call must carry; none when signed in, and in pages (a cookie carries it there).
    pub token: Option<String>,
    /// Rises by one with each change.
    pub version: i64,
    pub lines: Vec<CartLineView>,
    /// The code that the shopper has entered.
    pub coupon: Option<String>,
    /// What the coupon is.
    pub coupon_label: Option<String>,
    pub subtotal: Money,
    /// On the goods; what a coupon takes off shipping is known with the address.
    pub discount: Money,
    pub shipping: Option<Money>,
    pub tax: Option<Money>,
    pub total: Money,
    /// Why the coupon takes nothing off. What is wrong with a line stands there.
    pub problems: Vec<CouponRefusal>,
}

impl CartView {
    pub fn empty(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        CartView {
            id: None,
            token: None,
            version: 0,
            lines: Vec::new(),
            coupon: None,
            coupon_label: None,
            subtotal: zero,
            discount: zero,
            shipping: None,
            tax: None,
            total: zero,
            problems: Vec::new(),
        }
    }

    /// Units in the cart: the number on the badge.
    pub fn count(&self) -> u32 {
        self.lines.iter().map(|line| line.quantity).sum()
    }

    /// Whether something in it cannot be bought as it stands: the checkout would refuse it.
    pub fn is_blocked(&self) -> bool {
        self.lines.iter().any(|line| line.problems.iter().any(LineProblem::blocks_checkout))
    }

    /// The lines by seller, sellers in the order in which they first appear.
    pub fn by_seller(&self) -> Vec<(&SellerName, Vec<&CartLineView>)> {
        let mut groups: Vec<(&SellerName, Vec<&CartLineView>)> = Vec::new();
        for line in &self.lines {
            match groups.iter_mut().find(|(seller, _)| seller.slug == line.seller.slug) {
                Some((_, lines)) => lines.push(line),
                None => groups.push((&line.seller, vec![line])),
            }
        }
        groups
    }
}

/// What signing in did to the cart: shown once, and can be undone once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeNotice {
    /// Titles of what came from the guest's cart.
    pub added: Vec<String>,
    /// Titles of what found no room in the account's.
    pub left_out: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_price_is_told_and_a_lack_stops_the_checkout() {
        let price = Money::zero(Currency::Usd);
        let problems = [
            LineProblem::PriceChanged { was: price, now: price },
            LineProblem::InsufficientStock { available: 1 },
            LineProblem::OutOfStock,
            LineProblem::Withdrawn,
            LineProblem::NotInCurrency { currency: Currency::Eur },
        ];
        assert_eq!(problems.each_ref().map(LineProblem::blocks_checkout), [false, true, true, true, true]);
        assert_eq!(problems.each_ref().map(LineProblem::ends_line), [false, false, true, true, true]);
    }
}
