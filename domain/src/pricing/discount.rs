use super::PricedLine;
use crate::id::SellerId;
use crate::money::{BasisPoints, Currency, Money, MoneyError, prorate};
use serde::{Deserialize, Serialize};

/// Who bears what a coupon takes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Funder {
    Marketplace,
    Seller,
}

/// What is taken off the goods as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderCut {
    Percent(BasisPoints),
    /// At most what is left; in another currency than the order's it takes nothing off.
    Amount(Money),
}

/// What a coupon takes off, in lanes that follow one another: a share of each line, then of what that leaves of the goods
/// together, then the shipping. Nothing falls below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// Only this seller's goods and shipping; none: everybody's.
    pub seller: Option<SellerId>,
    pub funder: Funder,
    /// Off each line, rounded half up.
    pub item: BasisPoints,
    /// Spread over the lines by what each has left, to the cent.
    pub order: Option<OrderCut>,
    pub free_shipping: bool,
}

impl Discount {
    /// Takes nothing off.
    pub const fn nothing(funder: Funder) -> Self {
        Self { seller: None, funder, item: BasisPoints(0), order: None, free_shipping: false }
    }

    /// Whether anything of this seller becomes cheaper.
    pub fn is_for(&self, seller: SellerId) -> bool {
        self.seller.is_none_or(|only| only == seller)
    }

    /// What it takes off the order in a currency of its own.
    pub(super) fn order_amount(&self) -> Option<Money> {
        match self.order {
            Some(OrderCut::Amount(amount)) => Some(amount),
            Some(OrderCut::Percent(_)) | None => None,
        }
    }

    pub(super) fn frees_shipping_of(&self, seller: SellerId) -> bool {
        self.free_shipping && self.is_for(seller)
    }

    /// What is taken off each line, in minor units.
    pub(super) fn off_goods(&self, currency: Currency, lines: &[PricedLine]) -> Result<Vec<i64>, MoneyError> {
        let mut off = Vec::with_capacity(lines.len());
        let mut left = Vec::with_capacity(lines.len());
        for line in lines {
            let price = if self.is_for(line.seller) { line.unit_price.checked_mul(line.quantity)?.amount } else { 0 };
            let share = self.item.of(price).min(price).max(0);
            off.push(share);
            left.push(price - share);
        }
        let goods = Money::sum(currency, left.iter().map(|amount| Money::new(*amount, currency)))?.amount;
        let cut = match self.order {
            Some(OrderCut::Percent(rate)) => rate.of(goods),
            Some(OrderCut::Amount(cut)) if cut.currency == currency => cut.amount,
            Some(OrderCut::Amount(_)) | None => 0,
        };
        // A share by value is never more than the value, as long as the whole is not.
        let weights: Vec<u64> = left.iter().map(|amount| amount.unsigned_abs()).collect();
        let shares = prorate(cut.min(goods).max(0), &weights);
        Ok(off.into_iter().zip(shares).map(|(item, share)| item + share).collect())
    }
}
