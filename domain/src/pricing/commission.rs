use crate::money::{BasisPoints, Money};

/// What the marketplace keeps of a sale, frozen when it is paid: of the goods without tax, before shipping; rounding favours
/// neither side (half up).
pub fn commission(net_goods: Money, rate: BasisPoints) -> Money {
    Money::new(rate.of(net_goods.amount), net_goods.currency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn half_a_cent_goes_up() {
        let usd = |amount| Money::new(amount, Currency::Usd);
        assert_eq!(commission(usd(3_333), BasisPoints(1_250)), usd(417));
        assert_eq!(commission(usd(500), BasisPoints(10)), usd(1));
        assert_eq!(commission(usd(499), BasisPoints(10)), usd(0));
    }
}
