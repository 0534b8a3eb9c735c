//! Where a parcel goes. A draft is what somebody typed; an [`Address`] is one that can be shipped to.

use crate::country::{CountryCode, Region};
use serde::{Deserialize, Serialize};

/// No line on a parcel label is longer.
pub const ADDRESS_TEXT_LENGTH_MAX: usize = 100;

/// An address as typed. Unknown fields are refused, so a misspelt one is not lost silently.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddressDraft {
    pub name: String,
    pub line1: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    pub city: String,
    /// State or province code, where tax or post needs it (US, CA).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Where the country has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: String,
}

/// An address that Souk can ship to: complete for its country.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "AddressDraft", into = "AddressDraft")]
pub struct Address {
    name: String,
    line1: String,
    line2: Option<String>,
    city: String,
    region: Option<String>,
    postal_code: String,
    country: CountryCode,
}

/// What is wrong with one field; `field` is the field's name in [`AddressDraft`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct FieldError {
    pub field: String,
    pub code: String,
    pub message: String,
}

impl FieldError {
    pub fn new(field: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), code: code.into(), message: message.into() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address is not complete: {}", .0.iter().map(|error| error.field.as_str()).collect::<Vec<_>>().join(", "))]
pub struct InvalidAddress(pub Vec<FieldError>);

impl Address {
    pub fn name(&self) -> &str {
        &self.name
    }
    pub fn line1(&self) -> &str {
        &self.line1
    }
    pub fn line2(&self) -> Option<&str> {
        self.line2.as_deref()
    }
    pub fn city(&self) -> &str {
        &self.city
    }
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }
    pub fn postal_code(&self) -> &str {
        &self.postal_code
    }
    pub fn country(&self) -> CountryCode {
        self.country
    }

    /// What is left of it when nobody needs to know who lived where: country and region, the rest a form without content.
    pub fn forgotten(&self) -> Self {
        let blank = || "-".to_owned();
        let postal_code = self.country.country().blank_postal_code();
        Self { name: blank(), line1: blank(), line2: None, city: blank(), region: self.region.clone(), postal_code, country: self.country }
    }

    /// The lines as they stand on a parcel.
    pub fn lines(&self) -> Vec<String> {
        let place = match (self.country.as_str(), &self.region) {
            ("US" | "CA", Some(region)) => format!("{}, {region} {}", self.city, self.postal_code),
            ("GB" | "IE", _) => format!("{} {}", self.city, self.postal_code),
            _ => format!("{} {}", self.postal_code, self.city),
        };
        let lines = [
            Some(self.name.clone()),
            Some(self.line1.clone()),
            self.line2.clone(),
            Some(place),
            Some(self.country.country().name.to_owned()),
        ];
        lines.into_iter().flatten().collect()
    }
}

impl TryFrom<AddressDraft> for Address {
    type Error = InvalidAddress;

    fn try_from(draft: AddressDraft) -> Result<Self, Self::Error> {
        let mut errors = Vec::new();
        let name = needed(&mut errors, "name", "Enter the name on the parcel.", &draft.name);
        let line1 = needed(&mut errors, "line1", "Enter the street and number.", &draft.line1);
        let line2 =
            draft.line2.as_deref().map(str::trim).filter(|line| !line.is_empty()).map(|line| needed(&mut errors, "line2", "", line));
        let city = needed(&mut errors, "city", "Enter the town or city.", &draft.city);
        let Ok(country) = draft.country.parse::<CountryCode>() else {
            errors.push(FieldError::new("country", "country_not_served", "Choose a country we ship to."));
            return Err(InvalidAddress(errors));
        };
        let region = checked_region(&mut errors, country, draft.region.as_deref());
        let postal_code = checked_postal_code(&mut errors, country, draft.postal_code.as_deref());
        if errors.is_empty() { Ok(Self { name, line1, line2, city, region, postal_code, country }) } else { Err(InvalidAddress(errors)) }
    }
}

impl From<Address> for AddressDraft {
    fn from(address: Address) -> Self {
        let Address { name, line1, line2, city, region, postal_code, country } = address;
        Self { name, line1, line2, city, region, postal_code: Some(postal_code), country: country.into() }
    }
}

