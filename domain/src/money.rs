//! Money is an integer count of minor units with its currency. Adding is checked, splitting is [`prorate`]: no cent is
//! made or lost, and sub-cents never exist.

use crate::language::Language;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Currencies the marketplace can price in (ISO 4217).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    #[default]
    Usd,
    Eur,
    Gbp,
    Jpy,
    Kwd,
}

impl Currency {
    pub const ALL: [Currency; 5] = [Currency::Usd, Currency::Eur, Currency::Gbp, Currency::Jpy, Currency::Kwd];

    /// Those that shoppers choose from: what the catalogue is priced in.
    pub const OFFERED: [Currency; 2] = [Currency::Usd, Currency::Eur];

    /// The ISO code, upper case.
    pub fn code(self) -> &'static str {
        match self {
            Currency::Usd => "USD",
            Currency::Eur => "EUR",
            Currency::Gbp => "GBP",
            Currency::Jpy => "JPY",
            Currency::Kwd => "KWD",
        }
    }

    /// How many decimal digits the minor unit has (ISO 4217).
    pub fn exponent(self) -> u32 {
        match self {
            Currency::Jpy => 0,
            Currency::Usd | Currency::Eur | Currency::Gbp => 2,
            Currency::Kwd => 3,
        }
    }

    fn symbol(self) -> &'static str {
        match self {
            Currency::Usd => "$",
            Currency::Eur => "€",
            Currency::Gbp => "£",
            Currency::Jpy => "¥",
            Currency::Kwd => "KWD",
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a currency the marketplace prices in")]
pub struct UnknownCurrency;

impl std::str::FromStr for Currency {
    type Err = UnknownCurrency;
    /// Reads the ISO code in any case (`usd`, `USD`).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Currency::ALL.into_iter().find(|currency| currency.code().eq_ignore_ascii_case(text)).ok_or(UnknownCurrency)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("amounts in {0} and {1} cannot be added")]
    CurrenciesDiffer(Currency, Currency),
    #[error("the amount is too large")]
    Overflow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAmount {
    #[error("is not an amount")]
    NotAnAmount,
    #[error("has more decimals than {0} has")]
    TooPrecise(Currency),
    #[error("is too large an amount")]
    TooLarge,
}

/// An amount in minor units (`1999` is 19.99 in USD). May be negative, as a discount or a balance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Money {
    pub amount: i64,
    pub currency: Currency,
}

impl Money {
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    pub const fn zero(currency: Currency) -> Self {
        Self { amount: 0, currency }
    }

    /// Reads an amount as programs exchange it: in the major unit, with a decimal point (`-19.99`, `20`). Exact, or not at all.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, InvalidAmount> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        if [whole, part].iter().any(|digits| digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(InvalidAmount::NotAnAmount);
        }
        let (part, exponent) = (part.trim_end_matches('0'), currency.exponent() as usize);
        if part.len() > exponent {
            return Err(InvalidAmount::TooPrecise(currency));
        }
        let minor: i64 = format!("{whole}{part:0<exponent$}").parse().map_err(|_| InvalidAmount::TooLarge)?;
        Ok(Self { amount: if text.starts_with('-') { -minor } else { minor }, currency })
    }

    pub fn checked_add(self, other: Money) -> Result<Money, MoneyError> {
        self.same_currency(other)?;
        let amount = self.amount.checked_add(other.amount).ok_or(MoneyError::Overflow)?;
        Ok(Money { amount, ..self })
    }

    pub fn checked_sub(self, other: Money) -> Result<Money, MoneyError> {
        self.same_currency(other)?;
        let amount = self.amount.checked_sub(other.amount).ok_or(MoneyError::Overflow)?;
        Ok(Money { amount, ..self })
    }

    pub fn checked_mul(self, factor: u32) -> Result<Money, MoneyError> {
        let amount = self.amount.checked_mul(i64::from(factor)).ok_or(MoneyError::Overflow)?;
        Ok(Money { amount, ..self })
    }

    /// Sums amounts of one currency; an empty list is zero.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Money>) -> Result<Money, MoneyError> {
        amounts.into_iter().try_fold(Money::zero(currency), Money::checked_add)
    }

    fn same_currency(self, other: Money) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::CurrenciesDiffer(self.currency, other.currency)) }
    }
}

