use crate::money::{BasisPoints, Money, MoneyError};

/// How one sale is divided, frozen when it is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earnings {
    pub commission: Money,
    /// What the seller is owed: goods and shipping less the commission.
    pub seller: Money,
}

/// Commission is taken of the goods, before shipping and tax; rounding favours neither side (half up).
pub fn earnings(goods: Money, shipping: Money, rate: BasisPoints) -> Result<Earnings, MoneyError> {
    let commission = Money::new(rate.of(goods.amount), goods.currency);
    Ok(Earnings { commission, seller: goods.checked_add(shipping)?.checked_sub(commission)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn commission_and_earnings_are_the_whole_sale() {
        let usd = |amount| Money::new(amount, Currency::Usd);
        let shares = earnings(usd(3_333), usd(500), BasisPoints(1_250)).unwrap();
        assert_eq!((shares.commission, shares.seller), (usd(417), usd(3_416)));
    }
}