fn needed(errors: &mut Vec<FieldError>, field: &str, message: &str, text: &str) -> String {
    let text = text.trim();
    if text.is_empty() {
        errors.push(FieldError::new(field, "required", message));
    } else if text.chars().count() > ADDRESS_TEXT_LENGTH_MAX {
        errors.push(FieldError::new(field, "too_long", format!("At most {ADDRESS_TEXT_LENGTH_MAX} characters fit on the label.")));
    } else if text.chars().any(char::is_control) {
        errors.push(FieldError::new(field, "invalid", "Use letters, digits and punctuation only."));
    }
    text.to_owned()
}

fn checked_region(errors: &mut Vec<FieldError>, country: CountryCode, region: Option<&str>) -> Option<String> {
    let Region::Required { label, all } = country.country().region else { return None };
    let region = region.unwrap_or_default().trim().to_ascii_uppercase();
    if all.iter().any(|(code, _)| *code == region) {
        return Some(region);
    }
    let code = if region.is_empty() { "required" } else { "invalid" };
    errors.push(FieldError::new("region", code, format!("Choose the {}.", label.to_lowercase())));
    None
}

fn checked_postal_code(errors: &mut Vec<FieldError>, country: CountryCode, postal_code: Option<&str>) -> String {
    let country = country.country();
    let text = postal_code.unwrap_or_default().trim().to_ascii_uppercase();
    if !country.postal_code_fits(&text) {
        let code = if text.is_empty() { "required" } else { "invalid" };
        errors.push(FieldError::new(
            "postal_code",
            code,
            format!("The {} is missing or does not fit the country ({}).", country.postal_code_label, country.name),
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::country::COUNTRIES;

    fn draft() -> AddressDraft {
        AddressDraft {
            name: "Ada Lovelace".into(),
            line1: "12 Analytical Way".into(),
            city: "Portland".into(),
            region: Some("or".into()),
            postal_code: Some("97201".into()),
            country: "US".into(),
            ..AddressDraft::default()
        }
    }

    fn fields(draft: AddressDraft) -> Vec<String> {
        Address::try_from(draft).unwrap_err().0.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn a_complete_address_keeps_what_was_typed() {
        let address = Address::try_from(draft()).unwrap();
        assert_eq!(address.lines(), ["Ada Lovelace", "12 Analytical Way", "Portland, OR 97201", "United States"]);
    }

    #[test]
    fn each_missing_field_is_named() {
        assert_eq!(
            fields(AddressDraft { country: "US".into(), ..AddressDraft::default() }),
            ["name", "line1", "city", "region", "postal_code"]
        );
    }

    #[test]
    fn a_region_is_asked_only_where_it_matters() {
        let german = AddressDraft { region: None, postal_code: Some("10115".into()), country: "DE".into(), ..draft() };
        assert_eq!(Address::try_from(german).unwrap().region(), None);
        assert_eq!(fields(AddressDraft { region: Some("ZZ".into()), ..draft() }), ["region"]);
    }

    #[test]
    fn a_forgotten_address_is_one_of_its_country_and_of_nobody() {
        for country in COUNTRIES {
            let region = match country.region {
                Region::Required { all, .. } => Some(all[0].0.to_owned()),
                Region::NotUsed => None,
            };
            let postal_code = Some(country.blank_postal_code());
            let address = Address::try_from(AddressDraft { region, postal_code, country: country.code.into(), ..draft() }).unwrap();
            let forgotten = address.forgotten();
            assert_eq!((forgotten.country(), forgotten.region()), (address.country(), address.region()));
            assert!(forgotten.lines().iter().all(|line| !line.contains("Ada") && !line.contains("Portland")), "{forgotten:?}");
            assert_eq!(Address::try_from(AddressDraft::from(forgotten.clone())), Ok(forgotten), "it reads back");
        }
    }

    #[test]
    fn overlong_and_control_characters_are_refused() {
        assert_eq!(fields(AddressDraft { line1: "x".repeat(101), city: "a\u{0}b".into(), ..draft() }), ["line1", "city"]);
        assert_eq!(fields(AddressDraft { country: "XX".into(), ..draft() }), ["country"]);
    }
}
