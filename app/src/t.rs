//! The shop's own texts in the language of the page: `t::cart::title()`. They stand in `messages/`, a Fluent file for each
//! feature and language, of which the build makes these functions. A browser is sent the texts of its language alone, as
//! one file, before it takes over the page.

use domain::catalog::Rating;
use domain::language::Language;
use domain::money::Money;

include!(concat!(env!("OUT_DIR"), "/messages.rs"));

#[cfg(feature = "ssr")]
mod source {
    use crate::market;
    use domain::language::Language;
    use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
    use std::sync::LazyLock;

    fn patterns(language: Language) -> &'static [&'static str; super::LENGTH] {
        &super::PATTERNS[match language {
            Language::English => 0,
            Language::German => 1,
            Language::Mirrored => 2,
        }]
    }

    pub(super) fn text(number: usize) -> &'static str {
        patterns(market::current().language)[number]
    }

    /// What a browser is sent: a pattern on each line.
    #[derive(Debug)]
    pub struct TextsFile {
        pub language: Language,
        pub path: String,
        pub content: String,
    }

    /// One file for each language, under a name that carries what is in it.
    pub static FILES: LazyLock<Vec<TextsFile>> = LazyLock::new(|| Language::ALL.map(file).into());

    fn file(language: Language) -> TextsFile {
        let content = patterns(language).join("\n");
        let path = format!("/texts/{}.{:016x}.txt", language.code(), BuildHasherDefault::<DefaultHasher>::default().hash_one(&content));
        TextsFile { language, path, content }
    }
}

#[cfg(feature = "ssr")]
pub use source::{FILES, TextsFile};

#[cfg(not(feature = "ssr"))]
mod source {
    use std::sync::OnceLock;

    static PATTERNS: OnceLock<Vec<&'static str>> = OnceLock::new();

    /// Takes the texts of the page's language, once.
    pub fn receive(file: String) {
        let _ = PATTERNS.set(Box::leak(file.into_boxed_str()).split('\n').collect());
    }

    pub(super) fn text(number: usize) -> &'static str {
        PATTERNS.get().and_then(|patterns| patterns.get(number)).copied().unwrap_or_default()
    }
}

#[cfg(not(feature = "ssr"))]
pub use source::receive;

fn text(number: usize) -> &'static str {
    source::text(number)
}

/// The pattern with its gaps filled.
fn fill(number: usize, values: &[&str]) -> String {
    let mut filled = String::new();
    let mut rest = text(number);
    while let Some((before, after)) = rest.split_once('{') {
        let (gap, after) = after.split_once('}').unwrap_or((after, ""));
        filled += before;
        filled += gap.as_bytes().first().and_then(|digit| values.get(usize::from(digit - b'0'))).copied().unwrap_or_default();
        rest = after;
    }
    filled + rest
}

/// Of a plural's two patterns, the one for this many.
fn plural(number: usize, count: u32) -> usize {
    if count == 1 { number } else { number + 1 }
}

/// An average of stars as the page's language writes it: `4.6`, `4,6`.
pub fn rating(rating: Rating) -> String {
    match crate::market::current().language {
        Language::German => rating.text().replace('.', ","),
        Language::English | Language::Mirrored => rating.text(),
    }
}

/// An amount as the page's language writes it.
pub fn money(amount: Money) -> String {
    amount.text(crate::market::current().language)
}

/// The part of the build that makes the functions above, for its tests.
#[cfg(test)]
#[path = "../build/messages.rs"]
mod build;

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_and_plurals_chosen() {
        assert_eq!(catalog::things(1), "1 thing");
        assert_eq!(catalog::things(2), "2 things");
    }

    #[test]
    fn a_browser_is_sent_one_pattern_on_each_line_under_a_name_that_changes_with_them() {
        let paths: std::collections::BTreeSet<&str> = FILES.iter().map(|file| file.path.as_str()).collect();
        assert_eq!((FILES.len(), paths.len()), (Language::ALL.len(), Language::ALL.len()));
        for file in FILES.iter() {
            assert_eq!(file.content.lines().count(), LENGTH, "{}", file.path);
        }
    }
}
