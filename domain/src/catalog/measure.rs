//! What a variant holds by weight, volume or length, and what that makes a kilogram, a litre or a metre of it cost.

use crate::money::Money;
use std::cmp::Ordering;
use std::str::FromStr;

/// What prices are compared by (Directive 98/6/EC, article 2 b).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PriceUnit {
    Kilogram,
    Litre,
    Metre,
}

impl PriceUnit {
    /// Its international symbol.
    pub fn symbol(self) -> &'static str {
        match self {
            PriceUnit::Kilogram => "kg",
            PriceUnit::Litre => "l",
            PriceUnit::Metre => "m",
        }
    }
}

/// What one kilogram, litre or metre costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitPrice {
    pub amount: Money,
    pub per: PriceUnit,
}

/// An amount of something that is sold by weight, volume or length: `250 g`, `1.5 l`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Measure {
    unit: PriceUnit,
    /// Of a kilogram, a litre or a metre.
    billionths: u64,
}

/// Each unit in millionths of the one that prices are compared by.
const UNITS: [(&str, PriceUnit, u64); 9] = [
    ("mg", PriceUnit::Kilogram, 1),
    ("g", PriceUnit::Kilogram, 1_000),
    ("kg", PriceUnit::Kilogram, 1_000_000),
    ("ml", PriceUnit::Litre, 1_000),
    ("cl", PriceUnit::Litre, 10_000),
    ("l", PriceUnit::Litre, 1_000_000),
    ("mm", PriceUnit::Metre, 1_000),
    ("cm", PriceUnit::Metre, 10_000),
    ("m", PriceUnit::Metre, 1_000_000),
];
/// Before and after the decimal point.
const DIGITS_MAX: (usize, usize) = (6, 3);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not an amount of mg, g, kg, ml, cl, l, mm, cm or m")]
pub struct InvalidMeasure;

impl FromStr for Measure {
    type Err = InvalidMeasure;

    /// A number of at most six digits and three decimals, a space or none, and one of the units, in any case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or(InvalidMeasure)?;
        let (number, unit) = text.split_at(end);
        let unit = unit.trim_start();
        let (_, unit, size) = UNITS.into_iter().find(|(own, ..)| own.eq_ignore_ascii_case(unit)).ok_or(InvalidMeasure)?;
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        let is_number = |digits: &str, most| (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole, DIGITS_MAX.0) || !is_number(part, DIGITS_MAX.1) {
            return Err(InvalidMeasure);
        }
        let thousandths: u64 = format!("{whole}{part:0<3}").parse().map_err(|_| InvalidMeasure)?;
        // Thousandths of millionths are billionths: nothing is cut off.
        Some(thousandths * size).filter(|billionths| *billionths > 0).map(|billionths| Self { unit, billionths }).ok_or(InvalidMeasure)
    }
}

impl Measure {
    /// What a whole unit costs where this much costs `price`; half a minor unit is rounded up. `None` beyond what money can say.
    pub fn unit_price(self, price: Money) -> Option<UnitPrice> {
        let billionths = i128::from(self.billionths);
        let amount = (i128::from(price.amount) * 1_000_000_000 + billionths / 2).div_euclid(billionths);
        Some(UnitPrice { amount: Money::new(i64::try_from(amount).ok()?, price.currency), per: self.unit })
    }
}

/// Sizes of clothes from small to large.
const CLOTHES: [&str; 8] = ["XXS", "XS", "S", "M", "L", "XL", "XXL", "XXXL"];

/// The order in which people look for sizes: of clothes, then of numbers, then of measures; what is no size stays where it is,
/// behind them.
pub fn by_size(one: &str, other: &str) -> Ordering {
    let place = |text: &str| {
        let clothes = CLOTHES.iter().position(|size| size.eq_ignore_ascii_case(text)).map(|place| (0, None, place as u64));
        let number = || text.parse().ok().map(|number| (1, None, number));
        let measure = || text.parse().ok().map(|Measure { unit, billionths }| (2, Some(unit), billionths));
        clothes.or_else(number).or_else(measure).unwrap_or((3, None, 0))
    };
    place(one).cmp(&place(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn unit_price(measure: &str, amount: i64) -> Option<(i64, &'static str)> {
        let price = measure.parse::<Measure>().unwrap().unit_price(Money::new(amount, Currency::Eur))?;
        Some((price.amount.amount, price.per.symbol()))
    }

    #[test]
    fn a_price_is_compared_by_the_whole_unit() {
        assert_eq!(unit_price("250 g", 1_500), Some((6_000, "kg")));
        assert_eq!(unit_price("1.5 l", 999), Some((666, "l")));
        assert_eq!(unit_price("75cl", 900), Some((1_200, "l")));
        assert_eq!(unit_price("120 CM", 300), Some((250, "m")));
        assert_eq!(unit_price("3 kg", 500), Some((167, "kg")), "166.67 is rounded");
        assert_eq!(unit_price("8 kg", 4), Some((1, "kg")), "a half is rounded up");
        assert_eq!(unit_price("1.5 mg", 3), Some((2_000_000, "kg")));
        assert_eq!(unit_price("1 mg", i64::MAX), None);
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", "g", "250", "250 oz", "0 g", "-5 g", ".5 l", "1. l", "1.2345 kg", "1234567 g", "1e3 g", "2 500 g", "1,5 l", "٣ g"]
        {
            assert_eq!(text.parse::<Measure>(), Err(InvalidMeasure), "{text:?}");
        }
    }

    #[test]
    fn sizes_come_in_the_order_in_which_they_grow() {
        let mut sizes = ["1 kg", "Loose", "L", "250 g", "1 l", "42", "One size", "XS", "38", "500 ml", "M"];
        sizes.sort_by(|one, other| by_size(one, other));
        assert_eq!(sizes, ["XS", "M", "L", "38", "42", "250 g", "1 kg", "500 ml", "1 l", "Loose", "One size"]);
    }
}
