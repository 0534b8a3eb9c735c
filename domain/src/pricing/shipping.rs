use crate::money::{Money, MoneyError};

/// What a seller asks for one way of shipping, in one currency, and how heavy a parcel may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShippingFee {
    /// Up to the first kilogram.
    pub amount: Money,
    /// For each started kilogram beyond the first.
    pub per_kg: Money,
    /// From this value of the seller's goods on, in minor units, it costs nothing.
    pub free_from: Option<i64>,
    pub grams_max: Option<u32>,
}

impl ShippingFee {
    pub fn takes(&self, grams: u64) -> bool {
        self.grams_max.is_none_or(|max| grams <= u64::from(max))
    }

    /// # Errors
    /// For a parcel that no sum can pay.
    pub fn of(&self, goods: Money, grams: u64) -> Result<Money, MoneyError> {
        if self.free_from.is_some_and(|free_from| goods.amount >= free_from) {
            return Ok(Money::zero(goods.currency));
        }
        let further = u32::try_from(grams.div_ceil(1_000).saturating_sub(1)).map_err(|_| MoneyError::Overflow)?;
        self.amount.checked_add(self.per_kg.checked_mul(further)?)
    }
}

/// Calendar days that a parcel travels when it needs so many working days, Monday to Friday, from a day of the week on: 1 is
/// Monday, 7 Sunday, as ISO 8601 counts. What is sent on a weekend travels from Monday on.
pub fn calendar_days(weekday: u8, working_days: u32) -> u32 {
    let since_friday = u32::from(weekday.saturating_sub(5));
    let since_monday = u32::from(weekday.clamp(1, 5)) - 1;
    let weekends = (since_monday + working_days) / 5;
    (working_days + 2 * weekends).saturating_sub(since_friday)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn each_started_kilogram_beyond_the_first_is_added() {
        let usd = |amount| Money::new(amount, Currency::Usd);
        let fee = ShippingFee { amount: usd(500), per_kg: usd(120), free_from: Some(9_000), grams_max: Some(2_100) };
        let asked: Vec<i64> = [0, 1_000, 1_001, 2_000, 2_001].map(|grams| fee.of(usd(1), grams).unwrap().amount).to_vec();
        assert_eq!(asked, [500, 500, 620, 620, 740]);
        assert_eq!((fee.of(usd(8_999), 1).unwrap(), fee.of(usd(9_000), 5_000).unwrap()), (usd(500), usd(0)));
        assert!(fee.takes(2_100) && !fee.takes(2_101));
        assert_eq!(fee.of(usd(1), u64::MAX), Err(MoneyError::Overflow));
    }

    /// Day by day: each that is not on a weekend counts.
    fn counted(weekday: u8, working_days: u32) -> u32 {
        let (mut day, mut left, mut passed) = (weekday, working_days, 0);
        while left > 0 {
            day = day % 7 + 1;
            passed += 1;
            left -= u32::from(day <= 5);
        }
        passed
    }

    #[test]
    fn a_parcel_travels_on_working_days() {
        let friday = 5;
        assert_eq!([0, 1, 5, 6].map(|days| calendar_days(friday, days)), [0, 3, 7, 10]);
        for weekday in 1..=7 {
            for days in 0..60 {
                assert_eq!(calendar_days(weekday, days), counted(weekday, days), "{days} days from weekday {weekday}");
            }
        }
    }
}
