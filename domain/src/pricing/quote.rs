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

/// A line of a cart with its price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PricedLine {
    pub variant: VariantId,
    pub seller: SellerId,
    pub quantity: u32,
    pub unit_price: Money,
}

/// A line with its shares. `tax` is of this line alone, rounded half up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineQuote {
    pub line: PricedLine,
    pub total: Money,
    pub tax: Money,
}

/// One seller's part: `goods` and `shipping` as priced, `tax` on both. `total` is what the shopper pays for this part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SellerQuote {
    pub seller: SellerId,
    pub lines: Vec<LineQuote>,
    pub goods: Money,
    pub shipping: Money,
    pub goods_tax: Money,
    pub shipping_tax: Money,
    pub tax: Money,
    pub total: Money,
}

/// What an order costs, split by seller in the order in which the sellers first appear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    pub sellers: Vec<SellerQuote>,
    pub tax_rule: TaxRule,
    pub subtotal: Money,
    pub discount: Money,
    pub shipping: Money,
    pub tax: Money,
    pub total: Money,
}

impl Quote {
    /// Prices `lines` with each seller's shipping (a seller without an entry ships free).
    pub fn new(currency: Currency, lines: &[PricedLine], shipping: &[(SellerId, Money)], tax_rule: TaxRule) -> Result<Quote, MoneyError> {
        let mut order: Vec<SellerId> = Vec::new();
        for line in lines {
            if !order.contains(&line.seller) {
                order.push(line.seller);
            }
        }
        let sellers = order
            .into_iter()
            .map(|seller| {
                let fee = shipping.iter().find(|(of, _)| *of == seller).map_or(Money::zero(currency), |(_, fee)| *fee);
                SellerQuote::new(currency, seller, lines.iter().filter(|line| line.seller == seller), fee, tax_rule)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let sum = |part: fn(&SellerQuote) -> Money| Money::sum(currency, sellers.iter().map(part));
        Ok(Quote {
            subtotal: sum(|seller| seller.goods)?,
            discount: Money::zero(currency),
            shipping: sum(|seller| seller.shipping)?,
            tax: sum(|seller| seller.tax)?,
            total: sum(|seller| seller.total)?,
            tax_rule,
            sellers,
        })
    }
}

impl SellerQuote {
    fn new<'a>(
        currency: Currency,
        seller: SellerId,
        lines: impl Iterator<Item = &'a PricedLine>,
        shipping: Money,
        rule: TaxRule,
    ) -> Result<Self, MoneyError> {
        let lines = lines
            .map(|line| {
                let total = line.unit_price.checked_mul(line.quantity)?;
                Ok(LineQuote { line: *line, total, tax: rule.tax_of(total) })
            })
            .collect::<Result<Vec<_>, MoneyError>>()?;
        let goods = Money::sum(currency, lines.iter().map(|line| line.total))?;
        let goods_tax = Money::sum(currency, lines.iter().map(|line| line.tax))?;
        let shipping_tax = rule.tax_of(shipping);
        let tax = goods_tax.checked_add(shipping_tax)?;
        let priced = goods.checked_add(shipping)?;
        let total = if rule.included { priced } else { priced.checked_add(tax)? };
        Ok(Self { seller, lines, goods, shipping, goods_tax, shipping_tax, tax, total })
    }

    /// Goods without their tax: what the seller and the marketplace share.
    pub fn net_goods(&self, rule: TaxRule) -> Result<Money, MoneyError> {
        if rule.included { self.goods.checked_sub(self.goods_tax) } else { Ok(self.goods) }
    }

    /// Shipping without its tax.
    pub fn net_shipping(&self, rule: TaxRule) -> Result<Money, MoneyError> {
        if rule.included { self.shipping.checked_sub(self.shipping_tax) } else { Ok(self.shipping) }
    }

    /// What the shopper pays for each line, shipping and its tax spread by value: what a line gives back when returned.
    pub fn line_shares(&self) -> Vec<Money> {
        let weights: Vec<u64> = self.lines.iter().map(|line| line.total.amount.unsigned_abs()).collect();
        prorate(self.total.amount, &weights).into_iter().map(|amount| Money { amount, ..self.total }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
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
        )
        .unwrap();
        assert_eq!((quote.subtotal, quote.shipping), (usd(2_343), usd(500)));
        assert_eq!(quote.tax, usd(146 + 36 + 24));
        assert_eq!(quote.total, usd(2_343 + 500 + 206));
    }

    #[test]
    fn tax_inside_the_price_changes_no_total() {
        let quote = Quote::new(Currency::Usd, &[line(1, 1, 11_900)], &[], TaxRule { rate: BasisPoints(1_900), included: true }).unwrap();
        assert_eq!((quote.tax, quote.total), (usd(1_900), usd(11_900)));
        assert_eq!(quote.sellers[0].net_goods(quote.tax_rule).unwrap(), usd(10_000));
    }

    #[test]
    fn an_absurd_price_is_refused_instead_of_wrapping() {
        assert_eq!(Quote::new(Currency::Usd, &[line(1, 99, i64::MAX / 2)], &[], TaxRule::NONE), Err(MoneyError::Overflow));
    }

    proptest! {
        #[test]
        fn every_quote_adds_up(
            lines in prop::collection::vec((1_u128..5, 1_u32..99, 0_i64..1_000_000), 1..20),
            fees in prop::collection::vec(0_i64..10_000, 4),
            rate in 0_u32..3_000,
            included in any::<bool>(),
        ) {
            let rule = TaxRule { rate: BasisPoints(rate), included };
            let lines: Vec<PricedLine> = lines.into_iter().map(|(seller, quantity, price)| line(seller, quantity, price)).collect();
            let shipping: Vec<(SellerId, Money)> = fees.iter().enumerate().map(|(i, fee)| (SellerId(Uuid::from_u128(i as u128 + 1)), usd(*fee))).collect();
            let quote = Quote::new(Currency::Usd, &lines, &shipping, rule).unwrap();
            let added = if included { 0 } else { quote.tax.amount };
            prop_assert_eq!(quote.total.amount, quote.subtotal.amount + quote.shipping.amount + added);
            for seller in &quote.sellers {
                let net = seller.net_goods(rule).unwrap().amount + seller.net_shipping(rule).unwrap().amount;
                prop_assert_eq!(seller.total.amount, net + seller.tax.amount);
                prop_assert_eq!(seller.line_shares().iter().map(|share| share.amount).sum::<i64>(), seller.total.amount);
            }
            let count: usize = quote.sellers.iter().map(|seller| seller.lines.len()).sum();
            prop_assert_eq!(count, lines.len());
        }
    }
}
