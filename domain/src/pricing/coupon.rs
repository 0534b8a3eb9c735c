use super::{Discount, PricedLine};
use crate::id::CouponId;
use crate::money::{Currency, Money, MoneyError};
use serde::{Deserialize, Serialize};

pub const CODE_LENGTH_MIN: usize = 3;
pub const CODE_LENGTH_MAX: usize = 32;

/// Why a code takes nothing off. `code` in JSON is the REST API's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum CouponRefusal {
    /// Unknown, or not yet to be used.
    #[error("There is no such coupon.")]
    CouponInvalid,
    #[error("This coupon has expired.")]
    CouponExpired,
    /// Nothing in the cart is of the coupon's seller or currency, or it is worth less than `min_goods`.
    #[error("{}", match min_goods {
        Some(min_goods) => format!("This coupon is for goods worth {min_goods} or more."),
        None => "This coupon is not for what is in the cart.".to_owned(),
    })]
    CouponNotApplicable { min_goods: Option<Money> },
    #[error("This coupon has been used as often as it may be.")]
    CouponUsedUp,
}

/// How a coupon stands at the moment it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Valid,
    NotYet,
    Expired,
    UsedUp,
}

impl Standing {
    /// Whether it may be used.
    pub fn check(self) -> Result<(), CouponRefusal> {
        match self {
            Standing::Valid => Ok(()),
            Standing::NotYet => Err(CouponRefusal::CouponInvalid),
            Standing::Expired => Err(CouponRefusal::CouponExpired),
            Standing::UsedUp => Err(CouponRefusal::CouponUsedUp),
        }
    }
}

/// What a code stands for. How often it may still be used is decided when an order takes it, not here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coupon {
    pub id: CouponId,
    /// As [`code`] gives it.
    pub code: String,
    /// What the shopper reads: `10 % off everything`.
    pub label: String,
    pub discount: Discount,
    /// Of the goods it is for, before anything is taken off; the coupon is then for orders in this currency alone.
    pub min_goods: Option<Money>,
    pub standing: Standing,
}

impl Coupon {
    /// Whether it takes something off these lines.
    pub fn check(&self, currency: Currency, lines: &[PricedLine]) -> Result<(), CouponRefusal> {
        self.standing.check()?;
        let own = lines.iter().filter(|line| self.discount.is_for(line.seller));
        let goods = own.map(|line| line.unit_price.checked_mul(line.quantity)).collect::<Result<Vec<_>, _>>();
        let goods = goods.and_then(|goods| Money::sum(currency, goods)).unwrap_or(Money::zero(currency));
        let is_other_money = |money: Option<Money>| money.is_some_and(|money| money.currency != currency);
        if goods.amount == 0 || is_other_money(self.discount.order_amount()) || is_other_money(self.min_goods) {
            return Err(CouponRefusal::CouponNotApplicable { min_goods: None });
        }
        match self.min_goods {
            Some(min) if goods.amount < min.amount => Err(CouponRefusal::CouponNotApplicable { min_goods: Some(min) }),
            _ => Ok(()),
        }
    }
}

/// What a coupon takes off `lines` before shipping, or why it takes nothing off.
///
/// # Errors
/// When the sums do not fit.
pub fn goods_discount(coupon: &Coupon, currency: Currency, lines: &[PricedLine]) -> Result<Result<Money, CouponRefusal>, MoneyError> {
    if let Err(refusal) = coupon.check(currency, lines) {
        return Ok(Err(refusal));
    }
    let off = coupon.discount.off_goods(currency, lines)?;
    Ok(Ok(Money::sum(currency, off.into_iter().map(|amount| Money::new(amount, currency)))?))
}

/// A code as typed, in the form in which codes are kept: upper case, without blanks around it.
///
/// # Errors
/// `CouponInvalid` for what no coupon can be called: codes are letters, digits and hyphens.
pub fn code(typed: &str) -> Result<String, CouponRefusal> {
    let code = typed.trim().to_ascii_uppercase();
    let is_code =
        (CODE_LENGTH_MIN..=CODE_LENGTH_MAX).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_code { Ok(code) } else { Err(CouponRefusal::CouponInvalid) }
}

#[cfg(test)]
mod tests {
    use super::super::{Funder, OrderCut};
    use super::*;
    use crate::id::{SellerId, VariantId};
    use crate::money::BasisPoints;
    use uuid::Uuid;

    fn usd(amount: i64) -> Money {
        Money::new(amount, Currency::Usd)
    }

    fn line(seller: u128, unit_price: i64) -> PricedLine {
        let (variant, seller) = (VariantId(Uuid::from_u128(9)), SellerId(Uuid::from_u128(seller)));
        PricedLine { variant, seller, quantity: 2, unit_price: usd(unit_price) }
    }

    fn coupon(discount: Discount) -> Coupon {
        let (id, code, label) = (CouponId(Uuid::from_u128(1)), "SPRING".to_owned(), "Spring".to_owned());
        Coupon { id, code, label, discount, min_goods: None, standing: Standing::Valid }
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(code(" spring-10 "), Ok("SPRING-10".to_owned()));
        for typed in ["", "ab", "ten percent", "' or 1=1", &"x".repeat(33), "ſpring"] {
            assert_eq!(code(typed), Err(CouponRefusal::CouponInvalid), "{typed}");
        }
    }

    #[test]
    fn a_coupon_says_why_it_takes_nothing_off() {
        let all = coupon(Discount { item: BasisPoints(1_000), ..Discount::nothing(Funder::Marketplace) });
        let check = |coupon: &Coupon| coupon.check(Currency::Usd, &[line(1, 1_000)]);
        let standing = |standing| check(&Coupon { standing, ..all.clone() });
        assert_eq!(standing(Standing::Valid), Ok(()));
        assert_eq!(standing(Standing::NotYet), Err(CouponRefusal::CouponInvalid));
        assert_eq!(standing(Standing::Expired), Err(CouponRefusal::CouponExpired));
        assert_eq!(standing(Standing::UsedUp), Err(CouponRefusal::CouponUsedUp));

        let (none, least) = (CouponRefusal::CouponNotApplicable { min_goods: None }, usd(2_001));
        assert_eq!(check(&Coupon { min_goods: Some(usd(2_000)), ..all.clone() }), Ok(()));
        assert_eq!(
            check(&Coupon { min_goods: Some(least), ..all.clone() }),
            Err(CouponRefusal::CouponNotApplicable { min_goods: Some(least) })
        );
        let euros = Some(OrderCut::Amount(Money::new(500, Currency::Eur)));
        assert_eq!(check(&coupon(Discount { order: euros, ..Discount::nothing(Funder::Marketplace) })), Err(none));
        let other = Some(SellerId(Uuid::from_u128(2)));
        assert_eq!(check(&coupon(Discount { seller: other, ..all.discount })), Err(none));
        assert_eq!(all.check(Currency::Usd, &[]), Err(none));
        assert_eq!(goods_discount(&all, Currency::Usd, &[line(1, 1_000)]), Ok(Ok(usd(200))));
    }
}
