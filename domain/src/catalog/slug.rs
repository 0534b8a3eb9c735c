use serde::{Deserialize, Serialize};
use std::fmt;

pub const SLUG_LENGTH_MAX: usize = 80;

/// The name of a thing in an address: `stoneware-dinner-plate`. Never the text of an id, so that one path serves both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a slug")]
pub struct InvalidSlug;

impl Slug {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Slug {
    type Error = InvalidSlug;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let plain = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        let tidy =
            !text.is_empty() && text.len() <= SLUG_LENGTH_MAX && !text.starts_with('-') && !text.ends_with('-') && !text.contains("--");
        if plain && tidy && uuid::Uuid::parse_str(&text).is_err() { Ok(Self(text)) } else { Err(InvalidSlug) }
    }
}

impl std::str::FromStr for Slug {
    type Err = InvalidSlug;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.to_owned().try_into()
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> String {
        slug.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_never_parses_as_an_id() {
        assert!("stoneware-plate-2".parse::<Slug>().is_ok());
        for text in
            ["", "-a", "a-", "a--b", "Plate", "a b", "../etc", "018f3a5e-7c4b-7d2a-9f00-3b1c2d4e5f60", "018f3a5e7c4b7d2a9f003b1c2d4e5f60"]
        {
            assert_eq!(text.parse::<Slug>(), Err(InvalidSlug), "{text:?}");
        }
    }
}
