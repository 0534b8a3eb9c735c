//! Where Souk ships to, and what an address there needs.

use serde::{Deserialize, Serialize};

/// What one country's post and tax office want to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country {
    /// ISO 3166-1 alpha-2.
    pub code: &'static str,
    pub name: &'static str,
    pub postal_code_label: &'static str,
    /// The form of a postal code: `9` a digit, `A` a letter, anything else itself; several forms by `|`.
    pub postal_code_form: &'static str,
    pub region: Region,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Region {
    NotUsed,
    /// Needed by tax or post: code and name of each (ISO 3166-2 without the country).
    Required {
        label: &'static str,
        all: &'static [(&'static str, &'static str)],
    },
}

/// A country code Souk ships to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CountryCode(&'static str);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a country Souk ships to")]
pub struct UnknownCountry;

impl CountryCode {
    pub fn as_str(self) -> &'static str {
        self.0
    }

    pub fn country(self) -> &'static Country {
        country(self.0).expect("a CountryCode is only made from the table")
    }
}

impl std::str::FromStr for CountryCode {
    type Err = UnknownCountry;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        country(text).map(|country| Self(country.code)).ok_or(UnknownCountry)
    }
}

impl TryFrom<String> for CountryCode {
    type Error = UnknownCountry;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<CountryCode> for String {
    fn from(code: CountryCode) -> String {
        code.0.to_owned()
    }
}

pub fn country(code: &str) -> Option<&'static Country> {
    COUNTRIES.iter().find(|country| country.code == code)
}

impl Country {
    /// A postal code of the right form that says nothing.
    pub fn blank_postal_code(&self) -> String {
        self.postal_code_form.split('|').next().unwrap_or_default().replace('9', "0")
    }

    /// Does `text` have the form of a postal code here?
    pub fn postal_code_fits(&self, text: &str) -> bool {
        self.postal_code_form.split('|').any(|form| {
            form.chars().count() == text.chars().count()
                && form.chars().zip(text.chars()).all(|(wanted, given)| match wanted {
                    '9' => given.is_ascii_digit(),
                    'A' => given.is_ascii_alphabetic(),
                    other => given == other,
                })
        })
    }
}

const fn plain(code: &'static str, name: &'static str, postal_code_form: &'static str) -> Country {
    Country { code, name, postal_code_label: "Postal code", postal_code_form, region: Region::NotUsed }
}

pub const COUNTRIES: &[Country] = &[
    Country {
        code: "US",
        name: "United States",
        postal_code_label: "ZIP code",
        postal_code_form: "99999|99999-9999",
        region: Region::Required { label: "State", all: US_STATES },
    },
    Country {
        code: "CA",
        name: "Canada",
        postal_code_label: "Postal code",
        postal_code_form: "A9A 9A9|A9A9A9",
        region: Region::Required { label: "Province", all: CANADIAN_PROVINCES },
    },
    plain("AT", "Austria", "9999"),
    plain("BE", "Belgium", "9999"),
    plain("DK", "Denmark", "9999"),
    plain("FR", "France", "99999"),
    plain("DE", "Germany", "99999"),
    Country {
        code: "IE",
        name: "Ireland",
        postal_code_label: "Eircode",
        postal_code_form: "A99 A999|A99 AA99|A99 AAAA|A99 9999|A99A999|A99AA99|A99AAAA|A999999",
        region: Region::NotUsed,
    },
    plain("IT", "Italy", "99999"),
    plain("NL", "Netherlands", "9999 AA|9999AA"),
    plain("PT", "Portugal", "9999-999"),
    plain("ES", "Spain", "99999"),
    plain("SE", "Sweden", "999 99|99999"),
    Country {
        code: "GB",
        name: "United Kingdom",
        postal_code_label: "Postcode",
        postal_code_form: "A9 9AA|A99 9AA|AA9 9AA|AA99 9AA|A9A 9AA|AA9A 9AA",
        region: Region::NotUsed,
    },
];

const US_STATES: &[(&str, &str)] = &[
    ("AL", "Alabama"),
    ("AK", "Alaska"),
    ("AZ", "Arizona"),
    ("AR", "Arkansas"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("CT", "Connecticut"),
    ("DE", "Delaware"),
    ("DC", "District of Columbia"),
    ("FL", "Florida"),
    ("GA", "Georgia"),
    ("HI", "Hawaii"),
    ("ID", "Idaho"),
    ("IL", "Illinois"),
    ("IN", "Indiana"),
    ("IA", "Iowa"),
    ("KS", "Kansas"),
    ("KY", "Kentucky"),
    ("LA", "Louisiana"),
    ("ME", "Maine"),
    ("MD", "Maryland"),
    ("MA", "Massachusetts"),
    ("MI", "Michigan"),
    ("MN", "Minnesota"),
    ("MS", "Mississippi"),
    ("MO", "Missouri"),
    ("MT", "Montana"),
    ("NE", "Nebraska"),
    ("NV", "Nevada"),
    ("NH", "New Hampshire"),
    ("NJ", "New Jersey"),
    ("NM", "New Mexico"),
    ("NY", "New York"),
    ("NC", "North Carolina"),
    ("ND", "North Dakota"),
    ("OH", "Ohio"),
    ("OK", "Oklahoma"),
    ("OR", "Oregon"),
    ("PA", "Pennsylvania"),
    ("RI", "Rhode Island"),
    ("SC", "South Carolina"),
    ("SD", "South Dakota"),
    ("TN", "Tennessee"),
    ("TX", "Texas"),
    ("UT", "Utah"),
    ("VT", "Vermont"),
    ("VA", "Virginia"),
    ("WA", "Washington"),
    ("WV", "West Virginia"),
    ("WI", "Wisconsin"),
    ("WY", "Wyoming"),
];

const CANADIAN_PROVINCES: &[(&str, &str)] = &[
    ("AB", "Alberta"),
    ("BC", "British Columbia"),
    ("MB", "Manitoba"),
    ("NB", "New Brunswick"),
    ("NL", "Newfoundland and Labrador"),
    ("NS", "Nova Scotia"),
    ("NT", "Northwest Territories"),
    ("NU", "Nunavut"),
    ("ON", "Ontario"),
    ("PE", "Prince Edward Island"),
    ("QC", "Quebec"),
    ("SK", "Saskatchewan"),
    ("YT", "Yukon"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postal_codes_are_known_by_their_form() {
        let fits = |code: &str, text: &str| country(code).unwrap().postal_code_fits(text);
        assert!(fits("US", "94110") && fits("US", "94110-1234") && fits("GB", "SW1A 1AA") && fits("NL", "1017 AB"));
        assert!(!fits("US", "9411") && !fits("DE", "1011a") && !fits("GB", "12345"));
    }

    #[test]
    fn a_code_outside_the_table_is_no_country() {
        assert_eq!("XX".parse::<CountryCode>(), Err(UnknownCountry));
        assert_eq!("us".parse::<CountryCode>(), Err(UnknownCountry));
    }
}
