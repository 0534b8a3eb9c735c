use super::discount::{Discount, Funder};
use crate::id::{SellerId, VariantId};
use crate::money::{BasisPoints, Currency, Money, MoneyError, prorate};

/// The tax of a destination: simple sales tax on top, or VAT inside the price. Shipping is taxed like goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaxRule {
    pub rate: BasisPoints,
    pub included: bool,
}

impl TaxRule {
    pub const NONE: TaxRule = TaxRule { rate: BasisPoints(0), included: false };

    fn tax_of(self, amount: Money) -> Money {
        let tax = if self.included { self.rate.included_in(amount.amount) } else { self.rate.of(amount.amount) };
        Money { amount: tax, ..amount }
    }
}

/// How amounts that do not come out even are made whole. Kept with an order, so that what it says can be worked out again
/// after the rule has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// The tax of each line, and of each parcel, on its own: half up.
    LineHalfUp,
}

impl Rounding {
    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Rounding::LineHalfUp => "line_half_up",
        }
    }
}

/// A line of a cart with its price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PricedLine {
    pub variant: VariantId,
    pub seller: SellerId,
    pub quantity: u32,
    pub unit_price: Money,
}

/// An amount, what a coupon takes off it, and what becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// Before anything is taken off.
    pub price: Money,
    pub discount: Money,
    /// On what is left, or inside it; of this amount alone, rounded half up.
    pub tax: Money,
    /// What the seller earns of it: without tax, and without a discount that the marketplace pays for.
    pub net: Money,
    /// What the marketplace adds, so that the seller earns `net`.
    pub contribution: Money,
}

impl Charge {
    fn new(price: Money, discount: Money, funder: Funder, rule: TaxRule) -> Result<Self, MoneyError> {
        let net_of = |gross: Money| if rule.included { gross.checked_sub(rule.tax_of(gross)) } else { Ok(gross) };
        let paid = price.checked_sub(discount)?;
        let net = net_of(match funder {
            Funder::Seller => paid,
            Funder::Marketplace => price,
        })?;
        Ok(Self { price, discount, tax: rule.tax_of(paid), net, contribution: net.checked_sub(net_of(paid)?)? })
    }
}

/// A line with its charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineQuote {
    pub line: PricedLine,
    pub charge: Charge,
}

/// One seller's part: `goods` and `shipping` as priced, `discount` on both, `tax` on what is left of both. `total` is what
/// the shopper pays for this part: always `net_goods + net_shipping + tax - contribution`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SellerQuote {
    pub seller: SellerId,
    pub lines: Vec<LineQuote>,
    pub goods: Money,
    pub shipping: Money,
    pub discount: Money,
    pub tax: Money,
    /// Goods without their tax: what the seller and the marketplace share.
    pub net_goods: Money,
    /// Shipping without its tax.
    pub net_shipping: Money,
    pub contribution: Money,
    pub total: Money,
}

/// What an order costs, split by seller in the order in which the sellers first appear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    pub sellers: Vec<SellerQuote>,
    pub tax_rule: TaxRule,
    pub rounding: Rounding,
    pub subtotal: Money,
    pub discount: Money,
    pub shipping: Money,
    pub tax: Money,
    pub total: Money,
}

