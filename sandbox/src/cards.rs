//! The test cards and what each of them does. No other card is ever accepted.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::clock::now_seconds;
use crate::errors::ApiError;
use crate::form::Parameters;

/// Why the bank says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Decline {
    Generic,
    InsufficientFunds,
    LostCard,
    StolenCard,
    ExpiredCard,
    IncorrectCvc,
    ProcessingError,
    VelocityExceeded,
    /// A card that could be somebody's own.
    LiveCard,
}

impl Decline {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::ExpiredCard => "expired_card",
            Self::IncorrectCvc => "incorrect_cvc",
            Self::ProcessingError => "processing_error",
            Self::Generic | Self::InsufficientFunds | Self::LostCard | Self::StolenCard | Self::VelocityExceeded | Self::LiveCard => {
                "card_declined"
            }
        }
    }

    pub(crate) fn decline_code(self) -> &'static str {
        match self {
            Self::Generic => "generic_decline",
            Self::InsufficientFunds => "insufficient_funds",
            Self::LostCard => "lost_card",
            Self::StolenCard => "stolen_card",
            Self::ExpiredCard => "expired_card",
            Self::IncorrectCvc => "incorrect_cvc",
            Self::ProcessingError => "processing_error",
            Self::VelocityExceeded => "card_velocity_exceeded",
            Self::LiveCard => "test_mode_live_card",
        }
    }

    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Generic | Self::LostCard | Self::StolenCard => "Your card was declined.",
            Self::InsufficientFunds => "Your card has insufficient funds.",
            Self::ExpiredCard => "Your card has expired.",
            Self::IncorrectCvc => "Your card's security code is incorrect.",
            Self::ProcessingError => "An error occurred while processing your card. Try again in a little bit.",
            Self::VelocityExceeded => "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
            Self::LiveCard => {
                "Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test cards, visit: https://stripe.com/docs/testing."
            }
        }
    }
}

/// How the issuer of a test card answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Conduct {
    Approve,
    Decline(Decline),
    /// Asks the shopper first.
    Challenge,
    /// Asks the shopper, then says no all the same.
    ChallengeThenDecline(Decline),
}

struct TestCard {
    number: &'static str,
    /// Stripe's public names for a payment method made from this card.
    names: &'static [&'static str],
    brand: &'static str,
    funding: &'static str,
    conduct: Conduct,
}

