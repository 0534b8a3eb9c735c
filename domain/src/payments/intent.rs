use crate::money::{Currency, Money};
use serde::{Deserialize, Serialize};

/// How an intent stands at the gateway, by the gateway's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntentStatus {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Processing,
    RequiresCapture,
    Succeeded,
    Canceled,
}

impl IntentStatus {
    pub const ALL: [IntentStatus; 7] = [
        IntentStatus::RequiresPaymentMethod,
        IntentStatus::RequiresConfirmation,
        IntentStatus::RequiresAction,
        IntentStatus::Processing,
        IntentStatus::RequiresCapture,
        IntentStatus::Succeeded,
        IntentStatus::Canceled,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            IntentStatus::RequiresPaymentMethod => "requires_payment_method",
            IntentStatus::RequiresConfirmation => "requires_confirmation",
            IntentStatus::RequiresAction => "requires_action",
            IntentStatus::Processing => "processing",
            IntentStatus::RequiresCapture => "requires_capture",
            IntentStatus::Succeeded => "succeeded",
            IntentStatus::Canceled => "canceled",
        }
    }

    /// Reads the gateway's word. An unknown one is none: nothing is concluded from it.
    pub fn from_gateway(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Whether the shopper's bank has agreed, or may be about to: such an intent is not canceled for another cart.
    pub fn is_in_flight(self) -> bool {
        match self {
            IntentStatus::Processing | IntentStatus::RequiresCapture | IntentStatus::Succeeded => true,
            IntentStatus::RequiresPaymentMethod
            | IntentStatus::RequiresConfirmation
            | IntentStatus::RequiresAction
            | IntentStatus::Canceled => false,
        }
    }
}

/// What the gateway charges in one currency. Its amounts are minor units, except that some are coarser than ISO 4217 says.
struct AmountRule {
    currency: Currency,
    /// Amounts are multiples of this: three-decimal currencies are charged in hundredths only.
    step: i64,
    /// The smallest charge, in minor units.
    smallest: i64,
}

/// docs.stripe.com/currencies: minimum charges, zero-decimal and three-decimal currencies.
const AMOUNT_RULES: [AmountRule; 5] = [
    AmountRule { currency: Currency::Usd, step: 1, smallest: 50 },
    AmountRule { currency: Currency::Eur, step: 1, smallest: 50 },
    AmountRule { currency: Currency::Gbp, step: 1, smallest: 30 },
    AmountRule { currency: Currency::Jpy, step: 1, smallest: 50 },
    AmountRule { currency: Currency::Kwd, step: 10, smallest: 10 },
];

/// The gateway takes eight digits, no more.
pub const CHARGE_MAX: i64 = 99_999_999;

/// Why an amount cannot be charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotChargeable {
    #[error("the smallest payment is {0}")]
    TooSmall(Money),
    #[error("the largest payment is {0}")]
    TooLarge(Money),
    #[error("payments in {0} end in a zero")]
    NotAStep(Currency),
}

/// What the gateway is to be told to charge `money`.
///
/// # Errors
/// The gateway would refuse the amount.
pub fn chargeable(money: Money) -> Result<i64, NotChargeable> {
    let rule = AMOUNT_RULES.iter().find(|rule| rule.currency == money.currency).expect("every currency has its rule: a test looks");
    if money.amount < rule.smallest {
        Err(NotChargeable::TooSmall(Money::new(rule.smallest, money.currency)))
    } else if money.amount > CHARGE_MAX {
        Err(NotChargeable::TooLarge(Money::new(CHARGE_MAX / rule.step * rule.step, money.currency)))
    } else if money.amount % rule.step != 0 {
        Err(NotChargeable::NotAStep(money.currency))
    } else {
        Ok(money.amount)
    }
}

/// As long as Stripe's ids can be.
const PAYMENT_METHOD_LENGTH_MAX: usize = 255;

/// Whether a gateway could know a payment method by this name (`pm_card_visa`).
pub fn is_payment_method(name: &str) -> bool {
    let is_of_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (1..=PAYMENT_METHOD_LENGTH_MAX).contains(&name.len()) && name.bytes().all(is_of_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gateways_words_are_understood_and_others_are_not_guessed_at() {
        for status in IntentStatus::ALL {
            assert_eq!(IntentStatus::from_gateway(status.as_str()), Some(status));
        }
        assert_eq!(IntentStatus::from_gateway("requires_magic"), None);
    }

    #[test]
    fn only_what_a_bank_may_have_agreed_to_is_in_flight() {
        let in_flight: Vec<&str> = IntentStatus::ALL.into_iter().filter(|status| status.is_in_flight()).map(IntentStatus::as_str).collect();
        assert_eq!(in_flight, ["processing", "requires_capture", "succeeded"]);
    }

    #[test]
    fn each_currency_has_its_rule() {
        for currency in Currency::ALL {
            assert_eq!(chargeable(Money::new(2_000, currency)), Ok(2_000));
        }
    }

    #[test]
    fn amounts_the_gateway_would_refuse_are_refused_before() {
        assert_eq!(chargeable(Money::new(49, Currency::Usd)), Err(NotChargeable::TooSmall(Money::new(50, Currency::Usd))));
        assert_eq!(chargeable(Money::new(50, Currency::Jpy)), Ok(50));
        assert_eq!(chargeable(Money::new(1_005, Currency::Kwd)), Err(NotChargeable::NotAStep(Currency::Kwd)));
        assert_eq!(
            chargeable(Money::new(CHARGE_MAX + 1, Currency::Eur)),
            Err(NotChargeable::TooLarge(Money::new(CHARGE_MAX, Currency::Eur)))
        );
    }

    #[test]
    fn a_payment_method_is_named_like_one() {
        assert!(["pm_card_visa", "pm_1Abc", "card_1"].into_iter().all(is_payment_method));
        let long = "x".repeat(256);
        assert!(!["", "pm card", "pm_1\n", "pm_1/../2", "pm_é", &long].into_iter().any(is_payment_method));
    }
}