impl Quote {
    /// Prices `lines` with each seller's shipping (a seller without an entry ships free), less what `discount` takes off.
    pub fn new(
        currency: Currency,
        lines: &[PricedLine],
        shipping: &[(SellerId, Money)],
        tax_rule: TaxRule,
        discount: Option<&Discount>,
    ) -> Result<Quote, MoneyError> {
        let funder = discount.map_or(Funder::Seller, |discount| discount.funder);
        let off = match discount {
            Some(discount) => discount.off_goods(currency, lines)?,
            None => vec![0; lines.len()],
        };
        let charged = lines
            .iter()
            .zip(off)
            .map(|(line, off)| {
                let price = line.unit_price.checked_mul(line.quantity)?;
                Ok(LineQuote { line: *line, charge: Charge::new(price, Money::new(off, currency), funder, tax_rule)? })
            })
            .collect::<Result<Vec<_>, MoneyError>>()?;
        let mut sellers: Vec<SellerQuote> = Vec::new();
        for line in &charged {
            let seller = line.line.seller;
            if sellers.iter().any(|part| part.seller == seller) {
                continue;
            }
            let own = charged.iter().filter(|line| line.line.seller == seller).copied().collect();
            let fee = shipping.iter().find(|(of, _)| *of == seller).map_or(Money::zero(currency), |(_, fee)| *fee);
            let off = if discount.is_some_and(|discount| discount.frees_shipping_of(seller)) { fee } else { Money::zero(currency) };
            sellers.push(SellerQuote::new(currency, seller, own, Charge::new(fee, off, funder, tax_rule)?, tax_rule)?);
        }
        let sum = |part: fn(&SellerQuote) -> Money| Money::sum(currency, sellers.iter().map(part));
        Ok(Quote {
            subtotal: sum(|seller| seller.goods)?,
            discount: sum(|seller| seller.discount)?,
            shipping: sum(|seller| seller.shipping)?,
            tax: sum(|seller| seller.tax)?,
            total: sum(|seller| seller.total)?,
            tax_rule,
            rounding: Rounding::LineHalfUp,
            sellers,
        })
    }
}

impl SellerQuote {
    fn new(currency: Currency, seller: SellerId, lines: Vec<LineQuote>, parcel: Charge, rule: TaxRule) -> Result<Self, MoneyError> {
        let goods = |part: fn(&Charge) -> Money| Money::sum(currency, lines.iter().map(|line| part(&line.charge)));
        let both = |part: fn(&Charge) -> Money| goods(part)?.checked_add(part(&parcel));
        let (discount, tax) = (both(|charge| charge.discount)?, both(|charge| charge.tax)?);
        let paid = both(|charge| charge.price)?.checked_sub(discount)?;
        Ok(Self {
            seller,
            goods: goods(|charge| charge.price)?,
            shipping: parcel.price,
            discount,
            tax,
            net_goods: goods(|charge| charge.net)?,
            net_shipping: parcel.net,
            contribution: both(|charge| charge.contribution)?,
            total: if rule.included { paid } else { paid.checked_add(tax)? },
            lines,
        })
    }