const fn card(number: &'static str, names: &'static [&'static str], conduct: Conduct) -> TestCard {
    TestCard { number, names, brand: "visa", funding: "credit", conduct }
}

const fn other_brand(number: &'static str, names: &'static [&'static str], brand: &'static str, funding: &'static str) -> TestCard {
    TestCard { number, names, brand, funding, conduct: Conduct::Approve }
}

const TEST_CARDS: &[TestCard] = &[
    card("4242424242424242", &["pm_card_visa"], Conduct::Approve),
    other_brand("4000056655665556", &["pm_card_visa_debit"], "visa", "debit"),
    other_brand("5555555555554444", &["pm_card_mastercard"], "mastercard", "credit"),
    other_brand("2223003122003222", &[], "mastercard", "credit"),
    other_brand("5200828282828210", &["pm_card_mastercard_debit"], "mastercard", "debit"),
    other_brand("378282246310005", &["pm_card_amex"], "amex", "credit"),
    other_brand("6011111111111117", &["pm_card_discover"], "discover", "credit"),
    other_brand("3056930009020004", &["pm_card_diners"], "diners", "credit"),
    other_brand("3566002020360505", &["pm_card_jcb"], "jcb", "credit"),
    other_brand("6200000000000005", &["pm_card_unionpay"], "unionpay", "credit"),
    card("4000002760003184", &["pm_card_authenticationRequired"], Conduct::Challenge),
    card("4000002500003155", &["pm_card_authenticationRequiredOnSetup"], Conduct::Challenge),
    card("4000000000003220", &["pm_card_threeDSecure2Required"], Conduct::Challenge),
    card("4000008400001629", &["pm_card_threeDSecureRequiredChargeDeclined"], Conduct::ChallengeThenDecline(Decline::Generic)),
    card(
        "4000008260003178",
        &["pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"],
        Conduct::ChallengeThenDecline(Decline::InsufficientFunds),
    ),
    card("4000000000000002", &["pm_card_chargeDeclined", "pm_card_visa_chargeDeclined"], Conduct::Decline(Decline::Generic)),
    card(
        "4000000000009995",
        &["pm_card_chargeDeclinedInsufficientFunds", "pm_card_visa_chargeDeclinedInsufficientFunds"],
        Conduct::Decline(Decline::InsufficientFunds),
    ),
    card(
        "4000000000009987",
        &["pm_card_chargeDeclinedLostCard", "pm_card_visa_chargeDeclinedLostCard"],
        Conduct::Decline(Decline::LostCard),
    ),
    card(
        "4000000000009979",
        &["pm_card_chargeDeclinedStolenCard", "pm_card_visa_chargeDeclinedStolenCard"],
        Conduct::Decline(Decline::StolenCard),
    ),
    card("4000000000000069", &["pm_card_chargeDeclinedExpiredCard"], Conduct::Decline(Decline::ExpiredCard)),
    card("4000000000000127", &["pm_card_chargeDeclinedIncorrectCvc"], Conduct::Decline(Decline::IncorrectCvc)),
    card("4000000000000119", &["pm_card_chargeDeclinedProcessingError"], Conduct::Decline(Decline::ProcessingError)),
    card(
        "4000000000006975",
        &["pm_card_chargeDeclinedVelocityLimitExceeded", "pm_card_visa_chargeDeclinedVelocityLimitExceeded"],
        Conduct::Decline(Decline::VelocityExceeded),
    ),
];

/// What is kept of a card: never its number, never its security code.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Card {
    pub(crate) brand: String,
    pub(crate) country: String,
    pub(crate) exp_month: i64,
    pub(crate) exp_year: i64,
    /// The same for every use of one number.
    pub(crate) fingerprint: String,
    pub(crate) funding: String,
    pub(crate) last4: String,
    pub(crate) conduct: Conduct,
}

impl Card {
    /// The card behind one of Stripe's public names such as `pm_card_visa`.
    pub(crate) fn by_test_name(name: &str, fingerprint_key: &[u8]) -> Option<Self> {
        let test_card = TEST_CARDS.iter().find(|card| card.names.contains(&name))?;
        Some(Self::of(test_card, 12, next_year() + 3, fingerprint_key))
    }

    /// Reads `card[number]`, `card[exp_month]`, `card[exp_year]`, `card[cvc]`.
    pub(crate) fn from_parameters(mut parameters: Parameters, fingerprint_key: &[u8]) -> Result<Self, ApiError> {
        let number: String = parameters.required_text("number")?.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let exp_month = parameters.required_integer("exp_month")?;
        let exp_year = parameters.required_integer("exp_year")?;
        let cvc = parameters.text("cvc")?;
        parameters.finish()?;
        Self::from_details(&number, exp_month, exp_year, cvc.as_deref(), fingerprint_key)
    }

    /// Checks the details that a shopper typed, and finds the test card they belong to.
    ///
    /// # Errors
    /// A card error that names the field to mend; a decline when the number is not a test card's.
    pub(crate) fn from_details(
        number: &str,
        exp_month: i64,
        exp_year: i64,
        cvc: Option<&str>,
        fingerprint_key: &[u8],
    ) -> Result<Self, ApiError> {
        if !is_card_number(number) {
            return Err(ApiError::card_details("incorrect_number", "number", "Your card number is incorrect."));
        }
        if !(1..=12).contains(&exp_month) {
            return Err(ApiError::card_details("invalid_expiry_month", "exp_month", "Your card's expiration month is invalid."));
        }
        let exp_year = if (0..100).contains(&exp_year) { exp_year + 2_000 } else { exp_year };
        let (year, month) = current_month();
        if exp_year < year || exp_year > year + 50 {
            return Err(ApiError::card_details("invalid_expiry_year", "exp_year", "Your card's expiration year is invalid."));
        }
        if exp_year == year && exp_month < month {
            return Err(ApiError::card_details("invalid_expiry_month", "exp_month", "Your card's expiration month is invalid."));
        }
        let test_card = TEST_CARDS.iter().find(|card| card.number == number);
        let cvc_length = if test_card.is_some_and(|card| card.brand == "amex") { 4 } else { 3 };
        let cvc_fits = |cvc: &str| cvc.len() == cvc_length && cvc.bytes().all(|b| b.is_ascii_digit());
        if !cvc.is_none_or(cvc_fits) {
            return Err(ApiError::card_details("invalid_cvc", "cvc", "Your card's security code is invalid."));
        }
        let test_card = test_card.ok_or_else(|| ApiError::declined(Decline::LiveCard))?;
        Ok(Self::of(test_card, exp_month, exp_year, fingerprint_key))
    }

    fn of(test_card: &TestCard, exp_month: i64, exp_year: i64, fingerprint_key: &[u8]) -> Self {
        Self {
            brand: test_card.brand.to_owned(),
            country: "US".to_owned(),
            exp_month,
            exp_year,
            fingerprint: fingerprint(test_card.number, fingerprint_key),
            funding: test_card.funding.to_owned(),
            last4: test_card.number[test_card.number.len() - 4..].to_owned(),
            conduct: test_card.conduct,
        }
    }
}

/// A keyed digest of text, in hexadecimal.
pub(crate) fn keyed_digest(key: &[u8], text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn fingerprint(number: &str, key: &[u8]) -> String {
    keyed_digest(key, &format!("card/{number}"))[..16].to_owned()
}

fn is_card_number(number: &str) -> bool {
    let digits: Option<Vec<u32>> = number.chars().map(|c| c.to_digit(10)).collect();
    digits.is_some_and(|digits| {
        let sum: u32 = digits.iter().rev().enumerate().map(|(place, digit)| luhn_share(place, *digit)).sum();
        (12..=19).contains(&digits.len()) && sum.is_multiple_of(10)
    })
}

fn luhn_share(place: usize, digit: u32) -> u32 {
    match place % 2 {
        0 => digit,
        _ if digit > 4 => digit * 2 - 9,
        _ => digit * 2,
    }
}

fn next_year() -> i64 {
    current_month().0 + 1
}

/// Year and month of today, by the civil calendar in UTC.
fn current_month() -> (i64, i64) {
    civil_month(now_seconds().div_euclid(86_400))
}

/// Year and month of a day counted from 1970-01-01 (Howard Hinnant's `civil_from_days`).
fn civil_month(days: i64) -> (i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_card_has_a_valid_number_and_names_are_unique() {
        let mut names: Vec<_> = TEST_CARDS.iter().flat_map(|card| card.names).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        for card in TEST_CARDS {
            assert!(is_card_number(card.number), "{}", card.number);
        }
    }

    #[test]
    fn a_fingerprint_belongs_to_the_number_alone() {
        let by_name = Card::by_test_name("pm_card_visa", b"key").unwrap();
        let typed = Card::from_details("4242424242424242", 1, next_year(), Some("123"), b"key").unwrap();
        let other = Card::by_test_name("pm_card_mastercard", b"key").unwrap();
        assert_eq!(by_name.fingerprint, typed.fingerprint);
        assert_ne!(by_name.fingerprint, other.fingerprint);
    }

    #[test]
    fn wrong_details_name_their_field_and_real_cards_are_refused() {
        let code = |number, month, year, cvc| {
            Card::from_details(number, month, year, cvc, b"key").unwrap_err().body()["error"]["code"].as_str().unwrap().to_owned()
        };
        let year = next_year();
        assert_eq!(code("4242424242424241", 1, year, None), "incorrect_number");
        assert_eq!(code("4242424242424242", 13, year, None), "invalid_expiry_month");
        assert_eq!(code("4242424242424242", 1, year - 2, None), "invalid_expiry_year");
        assert_eq!(code("4242424242424242", 1, year, Some("12")), "invalid_cvc");
        assert_eq!(code("378282246310005", 1, year, Some("123")), "invalid_cvc");
        assert_eq!(code("4539578763621486", 1, year, Some("123")), "card_declined");
    }

    #[test]
    fn months_follow_the_calendar() {
        assert_eq!(civil_month(0), (1970, 1));
        assert_eq!(civil_month(59), (1970, 3));
        assert_eq!(civil_month(11_016), (2000, 2));
        assert_eq!(civil_month(20_818), (2026, 12));
    }
}
