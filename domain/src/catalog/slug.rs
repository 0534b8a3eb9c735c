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
    /// What is left of a text as a slug; nothing, where no plain letter or digit is in it.
    pub fn of(text: &str) -> Option<Self> {
        let plain: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
        let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
        Self::cut(&words.join("-"), SLUG_LENGTH_MAX)
    }

    /// The same slug with an ending, cut so that both fit.
    pub fn with_ending(&self, ending: &str) -> Option<Self> {
        let room = SLUG_LENGTH_MAX.checked_sub(ending.len() + 1)?;
        format!("{}-{ending}", Self::cut(&self.0, room)?).try_into().ok()
    }

    fn cut(text: &str, length_max: usize) -> Option<Self> {
        text.get(..length_max.min(text.len()))?.trim_end_matches('-').to_owned().try_into().ok()
    }

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
    fn a_text_becomes_the_slug_that_is_nearest() {
        let of = |text: &str| Slug::of(text).map(String::from);
        assert_eq!(of("  Home & Table -- 2 "), Some("home-table-2".to_owned()));
        assert_eq!(of(&"ab-".repeat(40)).map(|slug| slug.len()), Some(SLUG_LENGTH_MAX));
        assert_eq!((of("日本"), of(""), of("018f3a5e7c4b7d2a9f003b1c2d4e5f60")), (None, None, None));
        let long = Slug::of(&"a".repeat(90)).unwrap().with_ending("potter").unwrap();
        assert!(long.as_str().len() == SLUG_LENGTH_MAX && long.as_str().ends_with("a-potter"));
        assert_eq!(long.with_ending(&"b".repeat(80)), None);
    }

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