impl Money {
    /// As a language writes it, the same on the server and in the browser: `$1,299.00`, `1.299,00 $`.
    pub fn text(self, language: Language) -> String {
        let scale = 10_u64.pow(self.currency.exponent());
        let (whole, part) = (self.amount.unsigned_abs() / scale, self.amount.unsigned_abs() % scale);
        let digits = whole.to_string();
        let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|chunk| std::str::from_utf8(chunk).unwrap_or_default()).collect();
        let is_german = language == Language::German;
        let (between, point) = (if is_german { "." } else { "," }, language.decimal_mark());
        let mut number = groups.join(between);
        if self.currency.exponent() > 0 {
            number += &format!("{point}{part:0width$}", width = self.currency.exponent() as usize);
        }
        let (sign, symbol) = (if self.amount < 0 { "−" } else { "" }, self.currency.symbol());
        match self.currency {
            _ if is_german => format!("{sign}{number}\u{a0}{symbol}"),
            Currency::Kwd => format!("{sign}{symbol}\u{a0}{number}"),
            _ => format!("{sign}{symbol}{number}"),
        }
    }
}

/// In English.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::English))
    }
}

/// A share in hundredths of a percent: 1,900 is 19 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct BasisPoints(pub u32);

impl BasisPoints {
    pub const WHOLE: u32 = 10_000;

    /// `rate` of `amount`, half away from zero: tax added on top, a commission.
    pub fn of(self, amount: i64) -> i64 {
        divide_half_up(i128::from(amount) * i128::from(self.0), i128::from(Self::WHOLE))
    }

    /// The part of `gross` that is the rate's when it is already included: tax inside a price.
    pub fn included_in(self, gross: i64) -> i64 {
        divide_half_up(i128::from(gross) * i128::from(self.0), i128::from(Self::WHOLE + self.0))
    }
}

fn divide_half_up(numerator: i128, denominator: i128) -> i64 {
    let half = if numerator < 0 { -denominator / 2 } else { denominator / 2 };
    // The quotient of an i64 times a rate below the whole always fits: rates are validated at 100 % or less.
    i64::try_from((numerator + half) / denominator).unwrap_or(if numerator < 0 { i64::MIN } else { i64::MAX })
}