    /// What the shopper pays for each line, shipping and its tax spread by value: what a line gives back when returned.
    pub fn line_shares(&self) -> Vec<Money> {
        let weight = |line: &LineQuote| (line.charge.price.amount - line.charge.discount.amount).unsigned_abs();
        let weights: Vec<u64> = self.lines.iter().map(weight).collect();
        prorate(self.total.amount, &weights).into_iter().map(|amount| Money { amount, ..self.total }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::OrderCut;
    use super::*;
    use uuid::Uuid;

    fn usd(amount: i64) -> Money {
        Money::new(amount, Currency::Usd)
    }

    fn line(seller: u128, quantity: u32, unit_price: i64) -> PricedLine {
        PricedLine {
            variant: VariantId(Uuid::from_u128(7)),
            seller: SellerId(Uuid::from_u128(seller)),
            quantity,
            unit_price: usd(unit_price),
        }
    }

    #[test]
    fn tax_on_top_is_added_once_per_line_and_parcel() {
        let shipping = [(SellerId(Uuid::from_u128(1)), usd(500))];
        let quote = Quote::new(
            Currency::Usd,
            &[line(1, 2, 1_005), line(2, 1, 333)],
            &shipping,
            TaxRule { rate: BasisPoints(725), included: false },
            None,
        )
        .unwrap();
        assert_eq!((quote.subtotal, quote.shipping), (usd(2_343), usd(500)));
        assert_eq!(quote.tax, usd(146 + 36 + 24));
        assert_eq!(quote.total, usd(2_343 + 500 + 206));
    }

    #[test]
    fn tax_inside_the_price_changes_no_total() {
        let quote =
            Quote::new(Currency::Usd, &[line(1, 1, 11_900)], &[], TaxRule { rate: BasisPoints(1_900), included: true }, None).unwrap();
        assert_eq!((quote.tax, quote.total), (usd(1_900), usd(11_900)));
        assert_eq!(quote.sellers[0].net_goods, usd(10_000));
    }

    #[test]
    fn an_absurd_price_is_refused_instead_of_wrapping() {
        assert_eq!(Quote::new(Currency::Usd, &[line(1, 99, i64::MAX / 2)], &[], TaxRule::NONE, None), Err(MoneyError::Overflow));
    }

    const VAT: TaxRule = TaxRule { rate: BasisPoints(1_900), included: true };

    #[test]
    fn lanes_follow_one_another_and_stop_at_nothing() {
        let discount = Discount {
            item: BasisPoints(1_000),
            order: Some(OrderCut::Amount(usd(500))),
            free_shipping: true,
            ..Discount::nothing(Funder::Seller)
        };
        let shipping = [(SellerId(Uuid::from_u128(1)), usd(700))];
        let quote = Quote::new(Currency::Usd, &[line(1, 2, 1_000), line(1, 1, 333)], &shipping, TaxRule::NONE, Some(&discount)).unwrap();
        // 10 % of 20.00 and of 3.33; then 5.00 over 18.00 and 3.00; then the parcel.
        let off: Vec<i64> = quote.sellers[0].lines.iter().map(|line| line.charge.discount.amount).collect();
        assert_eq!(off, [200 + 429, 33 + 71]);
        assert_eq!((quote.discount, quote.total), (usd(233 + 500 + 700), usd(2_333 - 233 - 500)));
        let huge = Discount { order: Some(OrderCut::Amount(usd(i64::MAX))), ..discount };
        let quote = Quote::new(Currency::Usd, &[line(1, 2, 1_000)], &shipping, VAT, Some(&huge)).unwrap();
        assert_eq!((quote.discount, quote.tax, quote.total), (usd(2_700), usd(0), usd(0)));
    }

    #[test]
    fn whoever_funds_a_discount_bears_it() {
        let half = |funder| Discount { order: Some(OrderCut::Percent(BasisPoints(5_000))), ..Discount::nothing(funder) };
        let quote = |discount: &Discount| Quote::new(Currency::Usd, &[line(1, 1, 11_900)], &[], VAT, Some(discount)).unwrap();
        let (own, gift) = (quote(&half(Funder::Seller)), quote(&half(Funder::Marketplace)));
        assert_eq!((own.total, gift.total), (usd(5_950), usd(5_950)));
        assert_eq!((own.tax, gift.tax), (usd(950), usd(950)));
        assert_eq!((own.sellers[0].net_goods, own.sellers[0].contribution), (usd(5_000), usd(0)));
        assert_eq!((gift.sellers[0].net_goods, gift.sellers[0].contribution), (usd(10_000), usd(5_000)));
    }

    #[test]
    fn a_sellers_coupon_leaves_other_sellers_alone() {
        let discount = Discount {
            seller: Some(SellerId(Uuid::from_u128(2))),
            item: BasisPoints(10_000),
            free_shipping: true,
            ..Discount::nothing(Funder::Seller)
        };
        let shipping = [(SellerId(Uuid::from_u128(1)), usd(500)), (SellerId(Uuid::from_u128(2)), usd(600))];
        let quote = Quote::new(Currency::Usd, &[line(1, 1, 1_000), line(2, 1, 2_000)], &shipping, TaxRule::NONE, Some(&discount)).unwrap();
        assert_eq!((quote.sellers[0].total, quote.sellers[1].total), (usd(1_500), usd(0)));
    }
}
