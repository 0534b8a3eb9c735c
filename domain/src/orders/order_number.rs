use serde::{Deserialize, Serialize};
use std::fmt;

/// Crockford's base 32 (crockford.com/base32.html): no I, L, O, U, so nothing is misread or spelt out.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 32^8 is a million million numbers: too many to guess one, few enough to read out.
pub const ORDER_NUMBER_DIGITS: usize = 8;

/// What a person calls an order by: `SK-7F3K-Q2MD`. Says nothing about how many there are.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema), schema(value_type = String))]
#[serde(try_from = "String", into = "String")]
pub struct OrderNumber(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an order number")]
pub struct InvalidOrderNumber;

impl OrderNumber {
    /// Makes a number of random bits.
    pub fn from_random(random: u64) -> Self {
        let digit = |place: usize| char::from(ALPHABET[(random >> (place * 5)) as usize & 31]);
        let digits: String = (0..ORDER_NUMBER_DIGITS).map(digit).collect();
        Self(format!("SK-{}-{}", &digits[..4], &digits[4..]))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for OrderNumber {
    type Err = InvalidOrderNumber;
    /// Reads what people type: any case, with or without dashes and `SK`; O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let upper = text.trim().to_ascii_uppercase();
        let body = upper.strip_prefix("SK").unwrap_or(&upper);
        let digits: String = body
            .chars()
            .filter(|c| *c != '-' && *c != ' ')
            .map(|c| {
                if c == 'O' {
                    '0'
                } else if c == 'I' || c == 'L' {
                    '1'
                } else {
                    c
                }
            })
            .collect();
        if digits.len() == ORDER_NUMBER_DIGITS && digits.bytes().all(|digit| ALPHABET.contains(&digit)) {
            Ok(Self(format!("SK-{}-{}", &digits[..4], &digits[4..])))
        } else {
            Err(InvalidOrderNumber)
        }
    }
}

impl TryFrom<String> for OrderNumber {
    type Error = InvalidOrderNumber;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<OrderNumber> for String {
    fn from(number: OrderNumber) -> String {
        number.0
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_people_type_is_read() {
        let number: OrderNumber = "SK-7F3K-Q2MD".parse().unwrap();
        for text in ["sk-7f3k-q2md", "7F3KQ2MD", " SK 7F3K Q2MD "] {
            assert_eq!(text.parse::<OrderNumber>().unwrap(), number, "{text:?}");
        }
        assert_eq!("SK-O1L0-0000".parse::<OrderNumber>().unwrap().as_str(), "SK-0110-0000");
        for text in ["", "SK-7F3K", "SK-7F3K-Q2MU", "SK-7F3K-Q2MDX", "§§§§"] {
            assert_eq!(text.parse::<OrderNumber>(), Err(InvalidOrderNumber), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_number_reads_back(random in any::<u64>()) {
            let number = OrderNumber::from_random(random);
            prop_assert_eq!(number.as_str().parse::<OrderNumber>().unwrap(), number);
        }
    }
}