/// Splits `total` by `weights` without losing a unit: each share is rounded down, the units left over go to the largest
/// remainders, ties to the earliest (the largest-remainder method, Hamilton 1792). Weights that are all zero count as
/// equal. No weights, no shares.
pub fn prorate(total: i64, weights: &[u64]) -> Vec<i64> {
    if weights.is_empty() {
        return Vec::new();
    }
    let equal = vec![1; weights.len()];
    let weights = if weights.iter().all(|weight| *weight == 0) { &equal[..] } else { weights };
    let whole: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let amount = u128::from(total.unsigned_abs());
    // A u64 amount times a u64 weight always fits in u128.
    let exact = |weight: u64| (amount * u128::from(weight) / whole, amount * u128::from(weight) % whole);
    let mut shares: Vec<u128> = weights.iter().map(|weight| exact(*weight).0).collect();
    let left = amount - shares.iter().sum::<u128>();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|index| std::cmp::Reverse(exact(weights[*index]).1));
    for index in by_remainder.into_iter().take(left as usize) {
        shares[index] += 1;
    }
    let sign = if total < 0 { -1 } else { 1 };
    let signed = |share: u128| i64::try_from(share as i128 * sign).expect("a share is never larger than the total");
    shares.into_iter().map(signed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn money_reads_like_a_price() {
        let show = |amount, currency| Money::new(amount, currency).to_string();
        assert_eq!(show(1999, Currency::Usd), "$19.99");
        assert_eq!(show(129_900, Currency::Eur), "€1,299.00");
        assert_eq!(show(-5, Currency::Gbp), "−£0.05");
        assert_eq!(show(1_234_567, Currency::Jpy), "¥1,234,567");
        assert_eq!(show(1_005, Currency::Kwd), "KWD\u{a0}1.005");
        let german = |amount, currency| Money::new(amount, currency).text(Language::German);
        assert_eq!(german(129_900, Currency::Eur), "1.299,00\u{a0}€");
        assert_eq!(german(-1_005, Currency::Kwd), "−1,005\u{a0}KWD");
    }

    #[test]
    fn an_amount_is_read_exactly_or_not_at_all() {
        let read = |text, currency| Money::parse(text, currency).map(|money| money.amount);
        let cases = [("19.99", 1_999), ("20", 2_000), ("20.5", 2_050), ("0.10", 10), ("50.000", 5_000), ("-0.05", -5), ("007", 700)];
        for (text, amount) in cases {
            assert_eq!(read(text, Currency::Usd), Ok(amount), "{text}");
        }
        assert_eq!((read("5000.00", Currency::Jpy), read("1.005", Currency::Kwd)), (Ok(5_000), Ok(1_005)));
        for text in ["", "abc", "1,299.00", "$5", ".5", "5.", "1.2.3", "1e3", "+5", "--5", "-", " 5", "٣"] {
            assert_eq!(read(text, Currency::Usd), Err(InvalidAmount::NotAnAmount), "{text:?}");
        }
        assert_eq!(read("9.999", Currency::Usd), Err(InvalidAmount::TooPrecise(Currency::Usd)));
        assert_eq!(read("0.5", Currency::Jpy), Err(InvalidAmount::TooPrecise(Currency::Jpy)));
        assert_eq!(read("92233720368547758.08", Currency::Usd), Err(InvalidAmount::TooLarge));
    }

    #[test]
    fn amounts_of_two_currencies_do_not_add() {
        let sum = Money::new(1, Currency::Usd).checked_add(Money::new(1, Currency::Eur));
        assert_eq!(sum, Err(MoneyError::CurrenciesDiffer(Currency::Usd, Currency::Eur)));
    }

    #[test]
    fn adding_past_the_limit_is_refused() {
        assert_eq!(Money::new(i64::MAX, Currency::Usd).checked_add(Money::new(1, Currency::Usd)), Err(MoneyError::Overflow));
        assert_eq!(Money::new(i64::MAX, Currency::Usd).checked_mul(2), Err(MoneyError::Overflow));
        assert_eq!(Money::new(i64::MIN, Currency::Usd).checked_sub(Money::new(1, Currency::Usd)), Err(MoneyError::Overflow));
    }

    #[test]
    fn a_rate_is_rounded_half_up_on_both_sides_of_zero() {
        assert_eq!(BasisPoints(1_000).of(5), 1);
        assert_eq!(BasisPoints(1_000).of(4), 0);
        assert_eq!(BasisPoints(1_000).of(-5), -1);
        assert_eq!(BasisPoints(1_900).included_in(11_900), 1_900);
        assert_eq!(BasisPoints(0).of(i64::MAX), 0);
    }

    #[test]
    fn left_over_cents_go_to_the_largest_remainders() {
        assert_eq!(prorate(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(prorate(-100, &[1, 1, 1]), [-34, -33, -33]);
        assert_eq!(prorate(10, &[0, 0]), [5, 5]);
        assert_eq!(prorate(7, &[0, 5]), [0, 7]);
        assert_eq!(prorate(i64::MIN, &[0, 1]), [0, i64::MIN]);
        assert!(prorate(7, &[]).is_empty());
    }

    proptest! {
        #[test]
        fn an_amount_that_was_written_is_read_again(amount in -1_000_000_000_i64..1_000_000_000) {
            let text = format!("{}{}.{:02}", if amount < 0 { "-" } else { "" }, amount.abs() / 100, amount.abs() % 100);
            prop_assert_eq!(Money::parse(&text, Currency::Usd), Ok(Money::new(amount, Currency::Usd)));
        }

        #[test]
        fn shares_always_add_up(total in any::<i64>(), weights in prop::collection::vec(0_u64..=u64::MAX / 64, 1..40)) {
            let shares = prorate(total, &weights);
            prop_assert_eq!(shares.iter().map(|share| i128::from(*share)).sum::<i128>(), i128::from(total));
            prop_assert!(shares.iter().all(|share| share.signum() * total.signum() >= 0));
        }

        #[test]
        fn a_larger_weight_never_gets_less(total in 0_i64..1_000_000, mut weights in prop::collection::vec(0_u64..10_000, 2..20)) {
            weights.sort_unstable_by(|a, b| b.cmp(a));
            let shares = prorate(total, &weights);
            prop_assert!(shares.windows(2).all(|pair| pair[0] >= pair[1]));
        }

        #[test]
        fn included_tax_plus_net_is_gross(gross in 0_i64..10_000_000_000, rate in 0_u32..10_000) {
            let tax = BasisPoints(rate).included_in(gross);
            prop_assert!((0..=gross).contains(&tax));
            let error = BasisPoints(rate).of(gross - tax) - tax;
            prop_assert!(error.abs() <= 1);
        }
    }
}
